"""Slides (.pptx: ECMA-376, ISO 29500) to records: the text of each slide and its notes; a slide
is a page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import document_builder, xml_text
from docindex.readers.base import EmbeddedFile
from docindex.readers.ooxml import MARKUP, embedded_files, main, properties, relations
from docindex.readers.zip_package import Package


def read(source: Source, data: bytes) -> Iterator[Record | EmbeddedFile]:
    """Yield one record with a page for each slide in presentation order, and the embedded files.

    Raises ReaderError.
    """
    package = Package(data, "presentation")
    presentation = main(package, "ppt/presentation.xml")
    order = _Order()
    xml_text.parse(package.get(presentation) or b"<none/>", order)
    if order.root != "presentation":
        raise ReaderError("is no presentation", "give it the suffix of what it is")
    targets = {key: _beside(presentation, target) for key, _, target in relations(package, presentation)}
    pages = [_slide(package, targets[key]) for key in dict.fromkeys(order.slides) if key in targets]
    yield from document_builder.paged(source, properties(package), pages)
    yield from embedded_files(package)


class _Order(xml_text.Target):
    def __init__(self) -> None:
        self.root = ""
        self.slides: list[str] = []  # identifiers of relations

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        if tag == "sldId":
            self.slides += [value for name, value in attributes.items() if name.endswith("}id")]


def _slide(package: Package, name: str) -> list[document_builder.Block]:
    notes = [_beside(name, target) for _, kind, target in relations(package, name) if kind == "notesSlide"]
    parts = filter(None, map(package.get, [name, *notes]))
    return [block for part in parts for block in xml_text.blocks(part, MARKUP)]


def _beside(name: str, target: str) -> str:
    """Return the target of a part's relation as a name in the package."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(name), target)).lstrip("/")
