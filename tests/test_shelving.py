"""Uploaded files become reports: kept, read, told apart, refused by name, and gone again."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.library_desk import LibraryDesk
from app.library_files import LibraryFiles, Upload, safe_name, shown_name
from app.library_markup import write_jobs, write_shelf
from app.library_process import ChildProcess, Order
from app.library_queue import MOST_WAITING, Job, LibraryQueue, State
from app.library_routes import make_library_router
from app.served_index import ServedIndex
from app.shelving import Library, Progress, Shelved, shelve, unshelve
from index import open_index
from index.build import Change
from index.encoder import Encoder
from index.folder import IndexFolder
from index.settings import Settings
from ingest.errors import (
    IndexMissingError,
    IndexStoreError,
    ReadError,
    ReportNotFoundError,
    TooLargeError,
)
from ingest.sample import sample_reports
from ingest.source import ReadOptions
from tests import pdf_pages

SAMPLE = sample_reports()[0].read_bytes()
LIMIT = 2**20
HARBOUR = "# Harbours\n\nThe harbour of Whitby is deep enough for herring boats.\n"
OURS = {"x-reportqa": "upload"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library in a folder of its own."""
    reading = ReadOptions(max_bytes=LIMIT)
    return Library(IndexFolder(tmp_path / "index"), Settings(), reading)


@pytest.fixture
def queue(library: Library) -> Iterator[LibraryQueue]:
    """A queue whose jobs are really done, in a process of their own."""
    child = ChildProcess(library)
    yield LibraryQueue(library, child)
    child.close()


@pytest.fixture
def client(queue: LibraryQueue) -> TestClient:
    return serve(queue)


def serve(queue: LibraryQueue, *, read_only: bool = False) -> TestClient:
    app = FastAPI()
    app.include_router(make_library_router(queue, read_only=read_only))
    return TestClient(app, headers=OURS)


def receive(library: Library, name: str, data: bytes | str) -> Upload:
    content = data.encode() if isinstance(data, str) else data
    with library.files.receive(name, LIMIT) as arrival:
        arrival.write(content)
        return arrival.finish()


def put(library: Library, name: str, data: bytes | str) -> Shelved:
    upload = receive(library, name, data)
    try:
        return shelve(library, upload, lambda _stage, _done, _total: None)
    finally:
        library.files.release(upload)


def take_out(library: Library, report: str) -> Shelved:
    return unshelve(library, report, lambda _stage, _done, _total: None)


def kept_files(library: Library) -> list[str]:
    root = library.folder.path / "files"
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def make_docx(folder: Path) -> bytes:
    document = Document()
    document.add_heading("Lifeboats", 0)
    document.add_paragraph("The crew of the lifeboat put to sea in a gale.")
    document.save(str(folder / "made.docx"))
    return (folder / "made.docx").read_bytes()


def test_good_files_of_every_kind_are_kept_read_and_found(library: Library, tmp_path: Path) -> None:
    put(library, "Harbours.md", HARBOUR)
    put(library, "Lifeboats.docx", make_docx(tmp_path))
    read = put(library, "Numbered.pdf", pdf_pages.numbered_pages(3))
    assert (read.verb, read.pages, read.pages_read, read.notices) == ("added", 3, 3, ())
    with open_index(library.folder.path) as index:
        sources = [summary.source for summary in index.reports()]
        assert sources == ["Harbours.md", "Lifeboats.docx", "Numbered.pdf"]
        assert index.ask("Who put to sea in a gale?").hits[0].title == "Lifeboats"
        for summary in index.reports():
            path = Path(summary.path)
            assert path.is_file()
            assert path.name == summary.source
            assert path.parent.parent == library.folder.path / "files"
            assert len(path.parent.name) == 16
    assert len(kept_files(library)) == 3, "and nothing is left in the waiting room"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("liar.pdf", b"hello, this is no PDF", "named as PDF, but it holds text"),
        ("liar.md", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "named as Markdown, but it holds a PDF file"),
        ("liar.docx", b"<html><body>web</body></html>", "named as DOCX, but it holds an HTML page"),
        ("locked.pdf", pdf_pages.locked_file("secret"), "encrypted: save a copy without its"),
        ("empty.md", b"", "the file is empty"),
        ("cut.pdf", pdf_pages.numbered_pages(2)[:150], "damaged or cut short"),
        ("latin.txt", b"caf\xe9 au lait", "not valid UTF-8 at byte 3"),
        ("sheet.xlsx", b"PK\x03\x04", "cannot read .xlsx"),
    ],
)
def test_what_cannot_be_read_is_told_why_and_not_kept(
    library: Library, name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(ReadError, match=reason.replace(".", r"\.")) as caught:
        put(library, name, data)
    assert str(library.folder.path) not in str(caught.value)
    assert not str(caught.value).startswith(name)
    assert kept_files(library) == []
    assert library.summaries() == ()


def test_pages_that_could_not_be_read_are_named_once(library: Library) -> None:
    file = pdf_pages.scanned_pages(_picture())
    read = put(library, "scanned.pdf", file)
    assert read.pages_read < read.pages
    assert read.notices
    for page, words in read.notices:
        assert page is None or not words.startswith("page")


def _picture() -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (200, 200), 200).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_same_words_under_another_name_are_recognised(library: Library) -> None:
    first = put(library, "Harbours.md", HARBOUR)
    again = put(library, "folder/Copy of Harbours.md", HARBOUR)
    windows = put(library, "Saved elsewhere.md", HARBOUR.replace("\n", "\r\n"))
    assert (first.verb, again.verb, windows.verb) == ("added", "present", "present")
    assert again.source == windows.source == "Harbours.md"
    assert [s.source for s in library.summaries()] == ["Harbours.md"]
    assert kept_files(library) == [f"{Path(library.summaries()[0].path).parent.name}/Harbours.md"]


def test_a_report_that_the_command_added_is_recognised_and_its_file_left_alone(
    library: Library, tmp_path: Path
) -> None:
    from index.build import Source, add_reports
    from ingest.registry import read_report

    own = tmp_path / "own.md"
    own.write_text(HARBOUR)
    add_reports(library.folder, [Source(read_report(own), str(own))], library.settings)
    assert put(library, "Harbours.md", HARBOUR).verb == "present"
    take_out(library, library.summaries()[0].id)
    assert own.read_text() == HARBOUR


def test_another_file_of_the_same_name_is_added_and_said(library: Library) -> None:
    put(library, "report.md", HARBOUR)
    second = put(library, "new/report.md", HARBOUR.replace("Whitby", "Hull"))
    assert second.verb == "added"
    assert second.namesakes == ("Harbours",)
    assert len(library.summaries()) == len(kept_files(library)) == 2


def test_removing_takes_the_report_and_its_file(library: Library) -> None:
    first, second = put(library, "a.md", HARBOUR), put(library, "b.md", SAMPLE)
    assert take_out(library, first.report).title == "Harbours"
    assert [s.id for s in library.summaries()] == [second.report]
    assert [Path(p).name for p in kept_files(library)] == ["b.md"]
    with pytest.raises(ReportNotFoundError, match="not in the index any more"):
        take_out(library, first.report)
    take_out(library, second.report)
    assert library.summaries() == ()
    assert kept_files(library) == []


def test_a_copy_that_somebody_deleted_comes_back_with_its_upload(library: Library) -> None:
    put(library, "a.md", HARBOUR)
    kept = Path(library.summaries()[0].path)
    kept.unlink()
    assert put(library, "a.md", HARBOUR).verb == "present"
    assert kept.read_text() == HARBOUR


def test_a_failed_build_leaves_no_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Change:
        raise IndexStoreError("the disk is full")

    monkeypatch.setattr("app.shelving.add_reports", fail)
    with pytest.raises(IndexStoreError):
        put(library, "a.md", HARBOUR)
    assert kept_files(library) == []


def test_an_open_index_follows_the_library_to_empty_and_back(
    library: Library, encoder: Encoder
) -> None:
    first = put(library, "a.md", HARBOUR)
    with ServedIndex(library.folder, library.settings, encoder) as index:
        take_out(library, first.report)
        assert index.refresh()
        assert index.reports() == ()
        with pytest.raises(IndexMissingError, match="add one first"):
            index.ask("How deep is the harbour?")
        with pytest.raises(ReportNotFoundError):
            index.report(first.report)
        second = put(library, "b.md", HARBOUR.replace("Whitby", "Hull"))
        assert index.refresh()
        assert not index.refresh()
        assert index.ask("How deep is the harbour?").hits[0].report == second.report


def test_an_index_emptied_and_filled_between_two_looks_is_seen_as_new(
    library: Library, encoder: Encoder
) -> None:
    first = put(library, "a.md", HARBOUR)
    with ServedIndex(library.folder, library.settings, encoder) as index:
        take_out(library, first.report)
        second = put(library, "b.md", HARBOUR.replace("Whitby", "Hull"))
        assert index.refresh()
        assert [summary.id for summary in index.reports()] == [second.report]


HOSTILE_NAMES = [
    "../../../etc/passwd.md",
    "..\\..\\windows\\system.md",
    "nul\0byte.md",
    "CON.md",
    "com1.tar.md",
    "a" * 252 + ".md",
    "🚢" * 100 + ".md",
    "\u202egnp.md",
    "<img src=x onerror=alert(1)>.md",
    "line\nbreak\ttab.md",
    "\ud800lone.md",
    "  .hidden . md .md",
    "ẞ́é.md",
    'a"b|c?d*e:f.md',
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_stays_inside_the_folder_and_is_shown_as_it_was(
    library: Library, name: str
) -> None:
    read = put(library, name, HARBOUR)
    assert read.verb == "added"
    assert read.source == shown_name(name)
    kept = Path(library.summaries()[0].path)
    assert kept.read_text() == HARBOUR
    assert kept.resolve().parent.parent == (library.folder.path / "files").resolve()
    shelf = write_shelf(library.summaries(), read_only=False)
    assert "<img" not in shelf
    assert "\0" not in shelf


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_every_file_system_takes(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 120
    assert safe == Path(safe).name
    assert safe.strip(". ") == safe
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe.isprintable()
    assert safe_name(safe) == safe


def test_a_name_that_is_safe_already_stays() -> None:
    for name in ("Annual report 2019 (final).pdf", "Bericht über Häfen.docx", "報告.md", "🚢.md"):
        assert safe_name(name) == name


def test_a_file_beyond_the_limit_is_refused_while_it_comes_in(library: Library) -> None:
    with pytest.raises(TooLargeError, match="limit of 1 MiB"):
        receive(library, "big.md", b"x" * (LIMIT + 1))
    assert kept_files(library) == []


class CountingFile:
    """A file of 300 MB of which as much is made as is asked for."""

    def __init__(self) -> None:
        self.given = 0

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(300):
            self.given += 2**20
            yield bytes(2**20)


def test_a_300_mb_upload_is_refused_without_reading_it(
    client: TestClient, queue: LibraryQueue, tmp_path: Path
) -> None:
    sparse = tmp_path / "big.pdf"
    with sparse.open("wb") as file:
        file.truncate(300 * 2**20)
    with sparse.open("rb") as file:
        headers = {"content-length": str(300 * 2**20)}
        answer = client.post("/library/files?name=big.pdf", content=file, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["reason"].startswith("300 MiB, more than the limit of 1 MiB")
    secret = CountingFile()
    answer = client.post("/library/files?name=secret.pdf", content=iter(secret))
    assert answer.status_code == 413, "one that does not say its size is cut off at the limit"
    assert [(job.name, job.state) for job in queue.jobs()] == [
        ("big.pdf", State.FAILED),
        ("secret.pdf", State.FAILED),
    ]
    assert kept_files(queue.library) == []


def test_files_that_are_not_sent_are_named_all_the_same(
    client: TestClient, queue: LibraryQueue
) -> None:
    for name, size in (("a.zip", 10), ("b.xlsx", 10), ("c", 10), ("d.pdf", 2 * LIMIT)):
        assert client.post("/library/refusals", params={"name": name, "size": size}).is_success
    reasons = [job.reason for job in queue.jobs()]
    assert reasons[0] == "archives are not unpacked: unpack it, then drop the folder"
    assert reasons[1].startswith(".xlsx files are not read; ReportQA reads Markdown")
    assert reasons[2].startswith("a file without suffix is not read")
    assert reasons[3].startswith("2 MiB, more than the limit of 1 MiB")
    assert not queue.active


def test_another_web_site_and_a_read_only_library_are_refused(
    library: Library, queue: LibraryQueue
) -> None:
    shut = serve(queue, read_only=True)
    assert shut.post("/library/files?name=a.md", content=HARBOUR).status_code == 403
    assert shut.post("/library/refusals?name=a.md&size=1").status_code == 403
    ours = serve(queue)
    foreign = ours.post("/library/files?name=a.md", content=HARBOUR, headers={"x-reportqa": ""})
    assert foreign.status_code == 403
    assert queue.jobs() == ()
    assert kept_files(library) == []


def test_fifty_uploads_at_once_are_all_dealt_with(client: TestClient, queue: LibraryQueue) -> None:
    def send(number: int) -> None:
        bad = number % 5 == 0
        words = b"\0\0\0" if bad else f"# Report {number}\n\nBuoy {number} is red.\n".encode()
        assert client.post(f"/library/files?name={number}.md", content=words).status_code == 202

    threads = [threading.Thread(target=send, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queue.wait(240)
    by_state = {state: sum(job.state is state for job in queue.jobs()) for state in State}
    assert by_state[State.DONE] == 40
    assert by_state[State.FAILED] == 10
    assert {s.title for s in queue.library.summaries()} == {
        f"Report {number}" for number in range(50) if number % 5
    }
    assert len(kept_files(queue.library)) == 40


class Gate:
    """A worker whose jobs wait until the gate opens."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun = threading.Event()

    def run(self, _order: Order, progress: Progress) -> Shelved:
        progress("Embedding", 3, 7)
        self.begun.set()
        assert self.open.wait(30)
        raise OSError("/secret/place is on fire")

    def close(self) -> None:
        return


def test_progress_can_be_seen_by_all_and_a_full_queue_says_so(library: Library) -> None:
    gate = Gate()
    queue = LibraryQueue(library, gate)
    client = serve(queue)
    for number in range(MOST_WAITING):
        assert client.post(f"/library/files?name={number}.md", content=b"x").status_code == 202
    assert client.post("/library/files?name=more.md", content=b"x").status_code == 429
    assert gate.begun.wait(30)
    first, second = queue.jobs()[:2]
    assert (first.state, first.done, first.total) == (State.EMBEDDING, 3, 7)
    assert second.state is State.WAITING
    assert "Embedding 3 of 7" in write_jobs(queue.jobs())
    gate.open.set()
    assert queue.wait(60)
    shown = write_jobs(queue.jobs())
    assert "secret" not in shown
    assert "Something went wrong" in shown
    queue.forget_finished()
    assert queue.jobs() == ()


def test_one_removal_of_a_report_is_enough(library: Library) -> None:
    gate = Gate()
    queue = LibraryQueue(library, gate)
    assert queue.remove("0123", "Title").number == queue.remove("0123", "Title").number
    gate.open.set()
    assert queue.wait(30)
    assert "Not removed" in write_jobs(queue.jobs())


def test_a_file_that_kills_its_reader_fails_and_the_next_goes_on(
    queue: LibraryQueue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def watch(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith('killer.md'):\n"
        "        os._exit(139)\n"
        "sys.addaudithook(watch)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    queue.add(receive(queue.library, "killer.md", HARBOUR))
    queue.add(receive(queue.library, "harmless.md", HARBOUR))
    assert queue.wait(120)
    killer, harmless = queue.jobs()
    assert killer.state is State.FAILED
    assert "came to an end" in killer.reason
    assert harmless.state is State.DONE
    assert len(kept_files(queue.library)) == 1


SERVER = """
import sys, time
from pathlib import Path
from app.library_process import ChildProcess
from app.library_queue import LibraryQueue
from app.shelving import Library
from index.folder import IndexFolder
from index.settings import Settings
library = Library(IndexFolder(Path(sys.argv[1])), Settings())
queue = LibraryQueue(library, ChildProcess(library))
for name in ("one.md", "two.md", "three.md"):
    with library.files.receive(name, 2**20) as arrival:
        arrival.write(f"# {name}\\n\\nThe harbour of {name} is deep.\\n".encode())
        queue.add(arrival.finish())
arrival = library.files.receive("half.md", 2**20)
arrival.write(b"# Half")
while not any(job.state == "embedding" for job in queue.jobs()):
    time.sleep(0.01)
print("embedding", flush=True)
time.sleep(60)
"""


def test_what_a_killed_server_had_promised_is_done_by_the_next(
    library: Library, queue: LibraryQueue
) -> None:
    command = [sys.executable, "-c", SERVER, str(library.folder.path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "embedding\n"
        server.kill()
    queue.resume()
    assert queue.wait(120)
    assert {job.name for job in queue.jobs()} <= {"one.md", "two.md", "three.md"}
    assert {job.state for job in queue.jobs()} == {State.DONE}
    assert sorted(s.title for s in library.summaries()) == ["one.md", "three.md", "two.md"]
    names = [Path(path).name for path in kept_files(library)]
    assert sorted(set(names) - {"claim.lock"}) == ["one.md", "three.md", "two.md"]
    other = LibraryQueue(library, Gate())
    other.resume()
    assert other.jobs() == (), "one server alone looks after what was left"


def test_a_read_only_library_is_listed_and_nothing_can_be_removed(library: Library) -> None:
    read = put(library, "a.md", HARBOUR)
    desk = LibraryDesk(LibraryQueue(library, Gate()), read_only=True)
    assert "Harbours" in desk.write_shelf()
    assert "data-remove" not in desk.write_shelf()
    assert "This library is read only" in desk.write_drop()
    assert "<input" not in desk.write_drop()
    desk.remove(read.report)
    assert desk.queue.jobs() == ()


def test_only_what_is_there_can_be_removed(library: Library) -> None:
    desk = LibraryDesk(LibraryQueue(library, Gate()), read_only=False)
    desk.remove("../../etc")
    assert desk.queue.jobs() == ()
    assert "No reports yet" in desk.write_shelf()


def test_an_index_that_cannot_be_read_is_said_without_its_place(library: Library) -> None:
    put(library, "a.md", HARBOUR)
    for catalogue in library.folder.path.glob("generations/*/*.sqlite*"):
        catalogue.write_bytes(b"no catalogue")
    shown = LibraryDesk(LibraryQueue(library, Gate()), read_only=False).write_shelf()
    assert "The reports cannot be listed" in shown
    assert str(library.folder.path) not in shown


def test_jobs_and_titles_are_escaped() -> None:
    hostile = '"><script>alert(1)</script>'
    shelved = Shelved(
        verb="added",
        report="0123",
        title=hostile,
        source=hostile,
        pages=2,
        pages_read=1,
        passages=1,
        notices=((2, hostile),),
        namesakes=(hostile,),
    )
    shown = write_jobs(
        [
            Job(1, hostile, state=State.DONE, shelved=shelved),
            Job(2, hostile, state=State.FAILED, reason=hostile),
            Job(3, hostile, Order.remove("0123"), State.READING, 1, 2),
        ]
    )
    assert "<script" not in shown
    assert "1 of 2 pages read · 1 passage" in shown
    assert "Page 2: " in shown


def test_no_path_of_this_machine_is_in_a_record_of_the_waiting_room(library: Library) -> None:
    upload = receive(library, "a.md", HARBOUR)
    record = library.folder.path / "files" / ".waiting" / upload.token / "upload.json"
    assert json.loads(record.read_text()) == {"name": "a.md", "digest": upload.digest}
    assert list(LibraryFiles(library.folder.path).waiting()) == [upload]
