"""What is kept and judged over HTTP: what comes back, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.cli import cli
from app.keeping_routes import make_keeping_router
from app.pack_check import State, check_items, read_pack_items
from app.service import Service
from index import open_index
from index.build import Source, add_reports
from index.folder import IndexFolder
from index.settings import Settings
from ingest.registry import read_report
from ingest.sample import sample_reports

QUESTION = "Who visits the schools?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keeping") / "index"
    sources = [Source(read_report(path), str(path)) for path in sample_reports()]
    add_reports(IndexFolder(made), sources, Settings())
    return made


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    (folder / "judgements.jsonl").unlink(missing_ok=True)
    with open_index(folder) as searcher:
        yield Service(searcher, IndexFolder(folder), Settings())


def client_of(service: Service) -> TestClient:
    app = FastAPI()
    app.include_router(make_keeping_router(service))
    return TestClient(app)


def place(service: Service) -> dict[str, object]:
    quote = service.searcher.ask(QUESTION).hits[0].quote
    report = service.searcher.ask(QUESTION).hits[0].report
    return {"report": report, "start": quote.span.start, "end": quote.span.end}


@pytest.mark.parametrize("suffix", ["json", "md", "csv", "docx"])
def test_a_pack_comes_back_and_holds(service: Service, tmp_path: Path, suffix: str) -> None:
    items = [place(service) | {"question": QUESTION, "note": "=1+1"}]
    answer = client_of(service).post(f"/packs/{suffix}", json={"items": items})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    path = tmp_path / f"pack.{suffix}"
    path.write_bytes(answer.content)
    (checked,) = check_items(read_pack_items(path), service.searcher)
    assert checked.state is State.UNCHANGED
    assert checked.item.note == "=1+1"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[", "x": "y"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://testserver"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-length": "999999999"}, 413),
        ({"content-length": "many"}, 411),
        ({"origin": "http://testserver"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "https://behind.proxy"}, 200),
    ],
)
def test_only_its_own_page_may_send(service: Service, headers: dict[str, str], status: int) -> None:
    body = json.dumps({"question": QUESTION, "verdict": "unanswerable"})
    sent = {"content-type": "application/json"} | headers
    answer = client_of(service).post("/judgements", content=body, headers=sent)
    assert answer.status_code == status
    assert (service.folder.path / "judgements.jsonl").exists() == (status == 200)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": -1},
        {"start": 10**30, "end": 10**30 + 1},
        {"start": 5, "end": 5},
        {"start": 9, "end": 2},
        {"report": "../../etc/passwd"},
        {"report": "0" * 65},
        {"question": "x" * 2001},
        {"text": "words of the client's own"},
    ],
)
def test_a_place_that_is_none_is_refused_in_a_line(
    service: Service, wrong: dict[str, object]
) -> None:
    items = [place(service) | wrong]
    answer = client_of(service).post("/packs/json", json={"items": items})
    assert 400 <= answer.status_code < 500
    problem = answer.json()["problem"]
    assert "\n" not in problem
    assert str(service.folder.path) not in problem


@pytest.mark.parametrize("items", [[], None])
def test_a_pack_of_nothing_is_refused(service: Service, items: object) -> None:
    assert client_of(service).post("/packs/json", json={"items": items}).status_code == 422


def test_more_passages_than_a_pack_holds_are_refused(service: Service) -> None:
    items = [place(service)] * 501
    assert client_of(service).post("/packs/json", json={"items": items}).status_code == 422


def test_what_is_judged_is_exported_and_undone(service: Service) -> None:
    client, where = client_of(service), place(service)
    said = where | {"question": QUESTION, "assessor": "Ann"}
    for _ in range(2):
        assert client.post("/judgements", json=said | {"verdict": "relevant"}).status_code == 200
    (line,) = client.get("/judgements").text.splitlines()
    assert json.loads(line)["assessor"] == "Ann"
    assert len(json.loads(line)["answers"]) == 1
    client.post("/judgements", json=said | {"verdict": "undo"})
    assert client.get("/judgements").text == ""


def test_read_only_takes_no_judgement_and_still_packs(service: Service) -> None:
    shared = Service(service.searcher, service.folder, service.settings, read_only=True)
    client, where = client_of(shared), place(service)
    said = where | {"question": QUESTION, "verdict": "relevant"}
    assert client.post("/judgements", json=said).status_code == 403
    assert client.post("/packs/md", json={"items": [where]}).status_code == 200


def test_damaged_judgements_name_no_path(service: Service) -> None:
    path = service.folder.path / "judgements.jsonl"
    path.write_text("{damaged\n")
    body = {"question": QUESTION, "verdict": "unanswerable"}
    answer = client_of(service).post("/judgements", json=body)
    assert answer.status_code == 500
    assert str(path) not in answer.text
    assert path.read_text() == "{damaged\n"


def test_the_command_packs_and_checks_again(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "pack.json"
    asked = ["pack", QUESTION, "--to", str(target), "--index", str(folder)]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    check = ["verify", str(target), "--index", str(folder)]
    assert CliRunner().invoke(cli, check).exit_code == 0
    pack = json.loads(target.read_text())
    pack["items"][0]["text"] = "Zebras govern the moon by candlelight on alternate Thursdays."
    target.write_text(json.dumps(pack))
    assert CliRunner().invoke(cli, check).exit_code == 1
