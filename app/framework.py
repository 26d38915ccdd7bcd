"""Gradio, imported without what it does besides: telemetry, and rewriting its own stubs."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}


@contextmanager
def quick_import() -> Iterator[None]:
    """Import Gradio inside this: nothing is sent, and it takes half the time.

    At every import Gradio 6 parses the source of all its components to bring the `.pyi` files
    beside them up to date, for editors: half of its import time, measured in
    docs/decisions/0013. It leaves alone a component whose source file cannot be told.
    """
    os.environ.update(_QUIET)
    found = inspect.getfile

    def getfile(thing: object) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("stubs are not written")
        return found(thing)  # type: ignore[arg-type]

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = found
