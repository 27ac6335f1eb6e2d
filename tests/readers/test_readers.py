"""The table of formats, and bytes to text: what every reader can rely on."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Source
from docindex.readers import formats, read
from docindex.readers.base import Format, record
from docindex.readers.charset import decode

FRENCH = (
    "L’armée a déclaré mardi que les négociations étaient terminées. Le président, reçu à l’Élysée, a parlé d’une "
    "crise « sans précédent » et d’un cœur de réseau brisé…"
)
GERMAN = "Die Bürger fordern schärfere Maßnahmen gegen die Überschwemmungen; größere Dämme sollen sie schützen."
SPANISH = "El año pasado la nación recibió a un millón de niños. ¿Qué pasará mañana? Nadie lo sabe."
POLISH = "Rząd ogłosił, że negocjacje zostały zakończone. Życzę wszystkim dużo szczęścia."
TURKISH = "Hükümet salı günü görüşmelerin sona erdiğini açıkladı. Çocuklar ağacın altında bekliyor."
ARABIC = "أعلنت الحكومة الجزائرية يوم الأربعاء أن الجيش حرر الرهائن المحتجزين في منشأة الغاز."
MIXED = "قال المتحدث باسم شركة BP (British Petroleum) إن العاملين في موقع In Amenas بخير."
RUSSIAN = "Правительство объявило во вторник, что переговоры завершены. Президент выступил с речью."
GREEK = "Η κυβέρνηση ανακοίνωσε την Τρίτη ότι οι διαπραγματεύσεις ολοκληρώθηκαν."


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("press/a.txt", "text"),
        ("A.TXT", "text"),
        ("a.text", "text"),
        ("a.log", "text"),
        ("README", "text"),
        (".profile", "text"),
        ("a.md", "markdown"),
        ("v1.2/a.markdown", "markdown"),
        ("a.xyz", None),
        ("a.HTM", "html"),
        ("a.eml", "mail"),
        ("Mail/cur/1234.host:2,S", "mail"),
        ("Mail/cur/notes.txt", "text"),
        ("a.csv", "tables"),
        ("a.jsonl", "tables"),
        ("a.txt.gz", "archive"),
        ("a.PDF", "pdf"),
        ("a.docx", "docx"),
        ("a.ods", "odf"),
    ],
)
def test_a_files_suffix_says_its_format(path: str, name: str | None) -> None:
    found = formats.format_by_name(path)
    assert (found and found.name) == name


@pytest.mark.parametrize("row", formats.FORMATS, ids=lambda row: row.name)
def test_each_format_is_a_module_that_reads_or_says_that_this_is_not_its_own(row: Format) -> None:
    module = import_module(f"docindex.readers.{row.name}")
    source = Source("a")
    if row.name in ("text", "markdown", "html", "mail", "tables", "xml"):
        assert [made.body for made in module.read(source, b"one line")] == ["one line"]
        assert list(module.read(source, b" \n\n")) == []
    else:
        with pytest.raises(ReaderError, match=r"is no |or no "):
            list(module.read(source, b"one line"))


@pytest.mark.parametrize("row", [row for row in formats.FORMATS if row.suffixes], ids=lambda row: row.name)
def test_a_blank_file_of_any_format_is_empty(row: Format) -> None:
    for data in (b"", b" \n\n"):
        with pytest.raises(ReaderError, match=r"^empty$"):
            read.read(Source(f"a{row.suffixes[0]}"), data)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xyz", b"words\0", "no reader for .xyz"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"\xef\xbb\xbf \r\n\f\n", "empty"),
        ("a.md", b"\n\t\n", "empty"),
        ("a.txt", b"MZ\x90\x00\x03\x00\x00\x00\x04", "holds NUL bytes, so it is not text"),
        ("a.md", b"text\0text", "holds NUL bytes, so it is not text"),
        ("a.txt", b"\xff\xfe\x00\x00\x00\x00\x00\x00", "holds NUL bytes, so it is not text"),
        ("a.txt", bytes([0x89, 0x50, 1, 2, 3, 0xAA, 4, 5, 6, 0xF0]) * 9, "holds control bytes, so it is not text"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(name: str, data: bytes, message: str) -> None:
    with pytest.raises(ReaderError) as failure:
        read.read(Source(name), data)
    assert failure.value.message == message
    assert failure.value.hint


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [(FRENCH, None, "fr"), (GERMAN, None, "de"), (ARABIC, None, "ar"), (FRENCH, "mi", "mi")],
)
def test_a_record_has_the_language_that_is_declared_or_else_its_texts(
    text: str, declared: str | None, language: str
) -> None:
    (made,) = read.read(Source("a.txt", Metadata(language=declared)), text.encode())
    assert made.metadata.language == language


def test_what_a_part_says_wins_over_what_is_declared_and_that_over_what_is_found() -> None:
    declared = Metadata(title="declared", creator="declared", subject=("declared",))
    found = Metadata(title="found", creator="found", publisher="found", subject=("found",))
    made = record(
        Source("a.txt", declared, collection="Press"),
        part="p",
        own=Metadata(title="own"),
        found=found,
        body="b",
        lines=range(1, 2),
    )
    assert made.metadata == Metadata("own", "declared", "found", subject=("declared",))
    assert (made.id, made.collection) == ("a.txt#p", "Press")


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (FRENCH, "cp1252 mac_roman utf-8-sig utf-16 utf-32"),
        (FRENCH.replace("’", "'").replace("…", "."), "iso8859_15"),
        (FRENCH.replace("’", "'").replace("…", ".").replace("œ", "oe"), "latin_1 cp850"),
        (FRENCH[:40], "cp1252"),
        (GERMAN, "cp1252 mac_roman cp850"),
        ("Grüße aus Köln", "cp1252"),
        (SPANISH, "cp1252"),
        ("He said “we’re not going” — the café’s closed", "cp1252"),
        (POLISH, "cp1250 iso8859_2"),
        (TURKISH, "cp1254"),
        (ARABIC.replace("،", ""), "cp1256 iso8859_6 utf-16-le utf-16-be"),
        (ARABIC[:25], "cp1256 iso8859_6"),
        (MIXED, "cp1256 iso8859_6"),
        (RUSSIAN, "cp1251 koi8_r cp866"),
        (GREEK, "cp1253"),
        ("Plain words", "ascii utf-16-le utf-16-be"),
    ],
)
def test_a_short_text_is_read_in_the_encoding_it_was_written_in(text: str, encodings: str) -> None:
    for encoding in encodings.split():
        assert (encoding, decode(text.encode(encoding))[0]) == (encoding, text)


def test_a_few_foreign_bytes_do_not_spoil_utf_8() -> None:
    assert decode(FRENCH.encode()[:-1])[0] == FRENCH[:-1] + "â€"
    assert decode(FRENCH.encode() + b" caf\xe9")[0] == FRENCH + " café"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("政府は火曜日に交渉が終了したと発表し、大統領は明日演説する予定です。", "shift_jis"),
        ("政府周二宣布谈判已经结束，总统明天将在议会发表讲话。记者从现场报道。", "gb18030"),
        ("정부는 화요일 협상이 끝났다고 발표했으며 대통령은 내일 국회에서 연설할 예정이다.", "euc_kr"),
    ],
)
@pytest.mark.parametrize("times", [1, 900])
def test_texts_of_east_asia_are_read_short_or_long(text: str, encoding: str, times: int) -> None:
    whole = "\n".join([text] * times) + "\n"
    assert decode(whole.encode(encoding))[0] == whole


def test_an_encoding_is_guessed_where_its_letters_are() -> None:
    assert decode(b"plain words\n" * 9_000 + FRENCH.encode("cp1252"))[0].endswith(FRENCH)


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
@example("a\rb\r\nc\n\rd\x85e\u2028f\fg", "utf-8")
def test_unicode_comes_back_as_it_was_with_newlines_made_one_kind(text: str, encoding: str) -> None:
    assume("\0" not in text and not text.startswith("\ufeff"))
    assert decode(text.encode(encoding))[0] == re.sub("\r\n?", "\n", text)


MARKUP = st.sampled_from(
    [
        "# a\n",
        "## b\n\n",
        "- ",
        "> ",
        "```\n",
        "---\n",
        "a: b\n",
        "| a | b |\n|---|---|\n",
        "<div>",
        "<!-- ",
        "-->",
        "[a](b\n)",
        "2016-03-20 - T\n\n",
        "From: a\n",
        "Subject: b\n",
        "word ",
        "\n",
        "  \n",
        "\\\n",
        "`",
        "*",
        "\f",
        "\r",
        "\x85",
        "&#10;",
        "é",
    ]
)
FILES = st.binary(max_size=200) | st.lists(MARKUP, max_size=25).map(lambda parts: "".join(parts).encode())


@given(st.sampled_from(["a.txt", "a.md"]), FILES, st.sampled_from([None, "sections"]))
def test_any_bytes_give_records_with_a_line_for_each_line_or_a_reader_error(
    name: str, data: bytes, split: str | None
) -> None:
    try:
        records = read.read(Source(name, Metadata(language="en"), split=split), data)
    except ReaderError:
        return
    assert len({made.id for made in records}) == len(records) > 0
    for made in records:
        assert made.body.strip()
        assert len(made.lines) == made.body.count("\n") + 1
        assert list(made.lines) == sorted(made.lines)
        assert 1 <= made.lines[0] <= made.lines[-1] <= decode(data)[0].count("\n") + 1
