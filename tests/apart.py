"""Runs what needs an event loop of its own: the browser's fixtures keep one in the main thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run_apart(action: Callable[[], T]) -> T:
    """Call `action` in a thread of its own, and return or raise what it does."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(action).result()
