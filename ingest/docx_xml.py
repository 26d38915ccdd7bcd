"""Parses XML that may be hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import ReadError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def parse_xml(content: bytes, part: str, name: str) -> Element:
    """Return the root of the XML that `part` of the file `name` holds.

    Raises:
        ReadError: it is not well formed, or declares a document type.
    """
    from lxml import etree

    # A document type is refused below; until then nothing is fetched, loaded or expanded.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(
            f"{name}: its part {part} is not valid XML ({error.msg}); export it again"
        ) from error
    if root.getroottree().docinfo.doctype:
        raise ReadError(
            f"{name}: its part {part} declares a document type, which may name outside entities "
            "and which Word never writes; the file is refused"
        )
    return root
