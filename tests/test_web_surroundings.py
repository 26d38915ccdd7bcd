"""The text around a passage: blocks of its section, whole, never another's."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import assume, given
from hypothesis import strategies as st

from app.server import Address, make_app
from app.service import Service
from app.surroundings import find_surroundings, make_surroundings_router
from index.folder import IndexFolder
from index.search import Index
from index.settings import Settings
from ingest.markdown import parse_markdown
from ingest.span import Span
from tests.strategies import Document, markdown_documents


@pytest.fixture
def client(sample_index: Index, sample_dir: Path) -> TestClient:
    app = make_app(Address("127.0.0.1", 80))
    service = Service(sample_index, IndexFolder(sample_dir), Settings())
    app.include_router(make_surroundings_router(service))
    return TestClient(app, base_url="http://127.0.0.1")


@given(markdown_documents(), st.data())
def test_what_is_around_a_block_is_of_its_section_and_touches_it(
    document: Document, data: st.DataObject
) -> None:
    report = parse_markdown(document.text, "generated.md")
    assume(report.blocks)
    block = data.draw(st.sampled_from(report.blocks))
    around = find_surroundings(report, block.span)
    assert around.before.end == block.span.start
    assert around.after.start == block.span.end
    section = [b.span for b in report.blocks if b.section == block.section]
    assert around.before.start in {
        block.span.start,
        *(s.start for s in section),
        *(s.end for s in section),
    }
    assert around.before.start >= min(span.start for span in section)
    assert around.after.end <= max(span.end for span in section)


def test_the_route_gives_the_words_before_and_after(
    client: TestClient, sample_index: Index
) -> None:
    hit = sample_index.ask("What services does the Lighthouse bring together?").hits[0]
    span = hit.quote.span
    reply = client.get(f"/surroundings?report={hit.report}&start={span.start}&end={span.end}")
    assert reply.status_code == 200
    text = sample_index.report(hit.report).text
    assert text[: span.start].endswith(reply.json()["before"])
    assert text[span.end :].startswith(reply.json()["after"])
    assert reply.json()["before"].strip()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("report=none&start=0&end=1", 404),
        ("report={}&start=0&end=999999999", 422),
        ("report={}&start=-4&end=2", 422),
        ("report={}&start=9&end=2", 422),
        ("report={}&start=x&end=2", 422),
        ("", 422),
    ],
)
def test_a_place_that_does_not_exist_is_refused(
    client: TestClient, sample_index: Index, query: str, status: int
) -> None:
    reply = client.get(f"/surroundings?{query.format(sample_index.reports()[0].id)}")
    assert reply.status_code == status
    assert "Traceback" not in reply.text


def test_the_surroundings_of_no_words_are_no_words(sample_index: Index) -> None:
    report = sample_index.report(sample_index.reports()[0].id)
    with pytest.raises(ValueError, match="beyond"):
        find_surroundings(report, Span(0, len(report.text) + 1))
