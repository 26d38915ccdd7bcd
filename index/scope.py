"""Which part of an index a question is put to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """Reports and a section to search; everything where neither is named.

    Attributes:
        reports: ids of reports; all where empty.
        section: the beginning of a section path, outermost heading first; all where empty.
    """

    reports: tuple[str, ...] = ()
    section: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.reports and not self.section


EVERYTHING = Scope()
