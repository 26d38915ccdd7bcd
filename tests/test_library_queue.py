"""Uploads and removals: taken, refused, queued, done in a process of their own, and resumed."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.library_desk import LibraryDesk
from app.library_markup import write_jobs
from app.library_process import ChildProcess, Order
from app.library_queue import MOST_WAITING, Job, LibraryQueue, State
from app.library_routes import make_library_router
from app.shelving import Library, Progress, Shelved
from tests.apart import run_apart
from tests.library_files import HARBOUR, LIMIT, kept_files, make_library, put, receive

OURS = {"x-reportqa": "upload"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path)


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
    return TestClient(make_app(queue, read_only=read_only), headers=OURS)


def make_app(queue: LibraryQueue, *, read_only: bool = False) -> FastAPI:
    app = FastAPI()
    app.include_router(make_library_router(queue, read_only=read_only))
    return app


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
    assert [(job.name, job.state) for job in queue.jobs()] == [("big.pdf", State.FAILED)]
    assert kept_files(queue.library) == []


def test_an_upload_that_does_not_say_its_size_is_cut_off_at_the_limit(queue: LibraryQueue) -> None:
    taken, said = 0, []

    async def receive_more() -> dict[str, object]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": bytes(2**19), "more_body": taken < 600}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/library/files",
        "query_string": b"name=secret.pdf",
        "headers": [(b"x-reportqa", b"upload")],
    }
    run_apart(lambda: asyncio.run(make_app(queue)(scope, receive_more, send)))
    assert said[0]["status"] == 413
    assert taken == 3, "of 300 MiB, no more than shows that it is too large"
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
        words = f"# Report {number % 10}\n\nBuoy {number % 10} is red.\n".encode()
        if bad:
            words = b"\0\0\0"
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
        f"Report {number}" for number in (1, 2, 3, 4, 6, 7, 8, 9)
    }
    assert len(kept_files(queue.library)) == 8, "the same words are kept once"


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
