"""The options of `reportqa eval` that change settings."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from index.settings import DEFAULT_MODEL, FusionWeights, Settings
from ingest.errors import SettingError
from ingest.passage import PassageSettings


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen; nothing where an option was not given."""

    size: int | None = None
    overlap: int | None = None
    weights: str | None = None
    candidates: int | None = None
    threshold: float | None = None
    model: str | None = None
    reranker: str | None = None

    @property
    def cuts(self) -> bool:
        """Whether something was chosen that an index is built with."""
        return self.size is not None or self.overlap is not None

    def for_collection(self, passages: PassageSettings) -> Settings:
        """Return the settings for an index of our own, cut like `passages` unless chosen."""
        if self.cuts:
            plain = PassageSettings()
            passages = PassageSettings(
                size=plain.size if self.size is None else self.size,
                overlap=plain.overlap if self.overlap is None else self.overlap,
            )
        return self.for_asking(Settings(model=self.model or DEFAULT_MODEL, passages=passages))

    def for_asking(self, settings: Settings) -> Settings:
        """Return settings with what can change without building an index again."""
        if self.weights is not None:
            settings = replace(settings, weights=parse_weights(self.weights))
        if self.candidates is not None:
            settings = replace(settings, candidates=self.candidates)
        if self.threshold is not None:
            settings = replace(settings, threshold=self.threshold)
        if self.reranker is not None:
            settings = replace(settings, reranker=self.reranker)
        return settings


def parse_weights(words: str) -> FusionWeights:
    """Return the weights of "dense=1,bm25=2"; those not named keep their defaults.

    Raises:
        SettingError: a name or number is none.
    """
    known = [field.name for field in fields(FusionWeights)]
    weights: dict[str, float] = {}
    for part in words.split(","):
        name, _, number = part.strip().partition("=")
        try:
            weights[name] = float(number)
        except ValueError as error:
            raise SettingError(f"--weights: {part!r} is not NAME=NUMBER") from error
    unknown = sorted(set(weights) - set(known))
    if unknown:
        raise SettingError(f"--weights: no signal {unknown[0]!r}; there are {', '.join(known)}")
    try:
        return FusionWeights(**weights)
    except ValueError as error:
        raise SettingError(f"--weights: {error}") from error


def parse_numbers(name: str, words: str) -> tuple[int, ...]:
    """Return the numbers of "64,128".

    Raises:
        SettingError: a part is no number.
    """
    try:
        return tuple(int(part) for part in words.split(","))
    except ValueError as error:
        raise SettingError(f"{name} takes numbers with commas between, not {words!r}") from error


def combine_passages(sizes: str | None, overlaps: str | None) -> tuple[PassageSettings, ...]:
    """Return every combination of sizes and overlaps, none where neither is given.

    Raises:
        SettingError: a value is no number or out of range.
    """
    if sizes is None and overlaps is None:
        return ()
    plain = PassageSettings()
    try:
        return tuple(
            PassageSettings(size=size, overlap=overlap)
            for size in (parse_numbers("--size", sizes) if sizes else (plain.size,))
            for overlap in (parse_numbers("--overlap", overlaps) if overlaps else (plain.overlap,))
        )
    except ValueError as error:
        raise SettingError(str(error)) from error
