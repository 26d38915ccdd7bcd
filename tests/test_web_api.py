"""Programs ask the served interface, and get what the command gets."""

from collections.abc import Iterator

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from jsonschema import validate

from app.examples import SAMPLE_QUESTIONS
from app.payload import answer_to_json, load_schema
from index.search import Index
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


def test_asking_is_the_only_endpoint_and_is_described(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(endpoints) == ["/ask"]
    described = endpoints["/ask"]
    assert [one["parameter_name"] for one in described["parameters"]] == ["question", "k"]
    assert "own words" in described["description"]


@pytest.mark.parametrize(
    ("question", "k", "told"),
    [("", 5, "question is empty"), ("What?", 0, "1 to 100"), ("word " * 9_999, 5, "the limit is")],
)
def test_a_program_is_told_what_is_wrong(client: Client, question: str, k: int, told: str) -> None:
    with pytest.raises(AppError, match=told):
        client.predict(question, k, api_name="/ask")
