"""PDF to records: pages, lines, what the file says of itself; and files that are encrypted,
scanned or damaged.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from fpdf import FPDF
from packages import Outline, Reading

from docindex.errors import ReaderError


def pdf(*pages: str | None, **properties: str) -> bytes:
    """A PDF with a page for each text; None: a page with a picture instead of a text."""
    document = FPDF()
    document.set_creation_date(datetime(2016, 3, 20, 23, 15, tzinfo=UTC))
    for name, value in properties.items():
        getattr(document, f"set_{name}")(value)
    for text in pages:
        document.add_page()
        document.set_font("helvetica", size=12)
        if text is None:
            document.rect(20, 20, 50, 50)
        elif text:
            document.multi_cell(0, 6, text)
    return bytes(document.output())


def test_each_page_begins_with_a_form_feed_and_its_lines_are_counted_from_1(read: Reading, outline: Outline) -> None:
    records = read("a.pdf", pdf("First page,\nsecond line.", "Second page."))
    assert outline(records) == [
        ("a.pdf", "a.pdf", [(1, "First page,"), (2, "second line."), (1, "\fSecond page.")]),
    ]
    assert records[0].page == 1


def test_a_page_without_text_is_counted(read: Reading) -> None:
    (record,) = read("a.pdf", pdf("", "Second.", None, "Fourth."))
    assert (record.page, record.body) == (1, "\n\fSecond.\n\f\n\fFourth.")


def test_accents_stay_and_a_word_broken_at_a_lines_end_stays_broken(read: Reading) -> None:
    (record,) = read("a.pdf", pdf("Le gouver-\nnement a été reçu à l'Élysée."))
    assert record.body == "Le gouver-\nnement a été reçu à l'Élysée."


def test_two_columns_are_read_one_after_the_other(read: Reading) -> None:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=11)
    for column, words in ((20, "The ministry|said that|talks ended."), (110, "Oil prices|fell in|London.")):
        for row, text in enumerate(words.split("|")):
            document.text(column, 20 + 6 * row, text)
    (record,) = read("a.pdf", bytes(document.output()))
    assert record.body == "The ministry\nsaid that\ntalks ended.\nOil prices\nfell in\nLondon."


def test_what_the_file_says_of_itself_is_found(read: Reading) -> None:
    (record,) = read("a.pdf", pdf("Words.", title="The Report", author="Ana Núñez", keywords="oil, Algeria"))
    found = record.metadata
    assert (found.title, found.creator, found.subject) == ("The Report", "Ana Núñez", ("oil", "Algeria"))
    assert found.date
    assert (found.date.value, found.date.origin) == ("2016-03-20T23:15", "properties")


def test_a_title_that_opens_the_text_is_left_out_of_it(read: Reading, outline: Outline) -> None:
    records = read("a.pdf", pdf("The Report\nWords.", "More.", title="The Report"))
    assert outline(records) == [("a.pdf", "The Report", [(2, "Words."), (1, "\fMore.")])]


@pytest.mark.parametrize(
    "title", ["Microsoft Word - rapport final.doc", "untitled", "Document1", "rapport.indd", "C:\\x\\y z.doc", " - "]
)
def test_a_title_that_a_program_made_is_none(read: Reading, title: str) -> None:
    (record,) = read("a.pdf", pdf("Words.", title=title, author="Administrator"))
    assert (record.metadata.title, record.metadata.creator) == (None, None)


def test_a_pdf_of_pictures_is_reported_as_such(read: Reading) -> None:
    with pytest.raises(ReaderError) as failure:
        read("a.pdf", pdf(None, None))
    assert failure.value.message == "has no text layer: its pages are pictures"
    assert failure.value.hint


def test_an_encrypted_pdf_is_reported_as_such(read: Reading) -> None:
    document = FPDF()
    document.set_encryption(owner_password="owner", user_password="user")  # noqa: S106
    document.add_page()
    with pytest.raises(ReaderError, match=r"^is encrypted: it asks for a password$"):
        read("a.pdf", bytes(document.output()))


def test_ten_thousand_pages_are_read(read: Reading) -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    text = b"BT /F 12 Tf 9 50 Td (words) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * 10_000 + b"]/Count 10000>>",
        page,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(text), text),
    ]
    (record,) = read("a.pdf", assembled(objects))
    assert record.body.split("\n\f") == ["words"] * 10_000


def assembled(objects: list[bytes]) -> bytes:
    """A PDF file of these objects, the first of them its catalogue."""
    made = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, len(made))
    )


@pytest.mark.parametrize(
    "objects",
    [
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"],
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 2147483647>>"],
        [b"<</Type/Catalog>>"],
        [b"null"],
    ],
)
def test_pages_that_are_not_there_are_no_trap(read: Reading, objects: list[bytes]) -> None:
    with pytest.raises(ReaderError):
        read("a.pdf", assembled(objects))


def test_a_pdf_cut_short_or_overwritten_gives_records_or_a_reader_error(read: Reading) -> None:
    whole = pdf("First page of words.", "Second page.", title="Title")
    chance = random.Random(7)  # noqa: S311
    cut = [whole[: len(whole) * tenth // 10] for tenth in range(10)]
    noise = [b"%PDF-1.7\n" + chance.randbytes(2_000) for _ in range(5)]
    spoilt = [bytes(byte if chance.random() > 0.01 else chance.randrange(256) for byte in whole) for _ in range(20)]
    records = failures = 0
    for data in [*cut, *noise, *spoilt]:
        try:
            records += len(read("a.pdf", data))
        except ReaderError:
            failures += 1
    assert records > 2
    assert failures > 5
