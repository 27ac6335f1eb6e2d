"""PDF: words in the order of reading, whatever direction, column or turn they stand in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from packages import Reading

from docindex.readers.document_builder import properties
from docindex.readers.page_columns import Glyph
from docindex.readers.pdf_bidi import RUN, reading_order


def line_of(visual: str, left: float, baseline: float) -> list[Glyph]:
    """Return the glyphs of a line as it is seen, in an advance of 10 points, without its blanks."""
    return [
        Glyph(sign, left + 10 * at, left + 10 * at + 9, baseline, 10.0)
        for at, sign in enumerate(visual)
        if not sign.isspace()
    ]


def column(rows: list[str], left: float, top: float = 700.0) -> list[Glyph]:
    return [glyph for number, row in enumerate(rows) for glyph in line_of(row, left, top - 14 * number)]


RIGHT = ["אבגדהוזחט יכלמ", "נסעפצקרשת אבגד", "הוזחטיכלמ נסעפ", "צקרשתאבגד הוזח", "טיכלמנסעפ"]
LEFT = ["תשרקצפעסנ מלכי", "טחזוהדגבא תשרק", "צפעסנמלכי טחזו", "הדגבאתשרק צפעס", "נמלכיטחזו"]


def in_logical_order(rows: list[str]) -> list[str]:
    return [row[::-1] for row in rows]


def test_the_right_of_two_columns_is_read_first_and_whole() -> None:
    glyphs = column(RIGHT, 300) + column(LEFT, 100)
    assert reading_order(glyphs).split("\n") == in_logical_order(RIGHT + LEFT)


def test_columns_whose_lines_stand_at_other_heights_are_read_one_after_the_other() -> None:
    glyphs = column(RIGHT, 300) + column(LEFT, 100, 707.0)
    assert reading_order(glyphs).split("\n") == in_logical_order(RIGHT + LEFT)


def test_a_title_above_and_a_line_below_the_columns_keep_their_places() -> None:
    across = "אבג דהוזחטיכלמנסעפצקרשתאבגד הוזח"
    glyphs = line_of(across, 100, 720) + column(RIGHT, 300) + column(LEFT, 100) + line_of(across, 100, 600)
    assert reading_order(glyphs).split("\n") == in_logical_order([across, *RIGHT, *LEFT, across])


def test_the_cells_of_a_table_stay_in_their_rows() -> None:
    names, sums = ["אבג", "דהוזחטיכל", "מנ", "סעפצ", "קר"], ["12", "345", "6", "78", "9"]
    glyphs = column(names, 300) + column(sums, 100)
    assert reading_order(glyphs).split("\n") == [
        f"{name[::-1]} {number}" for name, number in zip(names, sums, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("a clerk (בן שלום) stood up", ["בן שלום"]),
        ("one قال الوزير and two سجل.", ["قال الوزير", "سجل"]),
        ("none at all", []),
    ],
)
def test_words_from_right_to_left_within_a_line_are_one_run(text: str, runs: list[str]) -> None:
    assert RUN.findall(text) == runs


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_turned_page_is_read_from_its_own_top(read: Reading, angle: int) -> None:
    lines = ["The first line of a page", "and its second line", "A third one ends it."]
    document = FPDF()
    document.set_font("helvetica", size=12)
    document.add_page()
    with document.rotation(angle, x=105, y=150):
        for number, line in enumerate(lines):
            document.text(40, 120 + 8 * number, line)
    (record,) = read("a.pdf", bytes(document.output()))
    assert record.body.split("\n") == lines


def test_a_word_cut_at_a_pages_end_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    document = FPDF()
    document.set_font("helvetica", size=12)
    for text in ("They adopted the resolu-", "tion of the council."):
        document.add_page()
        document.multi_cell(0, 6, text)
    (tmp_path / "a.pdf").write_bytes(bytes(document.output()))
    run("build", ".")
    assert run("search", "resolution", "-l").out == "a.pdf\n"


@pytest.mark.parametrize(
    "title",
    ["untitled", "Untitled-1", "Microsoft Word - report.doc", "sans titre", "Sans nom 1", "غير معنون",
     "Scanned Document", "Document1", "Dokument 12", "about:blank", "(anonymous)", "IMG_2034",
     "http://example.org/a", "C:\\a\\b.doc", "..."],
)  # fmt: skip
def test_a_placeholder_is_no_title(title: str) -> None:
    assert properties(title=title).title is None


@pytest.mark.parametrize("title", ["Print runs of 1987", "Untitled poems", "Title deeds", "Page proofs", "Scan of Gao"])
def test_a_title_that_begins_like_a_placeholder_is_kept(title: str) -> None:
    assert properties(title=title).title == title


@pytest.mark.parametrize("creator", ["(anonymous)", "Administrateur", "HP Authorized Customer", "user"])
def test_a_programs_name_for_nobody_is_no_creator(creator: str) -> None:
    assert properties(creator=creator).creator is None
