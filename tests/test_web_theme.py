"""The colours meet WCAG 2.2 AA wherever they meet each other, and no font is fetched."""

import re
from dataclasses import fields

import pytest

from app.theme import DARK, LIGHT, Scheme, make_theme, write_stylesheet

SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
# Foreground, background, and the least contrast (WCAG 2.2, 1.4.3 for text, 1.4.11 for controls).
PAIRS = [
    ("ink", "paper", 7.0),
    ("ink", "sheet", 7.0),
    ("ink", "wash", 7.0),
    ("muted", "paper", 4.5),
    ("muted", "sheet", 4.5),
    ("muted", "wash", 4.5),
    ("accent", "paper", 4.5),
    ("accent", "sheet", 4.5),
    ("accent", "wash", 4.5),
    ("on_accent", "accent", 4.5),
    ("paper", "ink", 4.5),
    ("on_mark", "mark", 7.0),
    ("alert", "paper", 4.5),
    ("edge", "paper", 3.0),
    ("edge", "sheet", 3.0),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2, definition)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@SCHEMES
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast_is_enough(scheme: Scheme, front: str, back: str, least: float) -> None:
    assert contrast(getattr(scheme, front), getattr(scheme, back)) >= least


@SCHEMES
def test_every_colour_is_a_variable_of_the_style_sheet(scheme: Scheme) -> None:
    sheet = write_stylesheet()
    for field in fields(scheme):
        name = field.name.replace("_", "-")
        assert f"--rq-{name}: {getattr(scheme, field.name)};" in sheet


def test_the_style_sheet_uses_only_variables_that_exist() -> None:
    sheet = write_stylesheet()
    assert set(re.findall(r"var\((--rq-[a-z-]+)", sheet)) <= set(
        re.findall(r"(--rq-[a-z-]+):", sheet)
    )


def test_no_style_or_font_comes_from_anywhere_else() -> None:
    theme = make_theme()
    assert not theme._stylesheets
    everything: str = theme._get_theme_css()  # type: ignore[no-untyped-call]
    assert set(re.findall(r"url\(.{6}", everything)) <= {'url("data:'}
    assert "@import" not in everything
    assert "@font-face" not in everything
