"""What counts as a question."""

from __future__ import annotations

from ingest.errors import QuestionError

MAX_CHARACTERS = 2_000


def check_question(question: str) -> str:
    """Return the question on one line, without white space around it.

    Raises:
        QuestionError: it is empty, has no word in it, or is longer than 2,000 characters.
    """
    asked = " ".join(question.split())
    if not asked:
        raise QuestionError("the question is empty: type one, such as 'What did the police find?'")
    if len(asked) > MAX_CHARACTERS:
        raise QuestionError(
            f"the question has {len(asked):,} characters, the limit is {MAX_CHARACTERS:,}: "
            "ask a shorter one"
        )
    if not any(character.isalnum() for character in asked):
        raise QuestionError("the question has no word in it: ask in plain English")
    return asked
