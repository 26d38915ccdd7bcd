"""What a quotation and a report have in common is found, and what differs is said."""

# ruff: noqa: RUF001

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.agreement import Match, PieceKind, Typography, Verdict, read_quotation
from ingest.alignment import find_nearest
from ingest.errors import QuotationError
from ingest.quotation import find_alike, rank_match

TEXT = (
    "The model isn't child-centred – it provides “medical, social” care (and police) support… "
    "Setting it up took multi-agency work; its first year cost £2.4 million, and it fell.\n\n"
    "The force is not effective at protecting children who are at risk of harm. It has 10–15 "
    "officers, a change of −20 per cent. Many cases were treated as notable."
)


def find_best(text: str, quote: str) -> Match | None:
    quotation = read_quotation(quote)
    found = [*find_alike(text, quotation), *find_nearest(text, quotation)]
    return min(found, key=rank_match, default=None)


def differences(match: Match | None) -> list[tuple[PieceKind, str, str]]:
    assert match is not None
    return [
        (piece.kind, piece.quoted.strip(), piece.printed.strip())
        for piece in match.pieces
        if piece.kind not in {PieceKind.SAME, PieceKind.TYPOGRAPHY}
    ]


@pytest.mark.parametrize(
    ("quote", "causes"),
    [
        ('provides "medical, social" care', {Typography.QUOTATION_MARKS}),
        ("provides ‘medical, social’ care", {Typography.QUOTATION_MARKS}),
        ("provides medical, social care", {Typography.QUOTATION_MARKS}),
        ("isn’t child-centred", {Typography.QUOTATION_MARKS}),
        ("the model isn't", {Typography.CAPITALS}),
        ("took  multi-agency\nwork", {Typography.WHITE_SPACE}),
        ("child-centred — it provides", {Typography.DASHES}),
        ("protect-\ning children", {Typography.WHITE_SPACE, Typography.DASHES}),
        ("it fell. The force", {Typography.WHITE_SPACE}),
        ("officers, a change of −20 per cent,", {Typography.CLOSING}),
        ("effective at pro-\ntecting children,", set(Typography) - {
            Typography.QUOTATION_MARKS, Typography.CAPITALS, Typography.FORMS}),
    ],
)  # fmt: skip
def test_what_only_typing_changed_is_named(quote: str, causes: set[Typography]) -> None:
    match = find_best(TEXT, quote)
    assert match is not None
    assert match.verdict is Verdict.TYPOGRAPHY
    assert set(match.typography) == causes
    assert match.similarity == 1


@pytest.mark.parametrize(
    ("quote", "difference"),
    [
        ("The force is effective at protecting children", (PieceKind.MISSING, "", "not")),
        ("The force is not always effective at protecting", (PieceKind.ADDED, "always", "")),
        ("force isn't effective at protecting children", (PieceKind.CHANGED, "isn't", "is not")),
        ("who were at risk of harm", (PieceKind.CHANGED, "were", "are")),
        ("its first year cost £24 million", (PieceKind.CHANGED, "24", "2.4")),
        ("its first year cost $2.4 million", (PieceKind.CHANGED, "$", "£")),
        ("its first year cost £2.4 million and it fell", (PieceKind.MISSING, "", ",")),
        ("It has 1015 officers, a change", (PieceKind.CHANGED, "1015", "10–15")),
        ("Setting it’s up took multi-agency work", (PieceKind.CHANGED, "it’s", "it")),
        ("Many cases we're treated as notable", (PieceKind.CHANGED, "we're", "were")),
        ("a change of 20 per cent", (PieceKind.CHANGED, "20", "−20")),
        ("Many cases were treated as not able", (PieceKind.CHANGED, "not able", "notable")),
        ("The force is […] effective at protecting", (PieceKind.CHANGED, "[…]", "not")),
        ("The force is [now] effective at protecting", (PieceKind.CHANGED, "[now]", "not")),
    ],
)  # fmt: skip
def test_a_difference_in_words_is_never_exact(
    quote: str, difference: tuple[PieceKind, str, str]
) -> None:
    match = find_best(TEXT, quote)
    assert differences(match) == [difference]
    assert match is not None
    assert match.verdict is Verdict.DIFFERS
    assert match.similarity < 1


@pytest.mark.parametrize(
    ("quote", "printed"),
    [
        ("The force is not effective … children who are at risk", "at protecting"),
        ("The force is not effective [...] children who are at risk", "at protecting"),
        ("The force is not effective . . . children who are at risk", "at protecting"),
        ("The force [was] not effective at protecting", "is"),
        ("[T]he force is not effective at protecting", "The"),
        ("The force [of Kent] is not effective at", ""),
        ("It has 10–15 officers […] Many cases were treated", ", a change of −20 per cent."),
    ],
)
def test_marked_editing_is_told_from_changes(quote: str, printed: str) -> None:
    match = find_best(TEXT, quote)
    assert match is not None
    assert match.verdict is Verdict.EDITED
    assert [words for kind, _, words in differences(match) if kind is PieceKind.MARKED] == [printed]


def test_parts_round_an_ellipsis_stand_in_order() -> None:
    quote = "children who are at risk of harm […] The force is not effective"
    match = find_best(TEXT, quote)
    assert match is None or match.verdict is Verdict.DIFFERS


def test_an_ellipsis_at_an_end_leaves_nothing_out() -> None:
    match = find_best(TEXT, "…its first year cost £2.4 million…")
    assert match is not None
    assert match.span.of(TEXT) == "its first year cost £2.4 million"
    assert match.verdict in {Verdict.EDITED, Verdict.TYPOGRAPHY}


def test_the_reports_own_ellipsis_and_brackets_are_words_like_any() -> None:
    text = "She said: “I was [very] scared…” and left the room at once."
    match = find_best(text, "“I was [very] scared…” and left")
    assert match is not None
    assert match.verdict is Verdict.EXACT


@pytest.mark.parametrize(
    "quote",
    [
        "Nobody was ever asked what they had thought of it",
        "The cost of the work was not known to the force",
        "dental care",
        "risk of",
    ],
)
def test_what_is_not_there_is_absent(quote: str) -> None:
    found = find_best(TEXT, quote)
    assert found is None or found.span.of(TEXT) == quote


def test_the_marks_round_a_pasted_quotation_are_not_part_of_it() -> None:
    match = find_best(TEXT, "“Many cases were treated”")
    assert match is not None
    assert match.verdict is Verdict.EXACT
    assert match.span.of(TEXT) == "Many cases were treated"


def test_every_exact_place_comes_before_those_that_look_alike() -> None:
    text = "It rained. Later it rained. it rained. We left."
    found = find_alike(text, read_quotation("it rained."))
    assert [match.verdict for match in found] == [Verdict.EXACT, Verdict.EXACT, Verdict.TYPOGRAPHY]
    assert [match.span.start for match in found] == [17, 28, 0]


def test_dots_and_brackets_of_a_table_of_contents_are_printed_ones() -> None:
    lines = [f"{at} Part {at} [a] ........ {at + 3}" for at in range(30)]
    text = "Contents\n" + "\n".join(lines)
    exact = find_best(text, " ".join(lines))
    assert exact is not None
    assert exact.verdict is Verdict.TYPOGRAPHY
    changed = find_best(text, " ".join(lines).replace("Part 7", "Path 7"))
    assert differences(changed) == [(PieceKind.CHANGED, "Path", "Part")]


@pytest.mark.parametrize("quote", ["", " \n", "…", "“ – ”", "?!"])
def test_a_quotation_without_words_is_refused(quote: str) -> None:
    with pytest.raises(QuotationError, match="no word"):
        read_quotation(quote)


def test_a_quotation_of_a_whole_book_is_refused() -> None:
    with pytest.raises(QuotationError, match="10,000"):
        read_quotation("word " * 3000)


WORDS = st.sampled_from(
    [
        "police",
        "children",
        "harm",
        "2.4",
        "10–15",
        "£3",
        "“so”",
        "isn't",
        "a",
        "of,",
        "co-op",
        "[x]",
    ]
)
TEXTS = st.lists(WORDS, min_size=4, max_size=60).map(" ".join)


@given(TEXTS, st.data())
def test_every_run_of_words_is_exact_where_it_stands(text: str, data: st.DataObject) -> None:
    words = text.split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    quote = " ".join(words[first : last + 1])
    start = len(" ".join(words[:first])) + (first > 0)
    places = find_alike(text, read_quotation(quote))
    assert (start, start + len(quote)) in [
        (m.span.start, m.span.end) for m in places if m.verdict is Verdict.EXACT
    ]


@given(TEXTS, TEXTS, st.data())
def test_pieces_make_up_the_quotation_and_the_place(
    text: str, other: str, data: st.DataObject
) -> None:
    words = text.split(" ")
    cut = data.draw(st.integers(0, len(words)))
    more = data.draw(st.sampled_from([[], ["…"], ["[he]"], ["[A]nd"], other.split(" ")[:3]]))
    quote = " ".join([*words[:cut], *more, *words[cut + 2 :]])
    quotation = read_quotation(quote + " word")
    for match in (*find_alike(text, quotation), *find_nearest(text, quotation)):
        assert "".join(piece.quoted for piece in match.pieces) in {quotation.text, quotation.typed}
        assert "".join(piece.printed for piece in match.pieces) == match.span.of(text)


@given(TEXTS, st.data())
def test_a_changed_word_is_never_exact(text: str, data: st.DataObject) -> None:
    words = text.split(" ")
    at = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join([*words[:at], "elephants", *words[at + 1 :]])
    quotation = read_quotation(quote)
    found = (*find_alike(text, quotation), *find_nearest(text, quotation))
    assert all(match.verdict is Verdict.DIFFERS for match in found)


@given(TEXTS, st.data())
def test_a_word_left_out_is_never_exact(text: str, data: st.DataObject) -> None:
    words = text.replace("[x]", "x").split(" ")
    at = data.draw(st.integers(1, len(words) - 2))
    printed = " ".join([*words[:at], "zebra", *words[at:]])
    for match in find_nearest(printed, read_quotation(" ".join(words))):
        if "zebra" in match.span.of(printed):
            assert match.verdict is Verdict.DIFFERS
            assert any("zebra" in words for _, _, words in differences(match))
