"""From a PDF page's user space to points as seen, and as read, from the top left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Corners = tuple[float, float, float, float]
_SLACK = 0.5


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page, how it is shown, and how its text runs.

    Attributes:
        left, bottom, right, top: the crop box in user space, points.
        shown: degrees clockwise by which a viewer turns the page (its /Rotate).
        read: degrees clockwise by which its text has to be turned to run from left to right.
            It differs from `shown` where text is printed sideways, as wide tables are.
    """

    left: float
    bottom: float
    right: float
    top: float
    shown: int
    read: int

    def __post_init__(self) -> None:
        """Raise ValueError for a turn that is none of the four."""
        if {self.shown, self.read} - {0, 90, 180, 270}:
            raise ValueError(f"a page turns by quarters, got {self.shown} and {self.read}")

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        return self._measure(self.shown)

    @property
    def reading_size(self) -> tuple[float, float]:
        """Width and height as read."""
        return self._measure(self.read)

    def _measure(self, turn: int) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if turn in {90, 270} else (width, height)

    def place(self, boxes: Floats) -> Floats:
        """Return boxes in the reading frame, [n, 4] float64: x0, y0, x1, y1.

        Args:
            boxes: [n, 4] float64, left, right, bottom, top in user space.
        """
        import numpy as np

        left, right, bottom, top = boxes.T
        x0, x1 = left - self.left, right - self.left
        y0, y1 = bottom - self.bottom, top - self.bottom
        width, height = self.right - self.left, self.top - self.bottom
        turned = {
            0: (x0, height - y1, x1, height - y0),
            90: (y0, x0, y1, x1),
            180: (width - x1, y0, width - x0, y1),
            270: (height - y1, width - x1, height - y0, width - x0),
        }
        return np.stack(turned[self.read], axis=1)

    def place_points(self, points: Floats) -> Floats:
        """Return how far down the reading frame points lie, [n] float64.

        Args:
            points: [n, 2] float64, x and y in user space.
        """
        x, y = points.T
        down = {0: self.top - y, 90: x - self.left, 180: y - self.bottom, 270: self.right - x}
        found: Floats = down[self.read]
        return found

    def find_shown(self, boxes: Floats) -> list[bool]:
        """Tell for each box of the reading frame, [n, 4] float64, whether its middle is visible."""
        width, height = self.reading_size
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        across = (x >= -_SLACK) & (x <= width + _SLACK)
        found: list[bool] = (across & (y >= -_SLACK) & (y <= height + _SLACK)).tolist()
        return found

    def show(self, x0: float, y0: float, x1: float, y1: float) -> Corners:
        """Return a box of the reading frame as it lies on the page as shown: x0, y0, x1, y1."""
        turn = (self.shown - self.read) % 360
        if not turn:
            return x0, y0, x1, y1
        width, height = self.reading_size
        turned = {
            90: (height - y1, x0, height - y0, x1),
            180: (width - x1, height - y1, width - x0, height - y0),
            270: (y0, width - x1, y1, width - x0),
        }
        return turned[turn]
