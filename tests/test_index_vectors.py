"""FAISS behind its seam: exact and approximate, whole and in part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoder import Vectors, normalise
from index.vectors import build_store, load_store
from ingest.errors import IndexCorruptError


def make_vectors(count: int) -> Vectors:
    return normalise(np.random.default_rng(7).standard_normal((count, 16)))


@pytest.mark.parametrize("exact_limit", [10_000, 100], ids=["exact", "inverted"])
def test_a_stored_vector_is_its_own_nearest(tmp_path: Path, exact_limit: int) -> None:
    vectors = make_vectors(5_000)
    path = tmp_path / "vectors.faiss"
    build_store(vectors, exact_limit=exact_limit).save(path)
    store = load_store(path)
    for row in (0, 17, 4_999):
        assert store.search(vectors[row], 3)[0] == row
    rows = np.asarray([3, 1, 4_000], dtype=np.int64)
    np.testing.assert_allclose(store.score(vectors[9], rows), vectors[rows] @ vectors[9], rtol=1e-5)


def test_the_exact_search_finds_what_a_full_comparison_finds() -> None:
    vectors = make_vectors(300)
    for question in make_vectors(320)[300:]:
        order = np.argsort(-(vectors @ question), kind="stable")[:10]
        np.testing.assert_array_equal(build_store(vectors).search(question, 10), order)


def test_the_inverted_file_misses_little() -> None:
    vectors = make_vectors(5_000)
    exact, inverted = build_store(vectors), build_store(vectors, exact_limit=100)
    questions = make_vectors(5_050)[5_000:]
    shared = [len(set(exact.search(q, 10)) & set(inverted.search(q, 10))) / 10 for q in questions]
    # Random directions are the hardest case there is: real texts lie in clusters.
    assert np.mean(shared) > 0.4


@pytest.mark.parametrize("exact_limit", [10_000, 100], ids=["exact", "inverted"])
def test_a_part_is_searched_whole_and_alone(exact_limit: int) -> None:
    vectors = make_vectors(2_000)
    store = build_store(vectors, exact_limit=exact_limit)
    among = np.asarray([5, 900, 1_999], dtype=np.int64)
    expected = among[np.argsort(-(vectors[among] @ vectors[0]))]
    np.testing.assert_array_equal(store.search(vectors[0], 10, among=among), expected)
    assert not len(store.search(vectors[0], 10, among=among[:0]))


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(b"no index")
    with pytest.raises(IndexCorruptError, match=r"vectors\.faiss"):
        load_store(path)
