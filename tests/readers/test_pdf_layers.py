"""PDF: right-to-left pages in reading order, and what comes with a document beside its text."""

from __future__ import annotations

from fpdf import FPDF

from docindex.model.documents import Record, Source
from docindex.readers import pdf_text, read
from docindex.readers.base import PartFailure
from docindex.readers.page_columns import Glyph
from docindex.readers.pdf_bidi import is_right_to_left, reading_order


def placed(visual: str, baseline: float = 700.0) -> list[Glyph]:
    """Return the glyphs of a line as it is seen, from left to right, one advance of 10 points
    each.
    """
    return [
        Glyph(sign, 10.0 * at, 10.0 * at + 9, baseline, 10.0) for at, sign in enumerate(visual) if not sign.isspace()
    ]


def read_pdf(document: FPDF) -> tuple[list[Record], list[PartFailure]]:
    unread: list[PartFailure] = []
    return read.read(Source("a.pdf"), bytes(document.output()), unread.append), unread


def test_letters_are_put_in_reading_order_in_whatever_order_they_were_drawn() -> None:
    line = placed("رئازجلا يف")
    assert reading_order(line) == reading_order(line[::-1]) == "في الجزائر"


def test_latin_words_numbers_and_brackets_within_a_line_keep_their_own_order() -> None:
    assert reading_order(placed("םוי Le Monde ןותיע")) == "עיתון Le Monde יום"
    assert reading_order(placed("(35%) 12,500 תנש")) == "שנת 12,500 (35%)"
    assert reading_order(placed("٢٠١٦ ماع")) == "عام ٢٠١٦"


def test_lines_are_read_from_the_top_and_vowel_signs_stand_behind_their_letters() -> None:
    lower, upper = placed("ب ا", 600.0), placed("ج د", 700.0)
    mark = Glyph("\u064e", 0.0, 0.0, 602.0, 10.0)
    assert reading_order([mark, *lower, *upper]) == "د ج\nا ب\u064e"


def test_a_ligature_and_presentation_forms_become_letters() -> None:
    assert reading_order([Glyph("ال", 0, 9, 700.0, 10.0)]) == "لا"
    assert reading_order([Glyph("\ufeed", 0, 9, 700.0, 10.0)]) == "و"


def test_a_page_with_hardly_any_such_letter_stays_as_it_is() -> None:
    assert is_right_to_left("في الجزائر Le Monde")
    assert not is_right_to_left("An English page with one word, شكرا, of Arabic in a long line")


def a_document() -> FPDF:
    document = FPDF()
    document.set_font("helvetica", size=12)
    document.add_page()
    document.cell(text="The cover sheet of a case")
    return document


def test_files_attached_to_a_pdf_are_records_of_it() -> None:
    document = a_document()
    document.embed_file(basename="list.csv", bytes=b"title,place\nOne,Algiers\n")
    document.embed_file(basename="note.txt", bytes=b"A note")
    records, unread = read_pdf(document)
    assert sorted(str(record.part) for record in records) == ["None", "list.csv/row-1", "note.txt"]
    assert unread == []


def test_notes_beside_the_text_are_part_of_it() -> None:
    document = a_document()
    document.text_annotation(x=10, y=10, text="A remark of the reader")
    document.free_text_annotation("Free words", x=10, y=30, w=50, h=10)
    (record,), _ = read_pdf(document)
    assert record.body.split("\n")[1:] == ["A remark of the reader", "Free words"]


def test_pages_that_are_pictures_are_told_by_number() -> None:
    from PIL import Image

    document = a_document()
    for _ in range(2):
        document.add_page()
        document.image(Image.new("L", (60, 80), 200), x=0, y=0, w=document.epw)
    document.add_page()
    document.cell(text="Another page with more than a few letters")
    document.add_page()
    document.image(Image.new("L", (60, 80), 200), x=0, y=0, w=document.epw)
    (_,), (unread,) = read_pdf(document)
    assert (unread.part, unread.reason) == ("pages 2 to 3, 5", "are pictures without text")
    assert unread.left_out == "pages without text"


def test_a_small_picture_on_a_blank_page_is_none_of_a_scan() -> None:
    from PIL import Image

    document = a_document()
    document.add_page()
    document.image(Image.new("L", (60, 80), 200), x=0, y=0, w=10)
    assert read_pdf(document)[1] == []


def test_control_characters_within_a_word_do_not_cut_it() -> None:
    assert pdf_text.shown("res\x02olu\xadtion and\x02 more") == "resolution and  more"
