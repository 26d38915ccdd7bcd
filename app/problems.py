"""What a person is told when a question cannot be answered: calm, and never a path or a trace."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from ingest.errors import (
    EncoderError,
    IndexBusyError,
    IndexMissingError,
    IndexStoreError,
    ModelMismatchError,
    ReportQAError,
)

_log = logging.getLogger("reportqa")
_TERMINAL = "The terminal that ReportQA runs in says more."


@dataclass(frozen=True, slots=True)
class Problem:
    """A heading, and what to do."""

    heading: str
    advice: str


_ON_THIS_MACHINE = {
    IndexMissingError: Problem(
        "There is no index yet", "Add a report in the Library, then ask again."
    ),
    IndexBusyError: Problem("The index is being written", "Wait a moment, then ask again."),
    ModelMismatchError: Problem(
        "The index was built with another model",
        f"Build it again with “reportqa ingest --rebuild”, or name its model. {_TERMINAL}",
    ),
    IndexStoreError: Problem(
        "The index could not be read", f"It may have to be built anew from the reports. {_TERMINAL}"
    ),
    EncoderError: Problem("The model could not be loaded", _TERMINAL),
}


def describe_problem(error: Exception) -> Problem:
    """Return what to show for an error, and log what is not shown.

    Messages about the question are shown as they are. Those about the index and the model
    name files of the machine, so they go to the log and a fixed text is shown.
    """
    for kind, problem in _ON_THIS_MACHINE.items():
        if isinstance(error, kind):
            _log.error("%s", error)
            return problem
    if isinstance(error, ReportQAError):
        text = str(error)
        return Problem("That question could not be asked", text[:1].upper() + text[1:] + ".")
    _log.error("unexpected error while answering", exc_info=error)
    return Problem("Something went wrong", f"The question was not answered. {_TERMINAL}")
