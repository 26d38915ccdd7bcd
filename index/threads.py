"""Keeps the linear algebra of a question on one thread.

A question multiplies small matrices, between two passes of the encoder whose own threads are
still spinning. More threads then wait for each other: measured in docs/decisions/0030.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Run BLAS on one thread inside; how it was before comes back after. Also a decorator."""
    with _find_blas().limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _find_blas() -> Any:  # noqa: ANN401  (threadpoolctl ships no types)
    import numpy as np  # noqa: F401  (its BLAS has to be loaded to be found)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
