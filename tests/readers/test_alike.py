"""One text in every format: one answer, with the same passages."""

from __future__ import annotations

import io
import json
from email.message import EmailMessage
from pathlib import Path

import docx as python_docx
from fpdf import FPDF
from odf.opendocument import OpenDocumentText
from odf.text import P
from packages import epub, xhtml, zipped

from docindex.engines import registry
from docindex.indexing import build
from docindex.manifest import load
from docindex.model.results import Hit
from docindex.search import search

TITLE = "The ministers met in Geneva"
PARAGRAPHS = (
    "The ministers of both countries met in Geneva on Tuesday to talk about the pipeline across the desert.",
    "Nobody expected an agreement. The pipeline had been closed for years, and the desert was not safe.",
    "After nine hours the delegations announced that inspections would begin in the spring.",
)


def as_pdf() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=12)
    document.set_title(TITLE)
    document.multi_cell(0, 6, "\n\n".join((TITLE, *PARAGRAPHS)))
    return bytes(document.output())


def as_docx() -> bytes:
    document = python_docx.Document()
    document.add_heading(TITLE)
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def as_odt() -> bytes:
    document = OpenDocumentText()
    for paragraph in (TITLE, *PARAGRAPHS):
        document.text.addElement(P(text=paragraph))
    data = io.BytesIO()
    document.write(data)
    return data.getvalue()


def as_epub() -> bytes:
    return epub(xhtml("".join(f"<p>{paragraph}</p>" for paragraph in (TITLE, *PARAGRAPHS))))


def as_rtf() -> bytes:
    return b"{\\rtf1 " + "".join(f"{paragraph}\\par " for paragraph in (TITLE, *PARAGRAPHS)).encode() + b"}"


def as_html() -> bytes:
    menu = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "Pipelines", "Deserts"))
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = f"<title>{TITLE} - Daily</title></head><body><nav><ul>{menu}</ul></nav><article><h1>{TITLE}</h1>{text}"
    return f'<!DOCTYPE html><html lang="en"><head>{page}</article></body></html>'.encode()


def as_mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = TITLE
    message["From"] = "jane@example.org"
    message["Message-ID"] = "<1@example.org>"
    message.set_content("\n\n".join(PARAGRAPHS), cte="quoted-printable")
    return message.as_bytes()


def as_mail_of_html() -> bytes:
    message = EmailMessage()
    message["Subject"] = TITLE
    message["From"] = "jane@example.org"
    message.set_content("".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS), subtype="html", cte="base64")
    return message.as_bytes()


def test_the_same_text_is_found_alike_in_every_format(tmp_path: Path) -> None:
    plain = "\n\n".join((TITLE, *PARAGRAPHS)).encode()
    formats: dict[str, bytes] = {
        "txt": plain,
        "md": b"# " + plain,
        "pdf": as_pdf(),
        "docx": as_docx(),
        "odt": as_odt(),
        "epub": as_epub(),
        "rtf": as_rtf(),
        "html": as_html(),
        "eml": as_mail(),
        "mht": as_mail_of_html(),
        "mbox": b"From jane@example.org Sun Mar 20 23:15:00 2016\n" + as_mail(),
        "jsonl": json.dumps({"title": TITLE, "text": plain.decode().partition("\n\n")[2]}).encode(),
        "zip": zipped(("inside.txt", plain)),
    }
    folder = tmp_path / "texts"
    folder.mkdir()
    for suffix, data in formats.items():
        (folder / f"a.{suffix}").write_bytes(data)
    engine = registry.open_engine(tmp_path / "index")
    report = build.build(load.load(folder), engine)
    assert (len(report.added), report.failures) == (len(formats), ())
    for query in ("pipeline desert", '"nine hours"', "inspection", "minister geneva -spring", "title:ministers"):
        with engine.searcher() as index:
            results = search.search(query, index, search.SearchOptions(limit=None))
        found = {Path(hit.record.path).suffix[1:]: hit for hit in results.hits}
        expected = set() if "-spring" in query else set(formats)
        assert set(found) == expected, query
        shown = {suffix: _shown(hit) for suffix, hit in found.items()}
        for suffix, passages in shown.items():
            assert passages == shown["txt"], (query, suffix)
        assert {hit.record.title for hit in results.hits} <= {TITLE}
        assert {passage.page for hit in results.hits for passage in hit.passages} <= {None, 1}


def _shown(hit: Hit) -> list[tuple[list[str], list[str]]]:
    """The words of a hit's passages, and those of them that are marked."""
    return [
        (passage.text.split(), [passage.text[mark.start : mark.stop] for mark in passage.marks])
        for passage in hit.passages
    ]
