"""OCR: only what has no text, in the document's language, once, and with how sure it is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from pictures import drawn, encoded, needs_tesseract, scanned

from docindex.errors import NothingToIndex, ReaderError
from docindex.model.documents import Metadata, Source
from docindex.readers import ocr, ocr_cache, read, tesseract
from docindex.readers.base import PartFailure
from docindex.readers.tesseract import Program
from docindex.system import programs

ENGLISH = "The harbour master kept a ledger of ships.\nNobody had seen it for years."
FRENCH = "Le ministre a déclaré que la réunion était\nannulée : les négociateurs attendaient l'été."
COVER = "The cover sheet of this case names the people who have read it."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "documents"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return root


def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@needs_tesseract
def test_two_scanned_pages_among_others_are_read_and_found(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.pdf").write_bytes(scanned(COVER, drawn(ENGLISH), drawn(FRENCH)))
    ran = run("build", ".")
    assert "pages 2 to 3: are pictures without text" in ran.err
    assert "2 pages and pictures have no text; docindex build --ocr reads them (about " in ran.err
    assert json.loads(run("status", "--json").out)["unread_pages"] == 2
    assert run("build", ".", "--ocr").code == 0
    status = run("status")
    assert "no text" not in status.out
    (hit,) = json.loads(run("search", "négociateurs", "--json").out)["hits"]
    assert hit["passages"][0]["page"] == 3
    assert [one["page"] for one in hit["ocr"]] == [2, 3]
    assert all(one["confidence"] > 80 for one in hit["ocr"])
    assert "OCR, " in run("search", "ledger").out
    assert "OCR" not in run("search", "cover").out
    assert "page 2 (OCR, " in run("show", "a.pdf").out


@needs_tesseract
def test_a_picture_is_a_document_and_a_fax_has_pages(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.png").write_bytes(encoded(drawn(ENGLISH)))
    (folder / "b.tif").write_bytes(encoded(drawn("A first page of this fax"), drawn(FRENCH), form="TIFF"))
    assert "2 pages and pictures have no text" in run("build", ".").err
    assert run("build", ".", "--ocr").code == 0
    assert run("search", "harbour", "-l").out == "a.png\n"
    (hit,) = json.loads(run("search", "annulée", "--json").out)["hits"]
    assert (hit["path"], hit["passages"][0]["page"]) == ("b.tif", 2)


@needs_tesseract
def test_pictures_in_archives_are_read(folder: Path, run: Callable[..., Any]) -> None:
    import zipfile

    with zipfile.ZipFile(folder / "a.zip", "w") as packed:
        packed.writestr("scan.png", encoded(drawn(ENGLISH)))
        packed.writestr("b.txt", "A note")
    run("build", ".", "--ocr")
    assert json.loads(run("search", "harbour", "--json").out)["hits"][0]["id"] == "a.zip#scan.png"


@needs_tesseract
def test_what_is_read_once_is_not_read_again(
    folder: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.pdf").write_bytes(scanned(drawn(ENGLISH)))
    run("build", ".", "--ocr")
    (folder / "a.pdf").rename(folder / "b.pdf")
    monkeypatch.setattr(tesseract, "recognize", lambda *_, **__: pytest.fail("it is read again"))
    settings = ocr.settings()
    (record,) = read.read(Source("b.pdf"), (folder / "b.pdf").read_bytes(), ocr=settings)
    assert "harbour" in record.body
    cached = list((folder.parent / "cache/docindex/ocr").rglob("*.tsv.gz"))
    assert len(cached) == 1
    assert cached[0].parent.stat().st_mode & 0o077 == 0


def test_a_damaged_cache_counts_as_empty(tmp_path: Path) -> None:
    name = ocr_cache.key("a", "b")
    ocr_cache.store(str(tmp_path), name, b"table")
    assert ocr_cache.load(str(tmp_path), name) == b"table"
    (kept,) = tmp_path.rglob("*.gz")
    for content in (b"", b"\x1f\x8b\x08", b"no gzip", kept.read_bytes()[:-9], kept.read_bytes()[:12] + b"x" * 9):
        kept.write_bytes(content)
        assert ocr_cache.load(str(tmp_path), name) is None
    kept.unlink()
    os.mkfifo(kept)
    assert ocr_cache.load(str(tmp_path), name) is None


@needs_tesseract
def test_a_turned_page_is_read(folder: Path) -> None:
    text = "\n".join([ENGLISH, "It was found again in the cellar of the town hall, under old maps."] * 3)
    (record,) = read.read(Source("a.png"), encoded(drawn(text, turned=180)), ocr=ocr.settings())
    assert "harbour master" in record.body


@needs_tesseract
def test_a_language_without_data_is_one_clear_line(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.pdf").write_bytes(scanned(COVER, drawn(ENGLISH), drawn(FRENCH)))
    (folder / "INDEX.md").write_text("| File | Language |\n| --- | --- |\n| `a.pdf` | Swahili |\n")
    lines = run("build", "--ocr").err.splitlines()
    assert sum("tesseract has no data for the language 'sw' (install it" in line for line in lines) == 1
    assert run("search", "cover", "-l").out == "a.pdf\n"


@needs_tesseract
def test_pages_with_text_are_never_read_by_ocr(folder: Path) -> None:
    unread: list[PartFailure] = []
    (record,) = read.read(Source("a.pdf"), scanned(COVER, COVER), unread.append, ocr=ocr.settings())
    assert record.ocr == ()
    assert unread == []


@needs_tesseract
def test_a_picture_without_text_is_told_once_read(folder: Path) -> None:
    unread: list[PartFailure] = []
    read.read(Source("a.pdf"), scanned(COVER, drawn("")), unread.append, ocr=ocr.settings())
    assert [(part.part, part.reason, part.pages) for part in unread] == [
        ("page 2", "is a picture in which OCR finds no text", 0)
    ]
    with pytest.raises(ReaderError, match="is a picture without text"):
        read.read(Source("a.png"), encoded(drawn("")), ocr=ocr.settings())


def test_without_the_program_the_flag_is_refused_with_what_to_install(
    folder: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text("A word")
    without_tesseract(monkeypatch)
    ran = run("build", ".", "--ocr")
    assert ran.code == 2
    assert "OCR needs the program tesseract, which is not installed" in ran.err
    assert "apt install tesseract-ocr" in ran.err


def test_the_users_own_setting_asks_for_ocr_and_only_warns_without_the_program(
    folder: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text("A word")
    own = folder.parent / ".config/docindex"
    own.mkdir(parents=True)
    (own / "docindex.toml").write_text('ocr = true\nocr_languages = ["fr", "en"]\n')
    without_tesseract(monkeypatch)
    ran = run("build", ".")
    assert (ran.code, "scanned pages are not read" in ran.err) == (0, True)


def test_a_projects_setting_cannot_run_a_program(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.txt").write_text("A word")
    (folder / "docindex.toml").write_text("ocr = true\n")
    ran = run("build", ".")
    assert (ran.code, "unknown setting 'ocr'" in ran.err) == (2, True)


PROGRAM = Program("tesseract", "5", ("ara", "chi_sim", "chi_sim_vert", "deu", "deu_frak", "eng", "fra", "osd"))


@pytest.mark.parametrize(
    ("language", "packs"), [("fr", "fra"), ("de", "deu deu_frak"), ("zh", "chi_sim chi_sim_vert"), ("ru", "")]
)
def test_a_language_has_the_data_that_is_installed_for_it(language: str, packs: str) -> None:
    assert " ".join(PROGRAM.packs_of(language)) == packs


def test_a_script_has_the_data_of_its_languages() -> None:
    assert PROGRAM.packs_of_script("Arabic") == ("ara",)
    assert PROGRAM.packs_of_script("Latin") == ("eng", "fra", "deu")
    assert PROGRAM.packs_of_script("Cherokee") == ()


def table(*rows: str) -> bytes:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    return "\n".join([head, *rows]).encode()


def test_a_table_of_words_becomes_lines_paragraphs_and_pages() -> None:
    def word(page: int, block: int, paragraph: int, line: int, sure: int, text: str) -> str:
        return f"5\t{page}\t{block}\t{paragraph}\t{line}\t1\t0\t0\t1\t1\t{sure}\t{text}"

    one, two = tesseract.pages(
        table(
            "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t",
            word(1, 1, 1, 1, 90, "One"),
            word(1, 1, 1, 1, 60, "line"),
            word(1, 1, 1, 2, 90, "another"),
            word(1, 2, 1, 1, 90, "apart"),
            "1\t2\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t",
        )
    )
    assert (one.text, one.confidence) == ("One line\nanother\n\napart", 84)
    assert (two.text, two.confidence) == ("", 0)


def test_a_program_that_does_not_end_is_killed_and_its_time_is_not_the_readers() -> None:
    with pytest.raises(programs.ProgramError, match="did not end within"):
        programs.run([sys.executable, "-c", "import time; time.sleep(600)"], seconds=0.5)


def test_a_program_that_fails_or_is_missing_says_so() -> None:
    with pytest.raises(programs.ProgramError, match="ended with code 3: no such thing"):
        programs.run(
            [sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"], seconds=60
        )
    with pytest.raises(programs.ProgramError, match="cannot be started"):
        programs.run(["/nowhere/tesseract"], seconds=60)


@needs_tesseract
def test_the_declared_language_decides(folder: Path) -> None:
    source = Source("a.png", Metadata(language="fr"))
    (record,) = read.read(source, encoded(drawn(FRENCH)), ocr=ocr.settings(["en"]))
    assert "déclaré" in record.body
    with pytest.raises(ReaderError, match="tesseract has no data for the language 'sw'"):
        ocr.settings(["Swahili"])


def test_the_cache_is_in_the_users_own_folder() -> None:
    assert ocr_cache.folder({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == "/c/docindex/ocr"
    assert ocr_cache.folder({"XDG_CACHE_HOME": "c", "HOME": "/h"}) == "/h/.cache/docindex/ocr"
    assert ocr_cache.folder({}) is None


@needs_tesseract
def test_letters_that_are_drawn_as_curves_are_read_too(folder: Path) -> None:
    document = FPDF()
    document.add_page()
    for number in range(150):
        document.line(10, 20 + number, 60, 20 + number)
    data = bytes(document.output())
    with pytest.raises(NothingToIndex, match="has no text layer") as failure:
        read.read(Source("a.pdf"), data)
    assert failure.value.pages == 1
    with pytest.raises(NothingToIndex, match="in which OCR finds no text"):
        read.read(Source("a.pdf"), data, ocr=ocr.settings())


def test_a_folder_of_scans_builds_and_says_what_waits_for_ocr(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.txt").write_text("A word")
    (folder / "b.pdf").write_bytes(scanned(drawn(ENGLISH)))
    ran = run("build", ".")
    assert ran.code == 0
    assert "  pages without text 1: b.pdf" in ran.err
    assert "1 page or picture has no text; docindex build --ocr reads it (about " in ran.err
    assert "b.pdf: has no text layer" in run("check", ".").out
