"""Reports become a new generation of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.cache import VectorCache
from index.encoder import Encoder, load_encoder
from index.entry import ReportEntry, make_entry
from index.folder import IndexFolder
from index.generation import Generation, GenerationVectors, Manifest, write_generation
from index.settings import Settings
from index.signals import Rows
from ingest.errors import ModelMismatchError, SettingError
from ingest.report import Report


@dataclass(frozen=True, slots=True)
class Source:
    """A report and the absolute path that it was read from."""

    report: Report
    path: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a build did, by report id.

    Attributes:
        added: new in the index.
        replaced: came from a path whose earlier content they replace.
        unchanged: were there already.
        removed: are gone.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def _ignore_wait() -> None:
    return


def _ignore_progress(_stage: str, _done: int, _total: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class Watch:
    """Who wants to know how a build goes.

    Attributes:
        on_wait: called once when another process holds the index.
        on_progress: called with the stage's name, how much is done, and how much there is.
    """

    on_wait: Callable[[], None] = _ignore_wait
    on_progress: Callable[[str, int, int], None] = _ignore_progress


SILENT = Watch()


def add_reports(
    folder: IndexFolder, sources: Sequence[Source], settings: Settings, watch: Watch = SILENT
) -> Change:
    """Add reports to the index, or replace those read from the same paths before.

    Raises:
        ModelMismatchError: the index was built with another encoder.
        SettingError: the index was built with other passage settings.
        IndexStoreError: the folder cannot be read or written.
        EncoderError: the encoder cannot be loaded.
    """
    encoder = load_encoder(settings)
    with folder.writing(watch.on_wait):
        old = _open_matching(folder, encoder, settings)
        kept = list(old.catalogue.entries()) if old else []
        entries, change = _merge(kept, sources, encoder, settings)
        if change.added or change.replaced:
            _build(folder, entries, encoder, settings, watch)
        if old:
            old.close()
    return change


def remove_reports(
    folder: IndexFolder, ids: Iterable[str], settings: Settings, watch: Watch = SILENT
) -> Change:
    """Remove reports by id, with every vector that only they needed.

    Raises:
        IndexMissingError: there is no index.
        IndexStoreError: the folder cannot be read or written.
    """
    gone = set(ids)
    encoder = load_encoder(settings)
    with folder.writing(watch.on_wait):
        _, old = folder.open()
        with closing(old):
            check_model(old.manifest, encoder, settings, folder.path)
            entries = list(old.catalogue.entries())
        kept = [entry for entry in entries if entry.report.id not in gone]
        removed = tuple(entry.report.id for entry in entries if entry.report.id in gone)
        if removed:
            _build(folder, kept, encoder, settings, watch)
    return Change(removed=removed)


def rebuild(folder: IndexFolder, settings: Settings, watch: Watch = SILENT) -> Change:
    """Cut and embed all reports of the index again, with other settings.

    Raises:
        IndexMissingError: there is no index.
        IndexStoreError: the folder cannot be read or written.
        EncoderError: the encoder cannot be loaded.
    """
    encoder = load_encoder(settings)
    with folder.writing(watch.on_wait):
        _, old = folder.open()
        with closing(old):
            entries = [
                make_entry(entry.report, entry.path, encoder.tokenizer, settings.passages)
                for entry in old.catalogue.entries()
            ]
        _build(folder, entries, encoder, settings, watch)
    return Change(replaced=tuple(entry.report.id for entry in entries))


def check_model(manifest: Manifest, encoder: Encoder, settings: Settings, path: Path) -> None:
    """Refuse an encoder that did not make the index's vectors.

    Raises:
        ModelMismatchError: its fingerprint is not the index's.
    """
    if manifest.fingerprint != encoder.fingerprint:
        same = manifest.model == settings.model
        which = "other files of that model" if same else f"{manifest.model!r}"
        raise ModelMismatchError(
            f"the index in {path} was built with {which}, not with the present {settings.model!r}: "
            f"use --model {manifest.model}, or build it again with "
            f"'reportqa ingest --rebuild --model {settings.model}'"
        )


def _open_matching(folder: IndexFolder, encoder: Encoder, settings: Settings) -> Generation | None:
    if not folder.exists():
        return None
    _, generation = folder.open()
    check_model(generation.manifest, encoder, settings, folder.path)
    if generation.manifest.passages != settings.passages:
        raise SettingError(
            f"the index in {folder.path} was built with other passage settings "
            f"({generation.manifest.passages}): keep those, or change all of it with "
            "'reportqa ingest --rebuild'"
        )
    return generation


def _merge(
    kept: Sequence[ReportEntry], sources: Sequence[Source], encoder: Encoder, settings: Settings
) -> tuple[list[ReportEntry], Change]:
    entries = {entry.report.id: entry for entry in kept}
    paths = {entry.path: entry.report.id for entry in kept}
    added: list[str] = []
    replaced: list[str] = []
    unchanged: list[str] = []
    for source in sources:
        identity = source.report.id
        if identity in entries:
            unchanged.append(identity)
            continue
        entry = make_entry(source.report, source.path, encoder.tokenizer, settings.passages)
        earlier = paths.get(source.path)
        (replaced if earlier else added).append(identity)
        if earlier:
            entries.pop(earlier, None)
        entries[identity] = entry
        paths[source.path] = identity
    return list(entries.values()), Change(tuple(added), tuple(replaced), tuple(unchanged))


def _build(
    folder: IndexFolder,
    entries: Sequence[ReportEntry],
    encoder: Encoder,
    settings: Settings,
    watch: Watch,
) -> None:
    texts = [text for e in entries for p in e.passages for text in p.texts(e.report.text)]
    sentences = [s.span.of(e.report.text) for e in entries for p in e.passages for s in p.sentences]
    with closing(VectorCache(folder.cache_path)) as cache:
        if entries:
            advance = _counter(watch, len(texts) + len(sentences))
            windows, tokens = cache.embed(encoder, texts, advance)
            made = GenerationVectors(
                windows=windows,
                owners=_window_owners(entries),
                sentences=cache.encode(encoder, sentences, advance),
                tokens=tokens,
            )
            with folder.scratch() as scratch:
                write_generation(scratch, entries, made, encoder, settings)
                folder.publish(scratch)
        else:
            folder.clear()
        cache.keep_only([*texts, *sentences])


def _counter(watch: Watch, total: int) -> Callable[[int], None]:
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        watch.on_progress("Embedding", done, total)

    return advance


def _window_owners(entries: Sequence[ReportEntry]) -> Rows:
    counts = [len(passage.windows) for entry in entries for passage in entry.passages]
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)
