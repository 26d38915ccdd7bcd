"""The index folder: generations, the pointer to the current one, and the writer's lock.

A build writes a new generation beside the old, then switches one small pointer file. Whoever
opened a generation keeps it. A killed build leaves a scratch folder that the next one sweeps.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from index.catalogue import Catalogue
from index.generation import CATALOGUE, Generation, Manifest, read_manifest, sync_path
from ingest.errors import (
    IndexBusyError,
    IndexCorruptError,
    IndexMissingError,
    IndexStoreError,
)

_POINTER = "CURRENT"
_CLEARED = "CLEARED"
_GENERATIONS = "generations"
_SCRATCH = ".building-"
_KEPT = 2
WAIT_SECONDS = 600.0


class IndexFolder:
    """The folder that `--index` names."""

    def __init__(self, path: Path) -> None:
        """Name a folder; nothing is read or made yet."""
        self.path = path

    @property
    def cache_path(self) -> Path:
        """The vector cache's file."""
        return self.path / "vectors.sqlite3"

    def exists(self) -> bool:
        """Tell whether an index was ever finished here."""
        return (self.path / _POINTER).is_file()

    def current(self) -> str:
        """Return the name of the current generation.

        Raises:
            IndexMissingError: there is no index here.
            IndexCorruptError: the pointer names nothing.
        """
        try:
            name = (self.path / _POINTER).read_text("utf-8").strip()
        except FileNotFoundError as error:
            raise self._missing() from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexCorruptError(f"{self.path / _POINTER} cannot be read: {error}") from error
        if not name.isdigit():
            raise IndexCorruptError(f"{self.path / _POINTER} is damaged: it names no generation")
        return name

    def manifest(self) -> Manifest:
        """Return what the current generation was made with, without opening it.

        Raises:
            IndexMissingError: there is no index here.
            IndexCorruptError: its manifest is missing or damaged.
        """
        with self._advising():
            return read_manifest(self._folder(self.current()))

    def catalogue(self) -> Catalogue:
        """Open the reports of the current generation without its vectors.

        Raises:
            IndexMissingError: there is no index here.
            IndexCorruptError: its catalogue is missing or damaged.
        """
        with self._advising():
            return Catalogue(self._folder(self.current()) / CATALOGUE)

    def open(self) -> tuple[str, Generation]:
        """Open the current generation and return it with its name.

        Raises:
            IndexMissingError: there is no index here.
            IndexCorruptError: its files are missing or damaged.
        """
        name = self.current()
        try:
            with self._advising():
                return name, Generation(self._folder(name))
        except IndexCorruptError:
            # A writer may have moved on twice between the two lines above.
            if self.current() == name:
                raise
            return self.open()

    @contextlib.contextmanager
    def writing(self, on_wait: Callable[[], None], timeout: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the writer's lock; call `on_wait` once if another process holds it.

        Raises:
            IndexBusyError: the other process did not finish within `timeout` seconds.
            IndexStoreError: the folder cannot be written.
        """
        lock = self._lock()
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                on_wait()
                lock.acquire(timeout=timeout)
        except Timeout as error:
            raise IndexBusyError(
                f"another 'reportqa' is writing to {self.path}: try again when it is done"
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._sweep()
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder to build a generation in; it is removed unless it was published."""
        try:
            folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=self.path / _GENERATIONS))
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, scratch: Path) -> str:
        """Make a finished generation the current one, and return its name.

        Raises:
            IndexStoreError: the folder cannot be written.
        """
        name = f"{self._newest() + 1:06d}"
        try:
            scratch.rename(self._folder(name))
            sync_path(self.path / _GENERATIONS)
            self._point_to(name)
        except OSError as error:
            raise self._unwritable(error) from error
        self._sweep()
        return name

    def clear(self) -> None:
        """Forget the current generation: the index is empty again. Generations are swept.

        The name of the last one stays noted: whoever has it open must not take a later one for it.
        """
        try:
            with contextlib.suppress(FileNotFoundError):
                (self.path / _POINTER).replace(self.path / _CLEARED)
        except OSError as error:
            raise self._unwritable(error) from error
        self._sweep()

    def _point_to(self, name: str) -> None:
        fresh = self.path / f"{_POINTER}.new"
        fresh.write_text(name + "\n", encoding="utf-8")
        sync_path(fresh)
        fresh.replace(self.path / _POINTER)
        sync_path(self.path)

    def _sweep(self) -> None:
        folders = [path for path in (self.path / _GENERATIONS).iterdir() if path.is_dir()]
        whole = sorted(path for path in folders if path.name.isdigit())
        current = self.current() if self.exists() else ""
        unfinished = [path for path in whole if path.name > current]
        finished = [path for path in whole if path.name <= current]
        partial = [path for path in folders if path.name.startswith(_SCRATCH)]
        for path in [*partial, *unfinished, *finished[:-_KEPT]]:
            shutil.rmtree(path, ignore_errors=True)

    def _lock(self) -> FileLock:
        try:
            (self.path / _GENERATIONS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        return FileLock(self.path / "write.lock")

    def _newest(self) -> int:
        names = [path.name for path in (self.path / _GENERATIONS).iterdir()]
        with contextlib.suppress(OSError, UnicodeDecodeError):
            names.append((self.path / _CLEARED).read_text("utf-8").strip())
        return max((int(name) for name in names if name.isdigit()), default=0)

    def _folder(self, name: str) -> Path:
        return self.path / _GENERATIONS / name

    @contextlib.contextmanager
    def _advising(self) -> Iterator[None]:
        """Add what to do to whatever is found damaged."""
        try:
            yield
        except IndexCorruptError as error:
            raise IndexCorruptError(
                f"{error}; move {self.path} away and ingest the reports again"
            ) from error

    def _missing(self) -> IndexMissingError:
        return IndexMissingError(
            f"there is no index in {self.path}: build one with 'reportqa ingest PATH'"
        )

    def _unwritable(self, error: OSError) -> IndexStoreError:
        reason = error.strerror or str(error)
        return IndexStoreError(
            f"the index folder {self.path} cannot be written ({reason}): choose another with "
            "--index or REPORTQA_INDEX"
        )
