"""Programs ask the served interface, and get what the command gets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from jsonschema import validate

from app.examples import SAMPLE_QUESTIONS
from app.payload import answer_to_json, load_schema
from index.search import Index
from ingest.report import PATH_SEPARATOR
from tests.browser import Site


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[Client]:
    connected = Client(site.url, verbose=False, analytics_enabled=False)
    yield connected
    connected.close()


@pytest.mark.parametrize("k", [1, 5])
def test_a_program_gets_the_same_answer_as_the_command(
    client: Client, sample_index: Index, k: int
) -> None:
    got = client.predict(SAMPLE_QUESTIONS[0], k, api_name="/ask")
    validate(got, load_schema("ask"))
    assert got == answer_to_json(sample_index.ask(SAMPLE_QUESTIONS[0], k))


def test_the_count_may_be_left_out(client: Client) -> None:
    assert len(client.predict(SAMPLE_QUESTIONS[0], api_name="/ask")["hits"]) == 5


def test_every_endpoint_has_a_name_and_is_described(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(endpoints) == ["/ask", "/ask_each", "/list_reports", "/show", "/verify"]
    described = endpoints["/ask"]
    names = [one["parameter_name"] for one in described["parameters"]]
    assert names == ["question", "k", "reports", "section"]
    assert "own words" in described["description"]
    assert all(one["description"] for one in endpoints.values())


def test_a_program_searches_one_section_of_one_report(client: Client, sample_index: Index) -> None:
    hit = sample_index.ask(SAMPLE_QUESTIONS[0]).hits[0]
    section = PATH_SEPARATOR.join(hit.section)
    got = client.predict(SAMPLE_QUESTIONS[0], 20, [hit.source], section, api_name="/ask")
    assert {tuple(one["section"]) for one in got["hits"]} == {hit.section}
    assert len(got["hits"]) < len(sample_index.ask(SAMPLE_QUESTIONS[0], 20).hits)


def test_a_program_asks_each_report(client: Client) -> None:
    got = client.predict(SAMPLE_QUESTIONS[0], api_name="/ask_each")
    validate(got, load_schema("ask-each"))
    validate(got["reports"][0]["answer"], load_schema("ask"))


def test_a_program_gets_a_part_and_checks_its_words(client: Client, sample_index: Index) -> None:
    hit = sample_index.ask(SAMPLE_QUESTIONS[0]).hits[0]
    span = f"{hit.highlight.span.start}:{hit.highlight.span.end}"
    part = client.predict(hit.source, "", span, api_name="/show")
    assert part["text"] == hit.highlight.text
    validate(part, load_schema("part"))
    verified = client.predict(part["text"], api_name="/verify")
    assert verified["verdict"] == "exact"


def test_no_folder_of_the_server_is_told(client: Client, sample_index: Index) -> None:
    listed = client.predict(api_name="/list_reports")
    assert listed["reports"][0]["title"] == sample_index.reports()[0].title
    assert str(Path(sample_index.reports()[0].path).parent) not in str(listed)


def test_a_report_that_is_not_there_is_told_in_one_line(client: Client) -> None:
    with pytest.raises(AppError, match="No report goes by") as told:
        client.predict("none", "1", api_name="/show")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("question", "k", "told"),
    [("", 5, "question is empty"), ("What?", 0, "1 to 100"), ("word " * 9_999, 5, "the limit is")],
)
def test_a_program_is_told_what_is_wrong(client: Client, question: str, k: int, told: str) -> None:
    with pytest.raises(AppError, match=told):
        client.predict(question, k, api_name="/ask")
