"""Keeps the linear algebra of a question on one thread.

A question multiplies small matrices, between two passes of the encoder whose own threads are
still spinning. More threads then wait for each other: measured in docs/decisions/0030.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any


def on_one_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS runs on one thread; how it was before comes back after."""
    limited: AbstractContextManager[Any] = _find_blas().limit(limits=1, user_api="blas")
    return limited


@lru_cache(maxsize=1)
def _find_blas() -> Any:  # noqa: ANN401  (threadpoolctl ships no types)
    import numpy as np  # noqa: F401  (its BLAS has to be loaded to be found)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
