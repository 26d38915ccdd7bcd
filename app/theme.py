"""How the interface looks: two schemes of colour, the fonts, and the Gradio theme made of them.

Fonts are the reader's own. Nothing is fetched from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base, Color

SERIF = (
    "Iowan Old Style",
    "Palatino Linotype",
    "Palatino",
    "P052",
    "URW Palladio L",
    "Book Antiqua",
    "Source Serif 4",
    "Noto Serif",
    "Georgia",
    "serif",
)
# Not `system-ui`: on Windows it follows the language of the system, not that of the page.
SANS = (
    "-apple-system",
    "BlinkMacSystemFont",
    "Segoe UI",
    "Adwaita Sans",
    "Inter",
    "Cantarell",
    "Ubuntu",
    "Roboto",
    "Noto Sans",
    "Liberation Sans",
    "Arial",
    "sans-serif",
)
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Consolas", "monospace")


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours as CSS writes them.

    Attributes:
        paper: behind everything.
        sheet: behind what is written on: fields, panels.
        ink: text.
        muted: text that steps back; at least 4.5:1 on paper and sheet.
        rule: thin lines between things; decoration only.
        edge: borders of controls; at least 3:1 on paper and sheet.
        accent: links, numbers, the button; at least 4.5:1 on paper, sheet and wash.
        on_accent: text on accent.
        wash: behind what is pointed at or chosen.
        mark: behind the best sentence.
        on_mark: text on mark.
        alert: the line beside a problem.
    """

    paper: str
    sheet: str
    ink: str
    muted: str
    rule: str
    edge: str
    accent: str
    on_accent: str
    wash: str
    mark: str
    on_mark: str
    alert: str


LIGHT = Scheme(
    paper="#faf8f3",
    sheet="#fffefb",
    ink="#1e1c19",
    muted="#5d574e",
    rule="#e0dacd",
    edge="#8b8375",
    accent="#1f4f5f",
    on_accent="#ffffff",
    wash="#eef1ec",
    mark="#fbe9a6",
    on_mark="#1e1c19",
    alert="#a3402b",
)
DARK = Scheme(
    paper="#161513",
    sheet="#1e1c1a",
    ink="#ebe6dc",
    muted="#aaa396",
    rule="#37332d",
    edge="#7d7567",
    accent="#93c7d4",
    on_accent="#10252c",
    wash="#232625",
    mark="#4d4014",
    on_mark="#fdf3cf",
    alert="#e08a72",
)


# In this order: what is on every page, then one sheet for each tab.
SHEETS = ("page", "ask", "library", "evaluate", "verify")


def make_theme() -> Base:
    """Return the Gradio theme, with the page's style sheet inside it."""
    from gradio.themes import Base

    grey = _greys()
    theme = Base(
        primary_hue=grey,
        secondary_hue=grey,
        neutral_hue=grey,
        text_size="lg",
        radius_size="sm",
        font=SANS,
        font_mono=MONO,
    )
    theme.set(**_colours())
    theme.custom_css = write_stylesheet()
    return theme


def write_stylesheet() -> str:
    """Return the style sheet: the colours and fonts as variables, then the sheets."""
    sheets = "".join(_read_sheet(name) for name in SHEETS)
    return (
        f":root {{\n  --serif: {_family(SERIF)};\n{_variables(LIGHT)}}}\n"
        f":root.dark, :root:has(> body.dark), :root .dark {{\n{_variables(DARK)}}}\n{sheets}"
    )


def write_standalone_sheet(name: str) -> str:
    """Return a sheet for pages without Gradio.

    They are dark where the reader's system is, unless `data-theme` at their root says which;
    on paper they are always light.
    """
    fonts = f"  --serif: {_family(SERIF)};\n  --font: {_family(SANS)};\n"
    dark = f"color-scheme: dark;\n{_variables(DARK)}"
    return (
        f":root {{\n{fonts}color-scheme: light;\n{_variables(LIGHT)}"
        f"  --rq-paper-mark: {LIGHT.mark};\n}}\n"
        f"@media screen {{\n:root[data-theme=dark] {{\n{dark}}}\n}}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f":root:not([data-theme=light]) {{\n{dark}}}\n}}\n{_read_sheet(name)}"
    )


def _read_sheet(name: str) -> str:
    return files("app").joinpath("assets", f"{name}.css").read_text("utf-8")


def _family(names: tuple[str, ...]) -> str:
    """Return a list of fonts as CSS writes it."""
    plain = {"serif", "sans-serif", "-apple-system"}
    return ", ".join(name if name in plain else f'"{name}"' for name in names)


def _variables(scheme: Scheme) -> str:
    named = (
        (field.name.replace("_", "-"), getattr(scheme, field.name)) for field in fields(scheme)
    )
    return "".join(f"  --rq-{name}: {value};\n" for name, value in named)


def _greys() -> Color:
    """Return a scale for whatever Gradio colours by hue and `_colours` does not name."""
    from gradio.themes import Color

    light = (LIGHT.sheet, LIGHT.paper, LIGHT.rule, LIGHT.rule, LIGHT.edge, LIGHT.muted)
    dark = (LIGHT.muted, DARK.rule, DARK.rule, DARK.sheet, DARK.paper)
    return Color(*light, *dark)


def _colours() -> dict[str, str]:
    """Return Gradio's own variables, for the components that the style sheet does not touch."""
    roles = {
        "body_background_fill": "paper",
        "body_text_color": "ink",
        "body_text_color_subdued": "muted",
        "background_fill_primary": "sheet",
        "background_fill_secondary": "wash",
        "border_color_primary": "rule",
        "border_color_accent": "accent",
        "block_background_fill": "paper",
        "block_border_color": "rule",
        "block_label_text_color": "muted",
        "block_title_text_color": "ink",
        "input_background_fill": "sheet",
        "input_border_color": "edge",
        "input_border_color_focus": "accent",
        "input_placeholder_color": "muted",
        "button_primary_background_fill": "accent",
        "button_primary_background_fill_hover": "ink",
        "button_primary_text_color": "on_accent",
        "button_primary_text_color_hover": "paper",
        "button_secondary_background_fill": "sheet",
        "button_secondary_background_fill_hover": "wash",
        "button_secondary_text_color": "ink",
        "button_secondary_border_color": "edge",
        "link_text_color": "accent",
        "link_text_color_hover": "ink",
        "link_text_color_visited": "accent",
        "error_background_fill": "sheet",
        "error_border_color": "alert",
        "error_text_color": "ink",
        "error_icon_color": "alert",
        "loader_color": "accent",
    }
    both = {}
    for variable, role in roles.items():
        both[variable] = getattr(LIGHT, role)
        both[f"{variable}_dark"] = getattr(DARK, role)
    return both
