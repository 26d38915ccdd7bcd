"""SQuAD and BEIR: read, indexed, asked; and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.beir import read_beir
from eval.dataset import Dataset
from eval.evaluation import Plan, evaluate_collection
from eval.outcome import Run
from eval.squad import Negatives, read_squad
from eval.summary import summarise
from index.folder import IndexFolder
from index.settings import Settings
from ingest.errors import QuestionSetError
from ingest.passage import PassageSettings
from tests.eval_data import squad_document, write_beir, write_squad

WHOLE = Settings(passages=PassageSettings(method="section"))


def silent(_stage: str, _done: int, _total: int) -> None:
    return


def evaluate(dataset: Dataset, cache: Path, settings: Settings = WHOLE) -> Run:
    return evaluate_collection(dataset, Plan(settings, cache, silent))


@pytest.fixture(scope="module")
def squad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squad(tmp_path_factory.mktemp("squad") / "small.json")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_an_article_is_a_report_and_a_paragraph_a_section(squad: Path) -> None:
    dataset = read_squad(squad)
    assert [report.title for report in dataset.reports] == ["Made things", "The sea"]
    for report in dataset.reports:
        assert [section.path for section in report.sections] == [(), ()]
        assert [block.span for block in report.blocks] == [s.span for s in report.sections]


def test_answers_stand_where_the_canonical_text_has_them(squad: Path) -> None:
    dataset = read_squad(squad)
    texts = {report.id: report.text for report in dataset.reports}
    found = [[gold.span.of(texts[gold.report]) for gold in q.answers] for q in dataset.questions]
    assert found == [["sand, soda ash and limestone"], ["sheep"], ["springs"], ["sea water"]]


def test_each_question_has_its_own_paragraph_as_the_only_relevant_one(squad: Path) -> None:
    needs = [question.needs for question in read_squad(squad).questions]
    assert [dict(need.grades) for (need,) in needs] == [
        {"Made_things/1": 1},
        {"Made_things/2": 1},
        {"The_sea/1": 1},
        {"The_sea/2": 1},
    ]


def test_negatives_are_squad_s_own_or_questions_without_their_article(squad: Path) -> None:
    kinds = {n: [q.kind for q in read_squad(squad, n).questions] for n in Negatives}
    assert set(kinds[Negatives.NONE]) == {"answerable"}
    assert kinds[Negatives.ADVERSARIAL].count("adversarial") == 1
    assert kinds[Negatives.FOREIGN].count("foreign") == 4
    assert len(kinds[Negatives.ALL]) == 9
    dataset = read_squad(squad, Negatives.FOREIGN)
    made, sea = (report.id for report in dataset.reports)
    scopes = {q.id: q.scope.reports for q in dataset.questions if q.kind == "foreign"}
    assert scopes["q1:foreign"] == (sea,)
    assert scopes["q3:foreign"] == (made,)


def test_easy_questions_over_four_paragraphs_are_answered(squad: Path, cache: Path) -> None:
    run = evaluate(read_squad(squad, Negatives.ALL), cache)
    summary = summarise(run)
    assert summary.measures["recall@1"].value == 1.0
    assert summary.measures["mrr@10"].value == 1.0
    assert summary.measures["answer_sentence@1"].value >= 0.75
    assert summary.abstention.auroc["foreign"].value > 0.8
    foreign = [one for one in run.outcomes if one.kind == "foreign"]
    homes = {report.id: report.title for report in read_squad(squad).reports}
    assert all(homes[hit.report] != one.cluster for one in foreign for hit in one.hits)


def test_paragraphs_are_passages_unless_they_are_to_be_cut(squad: Path, cache: Path) -> None:
    dataset = read_squad(squad)
    whole = evaluate(dataset, cache)
    cut = evaluate(dataset, cache, Settings(passages=PassageSettings(size=16)))
    assert whole.settings["passages_indexed"] == 4
    assert int(str(cut.settings["passages_indexed"])) > 4
    assert {len(one.needs[0].ranking) for one in cut.outcomes} == {4}
    assert all(len(one.hits) > 4 for one in cut.outcomes)
    assert summarise(cut).measures["recall@1"].value == 1.0


def test_a_second_run_embeds_nothing(squad: Path, tmp_path: Path) -> None:
    dataset = read_squad(squad)
    stages: list[str] = []

    def note(stage: str, _done: int, _total: int) -> None:
        stages.append(stage)

    plan = Plan(WHOLE, tmp_path, note)
    first = evaluate_collection(dataset, plan)
    assert "Embedding" in stages
    stages.clear()
    second = evaluate_collection(dataset, plan)
    assert set(stages) == {"Asking"}
    assert [o.hits for o in first.outcomes] == [o.hits for o in second.outcomes]


def test_an_index_of_other_code_is_built_again(squad: Path, tmp_path: Path) -> None:
    dataset = read_squad(squad)
    evaluate(dataset, tmp_path)
    (folder,) = tmp_path.iterdir()
    before = IndexFolder(folder).current()
    (folder / "made-by").write_text("other code")
    (folder / "generations" / before / "manifest.json").write_text("damaged")
    assert summarise(evaluate(dataset, tmp_path)).measures["recall@1"].value == 1.0
    assert (folder / "made-by").read_text() != "other code"


def test_a_paragraph_s_neighbours_do_not_leak_into_its_context(squad: Path, cache: Path) -> None:
    run = evaluate(read_squad(squad), cache)
    assert all("Made things" not in hit.text for one in run.outcomes for hit in one.hits)


def change(edit: Callable[[dict[str, Any]], object]) -> str:
    document = squad_document()
    edit(document)
    return json.dumps(document)


def first_question(document: dict[str, Any]) -> dict[str, Any]:
    question: dict[str, Any] = document["data"][0]["paragraphs"][0]["qas"][0]
    return question


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{\n\n,", "line 3"),
        ("[]", "not a SQuAD 2.0 file"),
        ('{"data": []}', "there is no question in it"),
        (change(lambda d: d["data"][0].pop("title")), "missing 'title'"),
        (change(lambda d: d["data"][0].update(paragraphs=[])), "has no paragraph"),
        (change(lambda d: d["data"][0]["paragraphs"][0].update(context=" ")), "is empty"),
        (change(lambda d: first_question(d).update(answers=[])), "question 'q1' of Made_things/1"),
        (
            change(lambda d: first_question(d)["answers"][0].update(answer_start=3)),
            "question 'q1' of Made_things/1: its answer",
        ),
        (change(lambda d: first_question(d).update(id="q2")), "two questions have the id 'q2'"),
    ],
)
def test_a_broken_squad_file_is_refused(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionSetError) as caught:
        read_squad(path)
    assert says in str(caught.value)
    assert "broken.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_beir_folder_is_asked_with_graded_judgements(tmp_path: Path, cache: Path) -> None:
    dataset = read_beir(write_beir(tmp_path / "small"))
    assert [question.id for question in dataset.questions] == ["1", "2"]
    run = evaluate(dataset, cache)
    summary = summarise(run)
    assert [one.document for one in run.outcomes[0].needs[0].ranking][:1] == ["glass"]
    assert summary.measures["recall@1"].value == pytest.approx(0.75)
    assert summary.measures["ndcg@10"].value > 0.9
    assert "answer_sentence@1" not in summary.measures


def test_a_beir_document_has_its_title_as_context_and_no_other(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "small")
    titled = '{"_id": "x", "title": "On bread", "text": "It rises."}\n'
    with (folder / "corpus.jsonl").open("a") as file:
        file.write(titled)
    reports = {report.source: report for report in read_beir(folder).reports}
    assert (reports["x"].title, reports["x"].text) == ("On bread", "It rises.")
    assert reports["glass"].title == ""


BROKEN_BEIR = [
    ("corpus.jsonl", None, "corpus.jsonl: cannot be read"),
    ("queries.jsonl", None, "queries.jsonl: cannot be read"),
    ("qrels/test.tsv", None, "there is no such file"),
    ("corpus.jsonl", "", "there is no document"),
    ("corpus.jsonl", '{"text": "x"}\n', "line 1: '_id' is missing"),
    ("corpus.jsonl", '{"_id": "a b", "text": "x"}\n', "line 1: '_id' is missing"),
    ("corpus.jsonl", '{"_id": "a", "text": "x"}\n' * 2, "line 2: the id 'a' is there twice"),
    ("corpus.jsonl", '{"_id": "a", "text": " "}\n', "line 1: document 'a' is empty"),
    ("queries.jsonl", '{"_id": "1"}\n', "line 1: 'text' is missing"),
    ("queries.jsonl", "nonsense\n", "line 1: not JSON"),
    ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\tgold\t1\n", "line 2: there is no document"),
    ("qrels/test.tsv", "9\tglass\t1\n", "line 1: there is no query '9'"),
    ("qrels/test.tsv", "1\tglass\n", "line 1: 2 columns"),
    ("qrels/test.tsv", "1\tglass\tmuch\n", "line 1: the score 'much' is not a whole number"),
    ("qrels/test.tsv", "1\tglass\t0\n", "no document is judged relevant"),
]


@pytest.mark.parametrize(("name", "content", "says"), BROKEN_BEIR)
def test_a_broken_beir_folder_is_refused(
    name: str, content: str | None, says: str, tmp_path: Path
) -> None:
    folder = write_beir(tmp_path / "small")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    with pytest.raises(QuestionSetError) as caught:
        read_beir(folder)
    assert says in str(caught.value)
    assert name in str(caught.value)


def test_a_missing_split_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="there are test, choose with --split"):
        read_beir(write_beir(tmp_path / "small"), "dev")


SQUAD_HALF = Path(__file__).parents[2] / "shared" / "eval" / "squad-v2-dev-half.json"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_reference_figures_on_squad_are_reached() -> None:
    if not SQUAD_HALF.is_file():
        pytest.skip(f"{SQUAD_HALF} is not on this machine; it is measured where it is")
    from eval.workspace import default_cache

    summary = summarise(evaluate(read_squad(SQUAD_HALF), default_cache()))
    assert len(summary.run.answerable) == 2910
    assert summary.run.settings["passages_indexed"] == 646
    assert summary.measures["recall@1"].value >= 0.857
    assert summary.measures["recall@5"].value >= 0.972
    assert summary.measures["mrr@10"].value >= 0.908
