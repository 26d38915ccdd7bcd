"""Questions to the shipped report, asked of the real encoder."""

from __future__ import annotations

import pytest

from index.search import Index
from ingest.errors import QuestionError, SettingError

SUMMARY = ("2. Summary", "The role of leaders and leadership")
LEADERSHIP = (*SUMMARY, "Leadership, management and governance")
INNOVATION = (*SUMMARY, "Innovative work the police are doing to protect children")

# Question, section, paragraph, beginning of the sentence that answers.
QUESTIONS = (
    ("What services does the Lighthouse bring together?", INNOVATION, "para 5",
     "The Lighthouse model provides medical, advocacy, social care"),
    ("Where is the first child house in the UK?", INNOVATION, "para 4",
     "In Camden, north London"),
    ("What is an adverse childhood experience, such as an alcoholic parent?", INNOVATION, "para 2",
     "ACEs are stressful events"),
    ("What are police in Wales doing for children exposed to ACEs?", INNOVATION, "para 1",
     "In Wales, the police are part of a programme"),
    ("What does the new VKPP aim to do?", INNOVATION, "para 3",
     "The new VKPP aims to address this"),
    ("Is funding for the Lighthouse project guaranteed?", INNOVATION, "para 5",
     "It is too early to assess its impact"),
    ("Did forces inspected before make progress?", LEADERSHIP, "para 1",
     "Returning to police forces we had previously inspected"),
    ("Are senior police leaders committed to vulnerable children?", LEADERSHIP, "para 1",
     "Nationally, the police's senior leaders and staff"),
    ("Does the priority given to protection lead to better decisions?", LEADERSHIP, "para 2",
     "However, we found that too often"),
    ("What does research say about intervening early?", INNOVATION, "para 2",
     "Although the approach is relatively recent research shows"),
)  # fmt: skip

UNANSWERED = (
    "What is the capital of France?",
    "How do I bake sourdough bread?",
    "When was the Norman conquest of England?",
)


@pytest.mark.parametrize(("question", "section", "paragraph", "beginning"), QUESTIONS)
def test_the_answer_is_the_sentence_that_says_it(
    sample_index: Index, question: str, section: tuple[str, ...], paragraph: str, beginning: str
) -> None:
    answer = sample_index.ask(question)
    first = answer.hits[0]
    assert first.section == section
    assert first.highlight.text.startswith(beginning)
    assert answer.answered
    assert answer.sentences[0].quote == first.highlight
    assert answer.sentences[0].citation.endswith(paragraph)
    assert " › ".join(section) in answer.sentences[0].citation


@pytest.mark.parametrize("question", UNANSWERED)
def test_what_the_report_does_not_say_is_not_answered(sample_index: Index, question: str) -> None:
    answer = sample_index.ask(question)
    assert not answer.answered
    assert not answer.sentences
    assert answer.hits


@pytest.mark.parametrize(("question", "section", "paragraph", "beginning"), QUESTIONS)
def test_every_quotation_is_the_text_under_its_span(
    sample_index: Index, question: str, section: object, paragraph: object, beginning: object
) -> None:
    answer = sample_index.ask(question, 100)
    for hit in answer.hits:
        text = sample_index.report(hit.report).text
        for quote in (hit.quote, hit.highlight):
            assert quote.span.of(text) == quote.text
    for sentence in answer.sentences:
        assert sentence.quote.span.of(text) == sentence.quote.text
        assert answer.hits[sentence.hit - 1].quote.span.covers(sentence.quote.span)


def test_hits_are_ranked_by_score_without_gaps(sample_index: Index) -> None:
    hits = sample_index.ask("What do the police do?", 100).hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_same_question_gets_the_same_answer(sample_index: Index) -> None:
    question = "What does the Lighthouse do?"
    assert sample_index.ask(question) == sample_index.ask(f"  {question}\n")


def test_fewer_passages_are_the_first_of_more(sample_index: Index) -> None:
    question = "What does the Lighthouse do?"
    assert sample_index.ask(question, 2).hits == sample_index.ask(question, 5).hits[:2]


@pytest.mark.parametrize("question", ["", " \n\t ", "???", "()[]{}\"'", "x" * 50_000])
def test_what_is_no_question_is_refused(sample_index: Index, question: str) -> None:
    with pytest.raises(QuestionError, match="question"):
        sample_index.ask(question)


def test_a_question_beyond_the_encoder_is_refused_not_cut(sample_index: Index) -> None:
    with pytest.raises(QuestionError, match="tokens"):
        sample_index.ask("why " * 400)


@pytest.mark.parametrize(
    "question",
    [
        'police AND "children" OR (NOT ACEs) NEAR/3 ^boost~2 *',
        "'; DROP TABLE reports; --",
        "<script>alert(1)</script>",
        "[bold]police[/bold] {0} %s \\x00",
        "警察 полиция الشرطة 🚓",
    ],
)
def test_quotes_brackets_and_operators_are_words_like_others(
    sample_index: Index, question: str
) -> None:
    assert sample_index.ask(question).hits


@pytest.mark.parametrize("k", [0, -1, 101])
def test_an_impossible_number_of_passages_is_refused(sample_index: Index, k: int) -> None:
    with pytest.raises(SettingError, match="1 to 100"):
        sample_index.ask("police", k)
