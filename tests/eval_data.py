"""Small judged collections, and outcomes made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.dataset import ANSWERABLE, Need, Ranked
from eval.outcome import FoundPassage, NeedOutcome, Outcome, Run
from ingest.span import Span

GLASS = "Glass is made of sand,  soda ash and limestone. It is melted at 1500 degrees."
WOOL = "Wool comes from sheep. Shearers take a fleece off in two minutes."
TIDES = "Tides follow the moon. At new moon they are highest; sailors call them springs."
SALT = "Salt is won from sea water in shallow ponds. The sun does the work."


def squad_document() -> dict[str, Any]:
    """Return two articles of two paragraphs, five questions of which one has no answer."""

    def answered(name: str, question: str, context: str, answer: str) -> dict[str, Any]:
        place = {"text": answer, "answer_start": context.index(answer)}
        return {"id": name, "question": question, "answers": [place], "is_impossible": False}

    impossible = {
        "id": "q5",
        "question": "Who invented the glass furnace?",
        "answers": [],
        "is_impossible": True,
    }
    glass = [
        answered("q1", "What is glass made of?", GLASS, "sand,  soda ash and limestone"),
        impossible,
    ]
    wool = [answered("q2", "Which animal gives wool?", WOOL, "sheep")]
    tides = [answered("q3", "What do sailors call the highest tides?", TIDES, "springs")]
    salt = [answered("q4", "Where is salt won from?", SALT, "sea water")]
    return {
        "version": "v2.0",
        "data": [
            {
                "title": "Made_things",
                "paragraphs": [{"context": GLASS, "qas": glass}, {"context": WOOL, "qas": wool}],
            },
            {
                "title": "The_sea",
                "paragraphs": [{"context": TIDES, "qas": tides}, {"context": SALT, "qas": salt}],
            },
        ],
    }


def write_squad(path: Path) -> Path:
    """Write that document."""
    path.write_text(json.dumps(squad_document()), encoding="utf-8")
    return path


def write_beir(folder: Path) -> Path:
    """Write a BEIR folder of four documents, three queries and graded judgements."""
    (folder / "qrels").mkdir(parents=True)
    documents = {"glass": GLASS, "wool": WOOL, "tides": TIDES, "salt": SALT}
    corpus = [{"_id": k, "title": "", "text": v, "metadata": {}} for k, v in documents.items()]
    queries = [
        {"_id": "1", "text": "What is glass made of?"},
        {"_id": "2", "text": "What does the moon do to the sea?"},
        {"_id": "3", "text": "Not judged in this split?"},
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    judged = "query-id\tcorpus-id\tscore\n1\tglass\t1\n2\ttides\t2\n2\tsalt\t1\n2\twool\t0\n"
    (folder / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")
    return folder


def make_outcome(
    name: str,
    ranking: Sequence[str] = (),
    grades: dict[str, int] | None = None,
    **others: Any,
) -> Outcome:
    """Return an outcome; without `grades`, the document "gold" is what was to be found."""
    wanted = {"gold": 1} if grades is None else grades
    ranked = tuple(Ranked(document, 1.0 / rank) for rank, document in enumerate(ranking, 1))
    need = NeedOutcome(Need(name, wanted), ranked) if wanted else None
    hits = tuple(
        FoundPassage(
            report="r",
            span=Span(0, 9),
            highlight=Span(0, 4),
            text="Text <b>x"[:9],
            citation="A report, para 1",
            score=one.score,
            relevant=wanted.get(one.document, 0) > 0,
        )
        for one in ranked
    )
    plain: dict[str, Any] = {
        "question": f"Question {name}?",
        "kind": ANSWERABLE if need else "unanswerable",
        "cluster": name,
        "gold": "gold words",
        "hits": hits,
        "needs": (need,) if need else (),
        "latency_ms": 1.0,
    }
    return Outcome(id=name, **{**plain, **others})


def make_run(*outcomes: Outcome, digest: str = "same") -> Run:
    """Return a run of these outcomes."""
    return Run("made", digest, {"model": "none"}, outcomes)
