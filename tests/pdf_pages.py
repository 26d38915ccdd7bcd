"""Makes PDF pages that WeasyPrint does not: turned, cropped, scanned, locked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from tests.pdf_files import Writer

A4 = (595.28, 841.89)


def _canvas(**how: Any) -> tuple[Any, io.BytesIO]:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    return Canvas(buffer, pagesize=how.pop("pagesize", A4), invariant=1, **how), buffer


def wrap(text: str, width: float, size: float = 10) -> list[str]:
    """Break a text into lines of Helvetica, as every typesetter does."""
    from reportlab.lib.utils import simpleSplit

    lines: list[str] = simpleSplit(text, "Helvetica", size, width)
    return lines


def draw_lines(canvas: Any, lines: Sequence[str], x: float, y: float, size: float = 10) -> float:
    """Draw lines downwards; return where the next one would go."""
    canvas.setFont("Helvetica", size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.3 * size
    return y


def turned_pages() -> tuple[bytes, list[str]]:
    """Pages shown at 0, 90, 180 and 270 degrees, and one with text printed sideways."""
    canvas, buffer = _canvas()
    writer = Writer(21)
    texts = []
    for turn in (0, 90, 180, 270):
        texts.append(writer.paragraph(8, 10))
        canvas.setPageRotation(turn)
        _turn(canvas, turn)
        draw_lines(canvas, wrap(texts[-1], 420), 80, 500)
        canvas.showPage()
    texts.append(writer.paragraph(8, 10))
    canvas.setPageRotation(0)
    _turn(canvas, 90)
    draw_lines(canvas, wrap(texts[-1], 420), 80, 500)
    canvas.save()
    return buffer.getvalue(), texts


def _turn(canvas: Any, turn: int) -> None:
    """Turn what is drawn, so that the page as shown reads from left to right."""
    width, height = A4[::-1] if canvas._pageRotation in {90, 270} else A4
    canvas.translate(*{0: (0, 0), 90: (width, 0), 180: (width, height), 270: (0, height)}[turn])
    canvas.rotate(turn)


def cropped_page() -> tuple[bytes, str]:
    """A page whose crop box hides printer's marks and moves the origin."""
    canvas, buffer = _canvas(cropBox=(60, 100, 540, 780))
    text = Writer(22).paragraph(8, 10)
    draw_lines(canvas, ["Printer's slug: job 4711, cyan plate"], 70, 60)
    draw_lines(canvas, wrap(text, 380), 90, 600)
    canvas.save()
    return buffer.getvalue(), text


def two_columns() -> tuple[bytes, list[str]]:
    """Two columns under a title across both; the right column is drawn first."""
    canvas, buffer = _canvas()
    writer = Writer(23)
    left, right = (
        [writer.paragraph(4, 5) for _ in range(3)],
        [writer.paragraph(4, 5) for _ in range(3)],
    )
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(60, 780, "A title that runs across both of the columns")
    for x, texts in ((310, right), (60, left)):
        y = 740.0
        for text in texts:
            y = draw_lines(canvas, wrap(text, 220), x, y) - 9
    canvas.save()
    return buffer.getvalue(), [*left, *right]


def scanned_pages(picture: bytes) -> bytes:
    """A page of text, a page that is only a picture, an empty page."""
    from reportlab.lib.utils import ImageReader

    canvas, buffer = _canvas()
    draw_lines(canvas, wrap(Writer(24).paragraph(6, 8), 420), 80, 700)
    canvas.showPage()
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *A4)
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def locked_file(password: str) -> bytes:
    """A file that only a password opens."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    canvas, buffer = _canvas(encrypt=StandardEncryption(password, strength=128))
    draw_lines(canvas, wrap(Writer(25).paragraph(6, 8), 420), 80, 700)
    canvas.save()
    return buffer.getvalue()


def numbered_pages(count: int) -> bytes:
    """Many pages of one sentence each."""
    canvas, buffer = _canvas()
    for number in range(1, count + 1):
        draw_lines(
            canvas, [f"This is what page {number} of the file has to say about children."], 80, 700
        )
        canvas.drawString(290, 40, str(number))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def unmapped_font() -> bytes:
    """A page whose font does not say which letters its glyphs are, then one whose does."""
    import weasyprint

    writer = Writer(26)
    first, second = writer.paragraph(10, 12), writer.paragraph(6, 8)
    page = (
        f"<p style='font-family:DejaVu Serif;break-after:page'>{first}</p>"
        f"<p style='font-family:DejaVu Sans'>{second}</p>"
    )
    data: bytes = weasyprint.HTML(string=page).write_pdf(uncompressed_pdf=True)
    # The font of the first page comes first in the file; the offsets stay as they are.
    return data.replace(b"/ToUnicode ", b"/ToUnicodX ", 1)


def picture_only(picture: bytes) -> bytes:
    """One scanned page and nothing else."""
    from reportlab.lib.utils import ImageReader

    canvas, buffer = _canvas()
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *A4)
    canvas.save()
    return buffer.getvalue()


def drawing_only() -> bytes:
    """Lines and no letter."""
    canvas, buffer = _canvas()
    canvas.rect(100, 100, 300, 300)
    canvas.save()
    return buffer.getvalue()


def labelled_pages() -> bytes:
    """Pages that bear no number, with labels in the file."""
    canvas, buffer = _canvas()
    canvas.addPageLabel(0, style="ARABIC", start=1, prefix="A-")
    writer = Writer(28)
    for _ in range(3):
        draw_lines(canvas, wrap(writer.paragraph(6, 8), 420), 80, 700)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def no_pages() -> bytes:
    """A file whose page tree is empty."""
    parts = [
        b"%PDF-1.4\n",
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n",
    ]
    offsets = [sum(map(len, parts[:at])) for at in (1, 2)]
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = sum(map(len, parts))
    tail = b"xref\n0 3\n0000000000 65535 f \n%strailer\n<< /Size 3 /Root 1 0 R >>\n" % rows
    return b"".join(parts) + tail + b"startxref\n%d\n%%%%EOF\n" % start


def active_file() -> bytes:
    """A page with a script that opens a window, and an attached file."""
    import weasyprint

    page = f"<p>{Writer(29).paragraph(6, 8)}</p>"
    document = weasyprint.HTML(string=page)
    attached = weasyprint.Attachment(string="attached secret")
    data: bytes = document.write_pdf(attachments=[attached], uncompressed_pdf=True)
    script = b"/OpenAction << /S /JavaScript /JS (app.alert\\('hello'\\)) >> "
    return data.replace(b"/Type /Catalog", script + b"/Type /Catalog", 1)
