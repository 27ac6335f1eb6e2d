"""Office files as written until 2007: their text in order, and one clear line for each that has
none.
"""

from __future__ import annotations

import random

import old_office
import pytest
from packages import Reading

from docindex.errors import NothingToIndex, ReaderError
from docindex.model.documents import Source
from docindex.readers import detection, read


def test_paragraphs_of_a_word_document_are_read_in_any_script(read: Reading) -> None:
    (record,) = read("a.doc", old_office.doc("A first line\rLe ministre a déclaré\rقال الوزير\r"), title="T")
    assert record.body == "A first line\n\nLe ministre a déclaré\n\nقال الوزير"


def test_pieces_of_one_and_of_two_bytes_a_character_follow_one_another(read: Reading) -> None:
    (record,) = read("a.doc", old_office.doc("Plain words\r", "A foot\u2019s note\r"), title="T")
    assert record.body == "Plain words\n\nA foot\u2019s note"


def test_page_headers_stand_behind_the_text_and_macros_are_left_out(read: Reading) -> None:
    data = old_office.doc("Text\r", "Note\r", "Head\r", "Macro\r", "Comment\r", "End note\r", "Box\r")
    assert read("a.doc", data, title="T")[0].body.split("\n\n") == [
        "Text",
        "Note",
        "Comment",
        "End note",
        "Box",
        "Head",
    ]


def test_cells_of_a_table_make_rows(read: Reading) -> None:
    (record,) = read("a.doc", old_office.doc("Above\rName\x07Sum\x07\x07Durand\x0712\x07\x07Below\r"), title="T")
    assert record.body == "Above\n\nName · Sum\nDurand · 12\n\nBelow"


def test_a_field_shows_its_result_and_not_its_code(read: Reading) -> None:
    text = 'See \x13 HYPERLINK "http://example.org" \x14this \x13 PAGE \x147\x15 page\x15 now\x13 TOC \x15.\r'
    assert read("a.doc", old_office.doc(text), title="T")[0].body == "See this 7 page now."


def test_a_hyphen_that_holds_stays_and_a_soft_one_goes(read: Reading) -> None:
    assert (
        read("a.doc", old_office.doc("e\x1email, resolu\x1ftion\x0bnext\r"), title="T")[0].body
        == "e-mail, resolution\nnext"
    )


@pytest.mark.parametrize(
    ("language", "text", "codepage"), [(0x409, "café", "cp1252"), (0x419, "слово", "cp1251"), (0x415, "łódź", "cp1250")]
)
def test_word_6_is_read_in_the_code_page_of_its_language(
    read: Reading, language: int, text: str, codepage: str
) -> None:
    (record,) = read("a.doc", old_office.doc_of_word_6(f"A {text}\r".encode(codepage), language))
    assert record.body == f"A {text}"


def test_slides_are_pages_in_their_order_with_their_notes(read: Reading) -> None:
    slides = [(["Title one", "A point\rAnother"], "A free box", "To say"), (["Second"], "Box", "")]
    (record,) = read("a.ppt", old_office.ppt(slides))
    assert record.body == "Title one\n\nA point\n\nAnother\n\nA free box\n\nTo say\n\fSecond\n\nBox"
    assert (record.page, record.title) == (1, "Title one")


def test_rows_of_an_old_workbook_are_records_with_their_dates(read: Reading) -> None:
    first, second = read(
        "a.xls", old_office.xls([["title", "date", "place"], ["One", 42449.0, "Gao"], ["Zwei", 42450.0, "Köln"]])
    )
    assert (first.title, first.metadata.date.value, first.body) == ("One", "2016-03-20", "place: Gao")  # type: ignore[union-attr]
    assert second.body == "place: Köln"


def test_the_content_decides_whatever_the_name() -> None:
    for name, data in (
        ("a", old_office.doc("x\r")),
        ("a.txt", old_office.doc("x\r")),
        ("a.docx", old_office.doc("x\r")),
    ):
        form = detection.format_of(name, data)
        assert form
        assert form.name == "doc"


@pytest.mark.parametrize("data", [old_office.doc("x\r", flags=0x0300), old_office.ppt([], token=0xF3D1C4DF)])
def test_what_is_encrypted_says_so(data: bytes) -> None:
    with pytest.raises(ReaderError, match="is encrypted"):
        read.read(Source("a"), data)


def test_another_compound_file_is_no_document() -> None:
    with pytest.raises(NothingToIndex, match="is no document of Word, Excel or PowerPoint"):
        read.read(Source("a.db"), old_office.compound_file(Catalog=b"x"))


@pytest.mark.parametrize(
    "data",
    [
        old_office.doc("A word in a line\r" * 9),
        old_office.ppt([(["Title", "Text"], "Box", "Note")]),
        old_office.xls([["title", "date"], ["One", 1.0]]),
    ],
    ids=["doc", "ppt", "xls"],
)
def test_damage_costs_one_clear_line(data: bytes) -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 4, 40))):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        try:
            read.read(Source("a"), bytes(broken[: chance.choice((len(data), chance.randrange(600, len(data))))]))
        except ReaderError:
            continue
