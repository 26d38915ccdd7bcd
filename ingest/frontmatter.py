"""The YAML at the head of a Markdown file: what it says of the report as a publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.canonical import canonicalise
from ingest.report import Metadata, Notice, NoticeKind

_FIELDS = {
    "creator": ("creator", "author", "authors", "publisher"),
    "date": ("date", "published", "year"),
    "url": ("url", "source", "link"),
    "licence": ("licence", "license", "rights"),
    "language": ("language", "lang"),
}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Title and metadata; `notices` says what could not be understood."""

    title: str | None = None
    metadata: Metadata = field(default_factory=Metadata)
    notices: tuple[Notice, ...] = ()


def parse_front_matter(yaml_text: str, name: str) -> FrontMatter | None:
    """Read the lines between the two `---`.

    Values are taken as printed: `date: 2019-02` stays that and `title: No` is no boolean.

    Returns:
        What it says, or nothing where it is no mapping and so no front matter.
    """
    import yaml

    try:
        # BaseLoader makes strings, lists and mappings only: safer than SafeLoader.
        content = yaml.load(yaml_text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return _not_understood(name, line, error.problem or "no valid YAML")
    except (yaml.YAMLError, RecursionError) as error:
        return _not_understood(name, 1, str(error).splitlines()[0])
    if content in ("", None):
        return FrontMatter()
    return _interpret(content) if isinstance(content, dict) else None


def _not_understood(name: str, line: int, problem: str) -> FrontMatter:
    message = (
        f"{name}, line {line}: the front matter is not valid YAML ({problem}); "
        "title and metadata were not taken from it"
    )
    return FrontMatter(notices=(Notice(NoticeKind.LEFT_OUT, message),))


def _interpret(content: Mapping[object, object]) -> FrontMatter:
    words = {str(key).strip().lower(): _words(value) for key, value in content.items()}
    known = {
        field: value
        for field, keys in _FIELDS.items()
        if (value := next((words[key] for key in keys if words.get(key)), ""))
    }
    return FrontMatter(words.get("title") or None, Metadata(**known))


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(word for word in map(_words, value) if word)
    if isinstance(value, dict):
        return _words(value.get("name", ""))
    return canonicalise(str(value))
