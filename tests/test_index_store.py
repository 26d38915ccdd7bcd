"""The index on disk: generations, the pointer, the cache, and what happens when things break."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import index.build as build_module
from index.build import Source, Watch, add_reports, rebuild, remove_reports
from index.cache import VectorCache
from index.catalogue import Catalogue
from index.folder import IndexFolder
from index.library import find_summary, list_summaries, read_stored
from index.scope import Scope
from index.search import Index
from index.settings import Settings
from ingest.builder import ReportBuilder
from ingest.errors import (
    ConflictError,
    IndexBusyError,
    IndexCorruptError,
    IndexMissingError,
    IndexStoreError,
    ModelMismatchError,
    ReportNotFoundError,
    SettingError,
)
from ingest.passage import PassageSettings
from ingest.report import BlockKind
from tests.fake_encoder import FakeEncoder


def make_source(name: str, *paragraphs: str) -> Source:
    builder = ReportBuilder(name)
    builder.add(BlockKind.HEADING, f"Report {name}", level=1)
    for paragraph in paragraphs:
        builder.add(BlockKind.PARAGRAPH, paragraph)
    return Source(builder.build(), f"/reports/{name}")


A = make_source("a.md", "Officers visited the Lighthouse.", "Funding was not agreed.")
B = make_source("b.md", "The force trained forty officers.")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    encoder = FakeEncoder()
    monkeypatch.setattr(build_module, "load_encoder", lambda _: encoder)
    return encoder


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index with a space")


def ask(folder: IndexFolder, encoder: FakeEncoder, question: str) -> list[str]:
    with Index(folder, Settings(), encoder) as opened:
        return [hit.quote.text for hit in opened.ask(question).hits]


def test_reports_are_listed_in_the_order_in_which_they_came(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    add_reports(folder, [B], Settings())
    add_reports(folder, [A], Settings())
    assert [summary.source for summary in list_summaries(folder)] == ["b.md", "a.md"]


def test_adding_a_report_embeds_only_that_report(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    fake.embedded.clear()
    add_reports(folder, [B], Settings())
    assert fake.embedded
    assert all("forty" in text for text in fake.embedded)


def test_the_same_report_again_changes_nothing(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    before = folder.current()
    change = add_reports(folder, [A], Settings())
    assert change.unchanged == (A.report.id,)
    assert folder.current() == before


def test_a_changed_file_replaces_its_earlier_content(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    add_reports(folder, [A, B], Settings())
    changed = Source(make_source("a.md", "Funding was agreed.").report, A.path)
    change = add_reports(folder, [changed], Settings())
    assert change.replaced == (changed.report.id,)
    assert len(list_summaries(folder)) == 2
    assert "Funding was not agreed." not in " ".join(ask(folder, fake, "funding"))


def test_identical_text_in_two_reports_keeps_both_citations(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    words = "The very same sentence stands in both."
    add_reports(folder, [make_source("x.md", words), make_source("y.md", words)], Settings())
    with Index(folder, Settings(), fake) as opened:
        hits = opened.ask("very same sentence").hits
    assert [hit.quote.text for hit in hits] == [words, words]
    assert {hit.source for hit in hits} == {"x.md", "y.md"}
    assert len({hit.citation for hit in hits}) == 2


def test_reports_of_one_title_are_told_apart_by_their_file(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    first = make_source("x.md", "One thing.")
    builder = ReportBuilder("y.md")
    builder.add(BlockKind.HEADING, first.report.title, level=1)
    builder.add(BlockKind.PARAGRAPH, "One thing.")
    add_reports(folder, [first, Source(builder.build(), "/reports/y.md")], Settings())
    with Index(folder, Settings(), fake) as opened:
        citations = {hit.citation for hit in opened.ask("one thing").hits}
    assert len(citations) == 2
    assert any("[y.md]" in citation for citation in citations)


def test_a_removed_report_leaves_no_vector_behind(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A, B], Settings())
    remove_reports(folder, [A.report.id], Settings())
    assert [summary.source for summary in list_summaries(folder)] == ["b.md"]
    with sqlite3.connect(folder.cache_path) as cache:
        kept = cache.execute("SELECT count(*) FROM vectors").fetchone()[0]
    with Index(folder, Settings(), fake) as opened:
        assert kept == 2  # its passage and its sentence
        assert {hit.source for hit in opened.ask("officers").hits} == {"b.md"}


def test_removing_the_last_report_leaves_no_index(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    remove_reports(folder, [A.report.id], Settings())
    with pytest.raises(IndexMissingError, match="reportqa ingest"):
        list_summaries(folder)
    add_reports(folder, [B], Settings())
    assert len(list_summaries(folder)) == 1


def test_a_stored_report_comes_back_as_it_was(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    assert read_stored(folder, "a.md") == A.report


def test_reports_go_by_id_prefix_file_or_title(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A, B], Settings())
    summaries = list_summaries(folder)
    for name in (A.report.id, A.report.id[:6], "a.md", "REPORT A.MD"):
        assert find_summary(summaries, name).id == A.report.id
    with pytest.raises(ReportNotFoundError, match="reportqa list"):
        find_summary(summaries, "c.md")
    with pytest.raises(ReportNotFoundError):
        find_summary(summaries, " ")


def test_a_name_of_two_reports_is_refused(folder: IndexFolder, fake: FakeEncoder) -> None:
    twins = [
        Source(make_source("a.md", words).report, f"/{at}/a.md")
        for at, words in enumerate(("First text.", "Second text."))
    ]
    add_reports(folder, twins, Settings())
    with pytest.raises(ConflictError, match="name one by its id"):
        find_summary(list_summaries(folder), "a.md")


def test_a_reader_keeps_its_generation_while_the_index_moves_on(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    add_reports(folder, [A], Settings())
    with Index(folder, Settings(), fake) as reader:
        for at in range(4):
            add_reports(folder, [make_source(f"n{at}.md", f"New text {at}.")], Settings())
        assert {hit.source for hit in reader.ask("Lighthouse funding").hits} == {"a.md"}
        assert reader.report("a.md") == A.report
        assert reader.refresh()
        assert len(reader.reports()) == 5
        assert not reader.refresh()


def test_old_generations_are_swept(folder: IndexFolder, fake: FakeEncoder) -> None:
    for at in range(5):
        add_reports(folder, [make_source(f"n{at}.md", f"Text {at}.")], Settings())
    names = sorted(path.name for path in (folder.path / "generations").iterdir())
    assert names == ["000004", "000005"]


def test_an_index_of_another_model_is_refused(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    with pytest.raises(ModelMismatchError, match="--model"):
        Index(folder, Settings(), FakeEncoder("another"))


def test_a_build_with_another_model_is_refused_and_a_rebuild_takes_it(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    add_reports(folder, [A], Settings())
    fake.fingerprint = "another"
    with pytest.raises(ModelMismatchError, match="--rebuild"):
        add_reports(folder, [B], Settings())
    rebuild(folder, Settings())
    add_reports(folder, [B], Settings())
    assert len(list_summaries(folder)) == 2


def test_other_passage_settings_need_a_rebuild(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    smaller = Settings(passages=PassageSettings(size=16))
    with pytest.raises(SettingError, match="--rebuild"):
        add_reports(folder, [B], smaller)
    rebuild(folder, smaller)
    assert folder.manifest().passages == smaller.passages


def test_no_index_says_how_to_make_one(folder: IndexFolder) -> None:
    with pytest.raises(IndexMissingError, match="reportqa ingest"):
        folder.open()


def _index_files(folder: IndexFolder) -> list[Path]:
    generation = folder.path / "generations" / folder.current()
    return sorted(path for path in generation.rglob("*") if path.is_file())


def test_every_missing_or_damaged_file_is_named(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A, B], Settings())
    for path in _index_files(folder):
        whole = path.read_bytes()
        for damaged in (None, b"", whole[: len(whole) // 2], whole[:-1] + b"\x00\x01"):
            path.unlink(missing_ok=True)
            if damaged is not None:
                path.write_bytes(damaged)
            with pytest.raises(IndexCorruptError, match="index"):
                Index(folder, Settings(), fake)
        path.write_bytes(whole)
    assert ask(folder, fake, "Lighthouse")


def test_a_damaged_pointer_is_named(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    for content in (b"", b"../..", b"\xff\xfe", b"000099"):
        (folder.path / "CURRENT").write_bytes(content)
        with pytest.raises(IndexCorruptError):
            folder.open()


def test_a_damaged_vector_cache_is_begun_anew(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    folder.cache_path.write_bytes(b"this is no database" * 100)
    add_reports(folder, [B], Settings())
    assert len(list_summaries(folder)) == 2


def test_a_folder_that_cannot_be_written_is_named(fake: FakeEncoder) -> None:
    # Not even root can make a folder there.
    with pytest.raises(IndexStoreError, match="REPORTQA_INDEX"):
        add_reports(IndexFolder(Path("/proc/reportqa/index")), [A], Settings())


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path, fake: FakeEncoder) -> None:
    path = tmp_path / "index"
    path.write_text("I am a file")
    with pytest.raises(IndexStoreError, match="cannot be"):
        add_reports(IndexFolder(path), [A], Settings())


def test_a_second_writer_waits_and_says_so(folder: IndexFolder) -> None:
    waited: list[bool] = []
    with folder.writing(lambda: None):
        other = IndexFolder(folder.path)
        with (
            pytest.raises(IndexBusyError, match="try again"),
            other.writing(lambda: waited.append(True), timeout=0.1),
        ):
            pass
    assert waited == [True]


def test_an_interrupted_build_leaves_the_old_index(
    folder: IndexFolder, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reports(folder, [A], Settings())

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_reports(folder, [B], Settings(), Watch(on_progress=interrupt))
    monkeypatch.setattr(build_module, "write_generation", interrupt)
    with pytest.raises(KeyboardInterrupt):
        add_reports(folder, [B], Settings())
    assert [summary.source for summary in list_summaries(folder)] == ["a.md"]
    assert not list((folder.path / "generations").glob(".building-*"))


_SLOW_BUILD = """
import sys, time
from pathlib import Path
import index.build as build
from tests.fake_encoder import FakeEncoder
from tests.test_index_store import A, B
from index.folder import IndexFolder
from index.settings import Settings
build.load_encoder = lambda _: FakeEncoder()
write = build.write_generation
def write_and_linger(*args):
    write(*args)
    print("written", flush=True)
    time.sleep(60)
build.write_generation = write_and_linger
build.add_reports(IndexFolder(Path(sys.argv[1])), [B], Settings())
"""


def test_a_killed_build_leaves_the_old_index_and_the_next_one_sweeps(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    add_reports(folder, [A], Settings())
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", _SLOW_BUILD, str(folder.path)],
        stdout=subprocess.PIPE,
        cwd=root,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert list((folder.path / "generations").glob(".building-*"))
    assert ask(folder, fake, "Lighthouse")
    add_reports(folder, [B], Settings())
    assert len(list_summaries(folder)) == 2
    assert not list((folder.path / "generations").glob(".building-*"))


def test_nothing_in_the_index_is_a_pickle(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    for path in folder.path.rglob("*"):
        if path.is_file() and path.stat().st_size:
            assert not path.read_bytes().startswith(pickle.PROTO)
            if path.suffix == ".npy":
                np.load(path, allow_pickle=False)


def test_an_index_of_a_later_format_is_refused(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A], Settings())
    manifest = folder.path / "generations" / folder.current() / "manifest.json"
    description = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(description | {"format": 99}))
    with pytest.raises(IndexCorruptError, match="format 99"):
        folder.open()


def test_an_index_can_be_moved(folder: IndexFolder, fake: FakeEncoder, tmp_path: Path) -> None:
    add_reports(folder, [A], Settings())
    moved = tmp_path / "elsewhere"
    shutil.move(folder.path, moved)
    assert ask(IndexFolder(moved), fake, "Lighthouse")


def test_the_cache_gives_back_what_was_computed(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    cache = VectorCache(tmp_path / "vectors.sqlite3")
    texts = ["one", "two", "one"]
    first = cache.encode(encoder, texts, lambda _: None)
    again = cache.encode(encoder, texts, lambda _: None)
    assert encoder.embedded == ["one", "two"]
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, encoder.encode_questions(texts))


def test_progress_counts_every_text_once(folder: IndexFolder, fake: FakeEncoder) -> None:
    seen: list[tuple[int, int]] = []
    watch = Watch(on_progress=lambda _, done, total: seen.append((done, total)))
    add_reports(folder, [A, B], Settings(), watch)
    add_reports(folder, [make_source("c.md", "One more.")], Settings(), watch)
    assert all(done <= total for done, total in seen)
    assert seen[-1][0] == seen[-1][1]


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexCorruptError, match="missing or damaged"):
        Catalogue(tmp_path / "none.sqlite3")


def test_a_scope_leaves_the_other_reports_out(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A, B, make_source("c.md", "Officers, officers, officers.")], Settings())
    with Index(folder, Settings(), fake) as opened:
        everything = opened.ask("Where did officers go?").hits
        scoped = opened.ask("Where did officers go?", scope=Scope(reports=(B.report.id,))).hits
        nothing = opened.ask("officers", scope=Scope(reports=("none",)))
    assert {hit.source for hit in everything} == {"a.md", "b.md", "c.md"}
    assert {hit.source for hit in scoped} == {"b.md"}
    assert not nothing.hits
    assert not nothing.answered


def test_a_scope_keeps_to_a_section_and_what_is_below_it(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    builder = ReportBuilder("s.md")
    for level, heading in ((1, "Title"), (2, "First"), (3, "Deep"), (2, "Second")):
        builder.add(BlockKind.HEADING, heading, level=level)
        builder.add(BlockKind.PARAGRAPH, f"Officers stood under {heading}.")
    add_reports(folder, [Source(builder.build(), "/s.md")], Settings())
    with Index(folder, Settings(), fake) as opened:
        hits = opened.ask("officers", scope=Scope(section=("First",))).hits
    assert {hit.section for hit in hits} == {("First",), ("First", "Deep")}


def test_each_report_is_asked_by_itself(folder: IndexFolder, fake: FakeEncoder) -> None:
    add_reports(folder, [A, B], Settings())
    with Index(folder, Settings(), fake) as opened:
        answers = opened.ask_each("Which officers were trained?")
    assert list(answers) == [A.report.id, B.report.id]
    assert [answer.hits[0].source for answer in answers.values()] == ["a.md", "b.md"]


def test_a_question_that_names_a_part_finds_it_first(
    folder: IndexFolder, fake: FakeEncoder
) -> None:
    builder = ReportBuilder("n.md")
    builder.add(BlockKind.HEADING, "Title", level=1)
    for number in range(1, 6):
        builder.add(BlockKind.PARAGRAPH, f"4.{number} Officers of force {number} said so.")
        builder.add(BlockKind.HEADING, f"Recommendation {number}", level=3)
        builder.add(BlockKind.PARAGRAPH, f"Forces should do thing {number} at once.")
    add_reports(folder, [A, Source(builder.build(), "/n.md")], Settings())
    with Index(folder, Settings(), fake) as opened:
        answer = opened.ask("What does recommendation 3 say about officers?")
        paragraph = opened.ask("paragraph 4.2")
        elsewhere = opened.ask("recommendation 3", scope=Scope(reports=(A.report.id,)))
    assert answer.hits[0].quote.text.startswith("Forces should do thing 3 at once.")
    assert answer.answered
    assert answer.hits[0].score > answer.hits[1].score
    assert paragraph.hits[0].highlight.text == "4.2 Officers of force 2 said so."
    assert {hit.source for hit in elsewhere.hits} == {"a.md"}
