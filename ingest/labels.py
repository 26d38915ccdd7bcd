"""The numbers and names that a report prints for its own parts: "4.12", "Recommendation 3"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.report import BlockKind, Report

# Spelt as `name_labels` gives them; the key is what people and reports write, singular.
_NAMES = {
    "action": "Action",
    "annex": "Annex",
    "annexe": "Annex",
    "appendix": "Appendix",
    "area for improvement": "Area for improvement",
    "article": "Article",
    "box": "Box",
    "case study": "Case study",
    "cause of concern": "Cause of concern",
    "chapter": "Chapter",
    "chart": "Chart",
    "clause": "Clause",
    "conclusion": "Conclusion",
    "diagram": "Diagram",
    "example": "Example",
    "exhibit": "Exhibit",
    "fig": "Figure",
    "figure": "Figure",
    "finding": "Finding",
    "graph": "Graph",
    "key finding": "Key finding",
    "lesson": "Lesson",
    "map": "Map",
    "objective": "Objective",
    "para": "Paragraph",
    "paragraph": "Paragraph",
    "part": "Part",
    "principle": "Principle",
    "priority": "Priority",
    "question": "Question",
    "recommendation": "Recommendation",
    "schedule": "Schedule",
    "section": "Section",
    "standard": "Standard",
    "step": "Step",
    "table": "Table",
    "theme": "Theme",
}
_PLURALS = {
    "annexes": "annex",
    "annexures": "annex",
    "appendices": "appendix",
    "areas for improvement": "area for improvement",
    "boxes": "box",
    "case studies": "case study",
    "causes of concern": "cause of concern",
    "figs": "figure",
    "paras": "paragraph",
    "priorities": "priority",
}
_UNNUMBERED = r"(?:areas? for improvement|causes? of concern)"
_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_LETTERED = {"Annex", "Appendix", "Schedule"}
# A part that many reports print as a bare number: "section 4.2" is printed "4.2 Findings".
_BARE = {"Paragraph", "Section", "Chapter", "Part", "Clause", "Recommendation"}

_ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
_IDENTIFIER = rf"(?:[A-Z]{{0,2}}\.?\d{{1,4}}(?:[.\-]\d{{1,3}}){{0,4}}[a-z]?|{_ROMAN}|[A-Z])"
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_NAME_OF_MANY = "|".join(sorted((*_NAMES, *_PLURALS), key=len, reverse=True))

_NAMED = re.compile(
    rf"(?P<label>(?i:{_NAME})\.?\s(?:{_IDENTIFIER}|(?i:{_WORDS})))(?![\w.\-/]*\w)"
    r"(?:\s*$|\s*[:.|)\]–—-](?:\s|$)|\s+(?=[A-Z“‘\"'(\[]))"
)
_CONCERN = re.compile(rf"(?P<label>{_UNNUMBERED})\s*(?::|$)", re.IGNORECASE)
# A capital or a quotation mark must follow, so that "4.2 million" and "9.30 am" are none.
_AMOUNT = r"(?:[MBT]illion|[Pp]er\s?cent|AM|PM|GMT|BST|FTE|[KMGT]?(?:Hz|[BW])|[KC]m|°)\b"
_NUMBERED = re.compile(
    r"(?P<label>\d{1,3}(?:\.\d{1,3}){1,4}[A-Za-z]?|\d{1,3}(?=[.)]))[.)]?\s+"
    rf"(?!{_AMOUNT})(?=[^\W\d_a-z]|[“‘\"'(\[])"
)
_LETTER = re.compile(r"(?P<label>\((?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})\))\s+\S")

_PARENTHESISED = re.compile(r"\((?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})\)")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{1,3})*[A-Za-z]?")
_ASKED = re.compile(rf"\b(?P<name>{_NAME_OF_MANY})s?\.?\s+(?:no\.?\s*|number\s+)?", re.IGNORECASE)
_ASKED_ID = re.compile(rf"(?:{_IDENTIFIER}|[a-z]|{_WORDS})(?![\w%])", re.IGNORECASE)
_ASKED_NEXT = re.compile(r"\s*(?P<range>to|–|—|-)\s*|\s*(?:,\s*(?:and|or|&)?|and|or|&)\s*")
_RANGE_LIMIT = 20


def find_label(text: str) -> str | None:
    """Return the number or name that a report prints at the start of a block, as printed.

    "4.12 We found…" has "4.12", "12. We found…" has "12", "Figure 7: Offences" has
    "Figure 7", "(a) the chief constable" has "(a)". "Figure 7 shows…" only speaks of the
    figure and has none; nor have dates, amounts and times.
    """
    for pattern in (_NAMED, _NUMBERED, _LETTER, _CONCERN):
        match = pattern.match(text)
        if match:
            return match["label"].rstrip(".")
    return None


def name_labels(question: str) -> tuple[str, ...]:
    """Return the labels that a question names, in its order, each once.

    "What do recommendations 3 and 4 say?" names "Recommendation 3" and "Recommendation 4";
    "paragraph 4.12" names "4.12". Where the report may print a bare number instead of the
    name ("section 2" for "2. Summary"), the number follows the name.
    """
    found: dict[str, None] = {}
    for match in _ASKED.finditer(question):
        name = _singular(match["name"])
        for identifier in _read_identifiers(question, match.end(), name):
            found |= dict.fromkeys(_spell(name, identifier))
    whole = question.strip().rstrip("?.")
    if _PARENTHESISED.fullmatch(whole) or _DOTTED.fullmatch(whole):
        found[whole] = None
    return tuple(found)


def find_block(report: Report, label: str) -> int | None:
    """Return the index in `report.blocks` of the block that bears `label`, if one does.

    Case, a closing full stop and the usual shortenings ("Fig. 7", "para 4.12") make no
    difference. A heading goes before a caption, that before a paragraph, that before a list
    item; among equals the first in the report is meant.
    """
    wanted = [fold_label(label), *(fold_label(name) for name in name_labels(label))]
    bearers = [i for i, block in enumerate(report.blocks) if block.label]
    folded = {i: fold_label(report.blocks[i].label or "") for i in bearers}
    for name in dict.fromkeys(wanted):
        matching = [i for i in bearers if folded[i] == name]
        if matching:
            return min(matching, key=lambda i: (PRECEDENCE[report.blocks[i].kind], i))
    return None


# Of several blocks that bear one label, the lowest is meant.
PRECEDENCE = {
    BlockKind.HEADING: 0,
    BlockKind.CAPTION: 1,
    BlockKind.PARAGRAPH: 2,
    BlockKind.LIST_ITEM: 3,
    BlockKind.TABLE_ROW: 4,
    BlockKind.FOOTNOTE: 5,
}


def fold_label(label: str) -> str:
    """Return what all spellings of one label have in common: "ANNEXE B:" and "Annex B"."""
    plain = " ".join(label.split()).rstrip(".:)" if "(" not in label else ".:").casefold()
    name, _, identifier = plain.rpartition(" ")
    name = name.rstrip(".")
    if name in _NAMES or name in _PLURALS:
        name = _singular(name).casefold()
        return identifier if name == "paragraph" else f"{name} {identifier}"
    return plain


def _singular(name: str) -> str:
    key = " ".join(name.split()).casefold()
    return _NAMES[_PLURALS.get(key, key)]


def _spell(name: str, identifier: str) -> Iterator[str]:
    if name != "Paragraph":
        yield f"{name} {identifier}"
    if name in _BARE and identifier[0].isdigit():
        yield identifier


def _read_identifiers(question: str, start: int, name: str) -> Iterator[str]:
    """Yield "3", "4", "5" of "3 to 5", reading on while numbers follow each other."""
    match = _ASKED_ID.match(question, start)
    previous: str | None = None
    through = False
    while match and _is_identifier(match[0], name, later=previous is not None):
        identifier = match[0] if match[0].casefold() in _WORDS.split("|") else _tidy(match[0])
        if through and previous:
            yield from _between(previous, identifier)
        yield identifier
        separator = _ASKED_NEXT.match(question, match.end())
        if not separator:
            return
        previous, through = identifier, separator["range"] is not None
        match = _ASKED_ID.match(question, separator.end())


def _tidy(identifier: str) -> str:
    return identifier.upper() if identifier.isalpha() else identifier


def _is_identifier(word: str, name: str, *, later: bool) -> bool:
    """Tell "annex b" from "a part I know": a small letter names only what bears letters."""
    if any(character.isdigit() for character in word):
        return True
    if word.casefold() in _WORDS.split("|"):
        return not later
    return name in _LETTERED or (word.isupper() and (not later or word != "I"))


def _between(first: str, last: str) -> Iterator[str]:
    if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= _RANGE_LIMIT:
        yield from (str(number) for number in range(int(first) + 1, int(last)))
