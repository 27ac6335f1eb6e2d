"""Files for the tests of the readers, made when they are needed."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable

from docindex.model.documents import Record

Reading = Callable[..., list[Record]]
Outline = Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def tarred(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


def docx(body: str, **others: str) -> bytes:
    """A Word document; others: `footnotes`, `core` ..."""
    parts = [("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')]
    for name, text in others.items():
        if name == "core":
            parts.append(("docProps/core.xml", f'<c:p xmlns:c="c" xmlns:dc="d" xmlns:t="t">{text}</c:p>'))
        else:
            parts.append((f"word/{name}.xml", f'<w:{name} xmlns:w="{WORD}">{text}</w:{name}>'))
    return zipped(*parts)


def p(*runs: str) -> str:
    """A paragraph of Word."""
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def odf(kind: str, body: str, meta: str = "") -> bytes:
    """An OpenDocument file; prefixes: office, text, table, draw, dc, meta."""
    spaces = " ".join(f'xmlns:{name}="{name}"' for name in ("text", "table", "draw", "dc", "meta", "svg"))
    return zipped(
        ("mimetype", f"application/vnd.oasis.opendocument.{kind}"),
        ("content.xml", f'<office:d xmlns:office="{OFFICE}" {spaces}><office:body>{body}</office:body></office:d>'),
        ("meta.xml", f"<m {spaces}>{meta}</m>"),
    )


def epub(*chapters: str, metadata: str = "") -> bytes:
    """A book whose chapters are these bodies of XHTML."""
    items = "".join(
        f'<item id="c{n}" href="text/c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    return zipped(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", '<c><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></c>'),
        (
            "OPS/book.opf",
            f'<package xmlns:dc="d"><metadata>{metadata}</metadata><manifest>{items}</manifest>'
            f"<spine>{spine}</spine></package>",
        ),
        *((f"OPS/text/c{n}.xhtml", chapter) for n, chapter in enumerate(chapters)),
    )


def xhtml(body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>not shown</title></head><body>{body}</body></html>"


def sheet(*rows: str) -> str:
    """A table of OpenDocument: rows of cells divided by `|`."""
    cells = (row.split("|") for row in rows)
    shown = ("".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row) for row in cells)
    return "".join(f"<table:table-row>{row}</table:table-row>" for row in shown)


def pptx(*slides: str, notes: str = "") -> bytes:
    """Slides, stored in the reverse of the order in which they are shown; notes to the first."""
    first = len(slides)
    names = [f"slide{first - at}.xml" for at in range(len(slides))]
    shown = "".join(f'<p:sldId id="{at}" r:id="r{at}"/>' for at in range(len(slides)))
    related = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/slide" Target="slides/{name}"/>' for at, name in enumerate(names)
    )
    return zipped(
        (
            "ppt/presentation.xml",
            f'<p:presentation xmlns:p="p" xmlns:r="{RELATIONS}"><p:sldIdLst>{shown}</p:sldIdLst></p:presentation>',
        ),
        ("ppt/_rels/presentation.xml.rels", f"<Relationships>{related}</Relationships>"),
        (
            f"ppt/slides/_rels/slide{first}.xml.rels",
            f'<Relationships><Relationship Id="n" Type="{RELATIONS}/notesSlide" Target="../notes/n.xml"/>'
            "</Relationships>",
        ),
        ("ppt/notes/n.xml", f'<p:notes xmlns:p="p" xmlns:a="a">{notes}</p:notes>'),
        *(
            (f"ppt/slides/{name}", f'<p:sld xmlns:p="p" xmlns:a="a">{slide}</p:sld>')
            for name, slide in zip(names, slides, strict=True)
        ),
    )


def line(text: str) -> str:
    """A paragraph of a slide."""
    return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
