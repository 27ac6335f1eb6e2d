"""Citations of files of ten kinds, from the command line to the libraries that read them back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import rispy
from fpdf import FPDF
from packages import docx, epub, p, xhtml
from pybtex.database import parse_string

from docindex.proof.citations import key

CSL = json.loads((Path(__file__).parent / "csl_data.json").read_text(encoding="utf-8"))
CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset "
    "document entry entry-dictionary entry-encyclopedia figure graphic hearing interview legal_case legislation "
    "manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical "
    "personal_communication post post-weblog regulation report review review-book software song speech standard thesis "
    "treaty webpage".split()
)
"""The types of items in CSL-JSON 1.0.2."""
CSL_TEXTS = frozenset(
    "abstract annote archive archive_collection archive_location archive-place authority call-number citation-label "
    "collection-title container-title container-title-short dimensions division event event-place genre jurisdiction "
    "keyword language medium note original-publisher original-title part-title publisher publisher-place references "
    "reviewed-title scale section shortTitle source status title title-short translated-title URL version".split()
)
"""Variables of CSL-JSON 1.0.2 whose value is a text; others it does not allow."""

MAIL = "From: Anna Keller <a@example.org>\nSubject: The harbour\nDate: Tue, 11 Sep 2012 10:00:00 +0000\n\nClosed.\n"
NAMES = (
    "press.txt note.md page.html mail.eml box.mbox rows.csv rows.jsonl report.pdf letter.docx book.epub رسالة.txt"
).split()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> Path:  # type: ignore[no-untyped-def]
    page = FPDF()
    page.add_page()
    page.set_font("Helvetica")
    page.cell(text="The harbour in a report.")
    contents: dict[str, str | bytes] = {
        "press.txt": "20-03-2016 23:15 - A harbour & its {ships}\n\nThe Daily - The harbour was closed.\n",
        "note.md": "---\ntitle: A note\ndate: 2012-03~\nauthor: B. Weiss\n---\n\nThe harbour stayed.\n",
        "page.html": "<title>The page 100 %</title><p>The harbour on a page of some length, with some words.</p>",
        "mail.eml": MAIL,
        "box.mbox": f"From a@example.org Tue Sep 11 10:00:00 2012\n{MAIL}\n",
        "rows.csv": "title,date,text\nRow,2013,The harbour in a row.\n",
        "rows.jsonl": '{"title": "Line", "date": "2012/2013", "text": "The harbour in a line."}\n',
        "report.pdf": bytes(page.output()),
        "letter.docx": docx(p("The harbour in a letter.")),
        "book.epub": epub(xhtml("<h1>One</h1><p>The harbour in a book.</p>")),
        "رسالة.txt": "الميناء harbour\n",
    }
    root = tmp_path / "files"
    root.mkdir()
    for name, content in contents.items():
        data = content.encode() if isinstance(content, str) else content
        (root / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    run("build", "-q", "files", "--index", ".docindex")
    return root


def ids(run) -> list[str]:  # type: ignore[no-untyped-def]
    lines = run("search", "harbour", "-n", "0", "--sort", "path", "--jsonl").out.splitlines()
    return [json.loads(line)["id"] for line in lines]


def test_each_kind_is_read_back_by_the_libraries_of_each_format(files: Path, run) -> None:  # type: ignore[no-untyped-def]
    cited = ids(run)
    assert {name.partition("#")[0] for name in cited} == set(NAMES)
    keys = [key(one) for one in cited]
    items = json.loads(run("cite", *cited, "--format", "csl").out)
    jsonschema.validate(items, CSL)
    assert [item["id"] for item in items] == keys
    library = parse_string(run("cite", *cited, "--format", "bibtex").out, "bibtex")
    assert list(library.entries) == keys
    references = rispy.loads(run("cite", *cited, "--format", "ris").out)
    assert [one["id"] for one in references] == keys
    assert [one["title"] for one in references] == [item["title"] for item in items]
    for item, entry, reference in zip(items, library.entries.values(), references, strict=True):
        year = str(item["issued"]["date-parts"][0][0]) if "date-parts" in item.get("issued", {}) else None
        assert reference.get("year") == year
        single = len(item.get("issued", {}).get("date-parts", ())) == 1
        assert entry.fields.get("year") == (year if single else None)
        assert [one["literal"] for one in item.get("author", ())] == reference.get("authors", [])
        assert "sha256:" in item["note"]
        assert entry.fields["note"].partition("; read ")[0] == item["note"].partition("; read ")[0]


def test_pandoc_reads_keys_pages_and_lines(files: Path, run) -> None:  # type: ignore[no-untyped-def]
    for name in ("report.pdf:1", "note.md:7", "رسالة.txt:1", *ids(run)):
        shown = run("cite", name, "--format", "pandoc").out
        assert re.fullmatch(r"\[@[a-z0-9][a-z0-9-]*(, p\. \d+)?(, l\. \d+)?\]\n", shown)


def test_keys_stay_the_same_after_a_rebuild_and_from_version_to_version(files: Path, run) -> None:  # type: ignore[no-untyped-def]
    before = run("cite", *ids(run), "--format", "pandoc").out
    run("build", "-q", "files", "--index", ".docindex", "--full")
    assert run("cite", *ids(run), "--format", "pandoc").out == before
    assert (key("press/a.txt"), key("mail/C05794182.eml#2")) == ("press-a-txt-879236", "mail-c05794182-eml-2-c82f1c")


def test_the_schema_of_what_is_written_is_a_part_of_csl_json() -> None:
    written = CSL["items"]["properties"]
    assert set(written["type"]["enum"]) <= CSL_TYPES
    texts = {name for name, kind in written.items() if kind == {"type": "string"}} - {"id"}
    assert texts <= CSL_TEXTS
    assert written.keys() - texts == {"id", "type", "author", "issued"}
    assert CSL["items"]["additionalProperties"] is False
