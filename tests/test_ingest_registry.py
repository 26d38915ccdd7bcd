"""Which files are found, and which reader reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import EmptyReportError, ReadError, TooLargeError, UnsupportedFormatError
from ingest.registry import FORMATS, find_reports, read_report
from ingest.sample import sample_reports
from ingest.source import ReadOptions


def write(path: Path, content: str | bytes = "Words.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_suffix_chooses_the_reader(tmp_path: Path) -> None:
    words = "# Title\n\nWords."
    assert read_report(write(tmp_path / "a.md", words)).title == "Title"
    assert read_report(write(tmp_path / "a.MD", words)).title == "Title"
    assert read_report(write(tmp_path / "a.txt", words)).title == "a"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.md", b"%PDF-1.7\n", "a PDF file"),
        ("a.md", b"PK\x03\x04", "a ZIP archive"),
        ("a.txt", b"\x7fELF\x02", "a Linux program"),
        ("a.md", b"\xef\xbb\xbf<!DOCTYPE html><html>", "an HTML page"),
        ("a.md", b"<?xml version='1.0'?><html>", "an HTML page"),
    ],
)
def test_content_that_belies_the_suffix_is_refused_by_its_name(
    tmp_path: Path, name: str, content: bytes, found: str
) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(UnsupportedFormatError, match=rf"{name}: named as .* holds {found}"):
        read_report(path)


def test_an_unknown_suffix_is_refused_with_those_known(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"cannot read \.xyz; .*Markdown \(\.md"):
        read_report(write(tmp_path / "a.xyz"))
    with pytest.raises(UnsupportedFormatError, match="without suffix"):
        read_report(write(tmp_path / "README"))


def test_bad_files_are_refused_one_by_one(tmp_path: Path) -> None:
    bad: dict[Path, tuple[type[ReadError], str]] = {
        tmp_path / "missing.md": (ReadError, "no such file"),
        tmp_path: (ReadError, "folder"),
        write(tmp_path / "empty.md", ""): (EmptyReportError, "empty"),
        write(tmp_path / "blank.txt", " \n\n\t\n"): (EmptyReportError, "no text"),
        write(tmp_path / "marks.md", "---\n\n***\n"): (EmptyReportError, "no text"),
        write(tmp_path / "latin.md", b"caf\xe9"): (ReadError, "byte 3"),
    }
    for path, (error, message) in bad.items():
        with pytest.raises(error, match=message):
            read_report(path)
    long = write(tmp_path / "long.md", "word " * 1000)
    with pytest.raises(TooLargeError, match=r"long\.md"):
        read_report(long, ReadOptions(max_bytes=1000))


def test_a_text_file_of_200_mib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.write(b"Words. " * 1000)
        file.seek(200 * 2**20)
        file.write(b"The end.")
    with pytest.raises(TooLargeError, match=r"200\.0 MiB"):
        read_report(path)


def test_folders_are_searched_to_the_bottom_in_order_without_hidden_files(tmp_path: Path) -> None:
    names = [
        "b.md",
        "a.txt",
        "c/d.markdown",
        "c/.hidden.md",
        ".git/e.md",
        "picture.png",
        "c/f/g.md",
    ]
    for name in names:
        write(tmp_path / name)
    found = [path.relative_to(tmp_path).as_posix() for path in find_reports([tmp_path])]
    assert found == ["a.txt", "b.md", "c/d.markdown", "c/f/g.md"]


def test_links_that_loop_or_repeat_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "sub" / "a.md")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "zz").symlink_to(tmp_path / "sub")
    assert find_reports([tmp_path]) == [tmp_path / "sub" / "a.md"]


def test_a_linked_folder_is_searched(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "a.md")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "link").symlink_to(tmp_path / "elsewhere")
    assert find_reports([tmp_path / "reports"]) == [tmp_path / "reports" / "link" / "a.md"]


def test_a_file_named_twice_is_found_once_and_one_named_is_kept_whatever_it_is(
    tmp_path: Path,
) -> None:
    file = write(tmp_path / "a.md")
    odd = write(tmp_path / ".odd.xyz")
    assert find_reports([file, tmp_path, odd, file]) == [file, odd]


def test_a_folder_with_nothing_readable_says_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nothing to read .*it is empty"):
        find_reports([tmp_path])
    for name in ("a.png", "b.png", "c.xyz", "LICENSE", ".hidden.md"):
        write(tmp_path / name)
    with pytest.raises(ReadError, match=r"only 2 \.png, 1 without suffix, 1 \.xyz;"):
        find_reports([tmp_path])


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere: no such file or folder"):
        find_reports([tmp_path / "nowhere"])


def test_a_folder_that_may_not_be_searched_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:  # root may read everything
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(ReadError, match=r"cannot be searched \(Permission denied\)"):
        find_reports([tmp_path])


def test_every_reader_registered_can_be_imported_and_no_suffix_is_taken_twice() -> None:
    assert all(callable(known.load_reader()) for known in FORMATS)
    suffixes = [suffix for known in FORMATS for suffix in known.suffixes]
    assert len(set(suffixes)) == len(suffixes)


def test_the_shipped_report_is_found_and_read() -> None:
    (path,) = sample_reports()
    report = read_report(path)
    assert report.title == "National Child Protection Inspections: 2019 thematic report"
    assert report.metadata.creator == "HMICFRS"
    section = report.sections[-1]
    assert section.path == (
        "2. Summary",
        "The role of leaders and leadership",
        "Innovative work the police are doing to protect children",
    )
    fifth = next(
        b for b in report.blocks if b.section == len(report.sections) - 1 and b.number == 5
    )
    assert fifth.span.of(report.text).startswith("The Lighthouse model provides medical, advocacy")
    assert fifth.span.end == len(report.text) == section.span.end
