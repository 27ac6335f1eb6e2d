"""Word processors', slides', sheets' and books' files to records; a text is found alike in each;
what is refused.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from itertools import chain

import openpyxl
import pytest
from packages import RELATIONS, WORD, Outline, Reading, docx, epub, line, odf, p, pptx, sheet, xhtml, zipped

from docindex.errors import ReaderError
from docindex.model.documents import Record

# Word ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (p("One ", "sentence") + p("") + p("Two"), "One sentence\n\nTwo"),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", "a"),
        (
            "<w:tbl><w:tr>" + f"<w:tc>{p('a')}{p('b')}</w:tc><w:tc>{p('c')}</w:tc></w:tr>"
            f"<w:tr><w:tc>{p('d')}</w:tc><w:tc>{p('')}</w:tc></w:tr></w:tbl>" + p("after"),
            "a b · c\nd\n\nafter",
        ),
        (
            "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>",
            "new",
        ),
        (f"<w:sdt><w:sdtContent>{p('in a field')}</w:sdtContent></w:sdt>", "in a field"),
        (
            f"<w:p><w:r><w:t>aro</w:t><w:txbxContent>{p('boxed')}</w:txbxContent>"
            f"<Fallback>{p('boxed')}</Fallback><w:t>und</w:t></w:r></w:p>" + p("after"),
            "around\n\nboxed\n\nafter",
        ),
    ],
    ids="paragraphs breaks tabstops table revisions field textbox".split(),
)
def test_a_word_document_is_read_in_the_order_of_its_text(read: Reading, body: str, text: str) -> None:
    (record,) = read("a.docx", docx(body), title="Declared")
    assert record.body == text


def test_notes_and_comments_and_headers_stand_behind_the_text(read: Reading, outline: Outline) -> None:
    data = docx(p("Text."), header1=p("Head."), footnotes=p("Note."), comments=p("Comment."), settings=p("x"))
    assert outline(read("a.docx", data)) == [
        (
            "a.docx",
            "a.docx",
            [(1, "Text."), (1, ""), (2, "Note."), (2, ""), (3, "Comment."), (3, ""), (4, "Head.")],
        ),
    ]


def test_core_properties_become_metadata(read: Reading) -> None:
    core = (
        "<dc:title>The Report</dc:title><dc:creator>Ana Núñez</dc:creator><t:created>2016-03-20T23:15:00Z</t:created>"
        "<c:keywords>oil, Algeria; oil</c:keywords><dc:language>de-DE</dc:language>"
    )
    (record,) = read("a.docx", docx(p("The Report") + p("Text."), core=core), language=None)
    found = record.metadata
    assert (found.title, found.creator, found.subject) == ("The Report", "Ana Núñez", ("oil", "Algeria"))
    assert found.date
    assert (found.date.value, found.date.origin) == ("2016-03-20T23:15", "properties")
    assert found.language != "de"  # what the program speaks, not the text
    assert (record.body, list(record.lines)) == ("Text.", [2])


def test_a_first_line_that_looks_like_a_title_is_one(read: Reading) -> None:
    (record,) = read("a.docx", docx(p("The talks ended") + p("Nobody knows why.")))
    assert (record.title, record.body) == ("The talks ended", "Nobody knows why.")


def test_the_document_is_where_the_package_says(read: Reading) -> None:
    relation = f'<Relationship Type="{RELATIONS}/officeDocument" Target="/word/document2.xml"/>'
    data = zipped(
        ("_rels/.rels", f"<Relationships>{relation}</Relationships>"),
        ("word/document2.xml", f'<w:document xmlns:w="{WORD}">{p("Text.")}</w:document>'),
    )
    assert [record.body for record in read("a.docx", data)] == ["Text."]


# Slides -------------------------------------------------------------------------------------------


def test_a_slide_is_a_page_with_its_notes_below(read: Reading, outline: Outline) -> None:
    number = '<a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p>'
    data = pptx(line("Opening"), "", line("Third") + line("point") + number, notes=line("Say hello."))
    records = read("a.pptx", data)
    assert outline(records) == [
        (
            "a.pptx",
            "Opening",
            [(1, "Opening"), (1, ""), (2, "Say hello."), (1, "\f"), (1, "\fThird"), (1, ""), (2, "point")],
        )
    ]
    assert records[0].page == 1


def test_slides_of_opendocument_are_pages_too(read: Reading) -> None:
    pages = "".join(
        f"<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame></draw:page>"
        for text in ("Opening", "Second")
    )
    (record,) = read("a.odp", odf("presentation", pages))
    assert (record.page, record.title, record.body) == (1, "Opening", "Opening\n\fSecond")


# OpenDocument -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<text:h>One</text:h><text:p>two\n   <text:span>three</text:span></text:p>", "One\n\ntwo three"),
        ("<text:p>a<text:s text:c='999999999'/>b<text:tab/>c<text:line-break/>d</text:p>", "a b\tc\nd"),
        (
            "<text:p>be<text:note><text:note-citation>1</text:note-citation>"
            "<text:note-body><text:p>Note.</text:p></text:note-body></text:note>fore</text:p><text:p>after</text:p>",
            "before\n\nNote.\n\nafter",
        ),
        (
            "<text:p>seen<office:annotation><dc:creator>Ana</dc:creator><dc:date>2016</dc:date>"
            "<text:p>Remark</text:p></office:annotation></text:p>",
            "seen\n\nRemark",
        ),
        ("<text:p>on <text:date>20.3.2016</text:date></text:p>", "on 20.3.2016"),
        ("<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:p>kept</text:p>", "kept"),
        ("<text:p>a<draw:frame><svg:desc>picture</svg:desc></draw:frame>b</text:p>", "ab"),
        (f"<table:table>{sheet('a|b', '|d')}</table:table><text:p>after</text:p>", "a · b\nd\n\nafter"),
    ],
    ids="spans spaces note comment field deleted picture table".split(),
)
def test_a_text_of_opendocument_is_read_in_its_order(read: Reading, body: str, text: str) -> None:
    (record,) = read("a.odt", odf("text", f"<office:text>{body}</office:text>"), title="Declared")
    assert record.body == text


def test_what_opendocument_says_of_itself(read: Reading) -> None:
    meta = (
        "<dc:title>The Report</dc:title><meta:initial-creator>Ana</meta:initial-creator><dc:creator>Bo</dc:creator>"
        "<meta:creation-date>2013-01-17T10:00:00</meta:creation-date><meta:keyword>oil</meta:keyword>"
    )
    (record,) = read("a.odt", odf("text", "<text:p>Text.</text:p>", meta))
    found = record.metadata
    assert (found.title, found.creator, found.subject) == ("The Report", "Ana", ("oil",))
    assert found.date
    assert found.date.value == "2013-01-17T10:00"


# Sheets -------------------------------------------------------------------------------------------


def xlsx(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        made = book.create_sheet(name)
        for row in rows:
            made.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_row_below_a_header_is_a_record(read: Reading) -> None:
    rows: list[list[object]] = [
        ["Titre", "Auteur", "Date", "Amount", "Tags"],
        ["The talks", "Ana", date(2016, 3, 20), 12.0, "oil, gas"],
        [],
        ["No date", None, None, 0.5, None],
    ]
    first, second = read("a.xlsx", xlsx(Press=rows))
    assert (first.id, first.title, first.body, list(first.lines)) == ("a.xlsx#row-2", "The talks", "Amount: 12", [2])
    assert (first.metadata.creator, first.metadata.subject) == ("Ana", ("oil", "gas"))
    assert first.metadata.date
    assert (first.metadata.date.value, first.metadata.date.origin) == ("2016-03-20", "column")
    assert (second.id, second.body, list(second.lines)) == ("a.xlsx#row-4", "Amount: 0.5", [4])


def test_a_sheet_without_a_header_is_a_record(read: Reading, outline: Outline) -> None:
    rows: list[list[object]] = [["Ana", 12, datetime(2016, 3, 20, 23, 15)], ["Bo", 13.5, True]]
    assert outline(read("a.xlsx", xlsx(Only=rows))) == [
        ("a.xlsx", "a.xlsx", [(1, "Ana · 12 · 2016-03-20 23:15"), (2, "Bo · 13.5 · True")]),
    ]


def test_sheets_are_told_apart_by_their_names(read: Reading, outline: Outline) -> None:
    names: list[list[object]] = [["People of the year"], [], ["Name", "City"], ["Ana", "Oran"]]
    data = xlsx(One=names, Two=[["a note"]], Empty=[])
    assert outline(read("a.xlsx", data)) == [
        ("a.xlsx#One", "One", [(1, "People of the year")]),
        ("a.xlsx#One/row-4", "Ana", [(4, "City: Oran")]),
        ("a.xlsx#Two", "Two", [(1, "a note")]),
    ]


def test_sheets_of_opendocument_give_the_same_records(read: Reading, outline: Outline) -> None:
    repeated = (
        '<table:table-row table:number-rows-repeated="9"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>"
    )
    day = '<table:table-row><table:table-cell office:date-value="2016-03-20"><text:p>20.3.</text:p></table:table-cell>'
    twice = (
        '<table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    table = f'<table:table table:name="S">{sheet("Day|One|Two")}{repeated}{day}{twice}</table:table>'
    data = odf("spreadsheet", f"<office:spreadsheet>{table}</office:spreadsheet>")
    assert outline(read("a.ods", data)) == [
        ("a.ods#row-11", "2016-03-20", [(11, "One: x"), (11, "Two: x")]),
    ]


def test_a_sheet_of_two_cells_far_apart_takes_no_room(read: Reading) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "first", "last"
    data = io.BytesIO()
    book.save(data)
    (record,) = read("a.xlsx", data.getvalue())
    assert (record.body, list(record.lines)) == ("first\nlast", [1, 1_048_576])


def test_a_cell_that_stands_for_billions_is_refused(read: Reading) -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384">'
        "<text:p>boom</text:p></table:table-cell></table:table-row>"
    )
    with pytest.raises(ReaderError, match=r"^holds more than 1,048,576 rows or 100,000,000 characters$"):
        read("a.ods", odf("spreadsheet", f"<table:table>{row}</table:table>"))


# RTF ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"one\par two\line three", "one\n\ntwo\nthree"),
        (rb"L\'92arm\'e9e \emdash  \ldblquote caf\'e9\rdblquote", "L’armée — “café”"),
        (rb"{\fonttbl{\f1\fcharset204 Times;}}{\f1 \'cc\'e8\'f0} \'e9", "Мир é"),
        (rb"\uc1\u8364 ? \u-10179?\u-8704? \uc0\u233 x", "€ \U0001f600 éx"),
        (rb"{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\*\unknown hidden}shown{\pict ffd8}", "shown"),
        (rb"be{\*\footnote \pard Note.}fore\par after", "before\n\nNote.\n\nafter"),
        (rb"\trowd\pard\intbl a\cell b\cell\row\trowd\intbl c\cell d\cell\row\pard after\par", "a · b\nc · d\n\nafter"),
        (rb"{\field{\*\fldinst HYPERLINK http://x}{\fldrslt the link}}", "the link"),
        (rb"a\bin3 }}}b", "ab"),
        (rb"a\~b\_c \{d\} \\", "a\xa0b-c {d} \\"),
        (rb"end} behind it", "end"),
    ],
    ids="paragraphs signs fonts unicode hidden note table field binary escapes end".split(),
)
def test_rich_text_is_read(read: Reading, body: bytes, text: str) -> None:
    (record,) = read("a.rtf", rb"{\rtf1\ansi\ansicpg1252 " + body + b"}", title="Declared")
    assert record.body == text


def test_what_rich_text_says_of_itself(read: Reading) -> None:
    info = rb"{\info{\title The Report}{\author Ana N\'fa\'f1ez}{\creatim\yr2016\mo3\dy20}{\doccomm no}}"
    (record,) = read("a.rtf", rb"{\rtf1" + info + rb"{\header Head.}Text.\par}")
    found = record.metadata
    assert (found.title, found.creator, record.body) == ("The Report", "Ana Núñez", "Text.\n\nHead.")
    assert found.date
    assert found.date.value == "2016-03-20"


# Books --------------------------------------------------------------------------------------------

BOOK = epub(
    xhtml("<h1>The Talks</h1><p>It began\n in <i>Or</i>an.<br/>Then:</p><ul><li>one</li><li>two</li></ul>"),
    xhtml("<div>Loose&nbsp;words<p>in a <b>division</b></p><pre>a\n  b</pre></div><script>no</script>"),
    metadata="<dc:title>The Report</dc:title><dc:creator>Ana</dc:creator><dc:creator>Bo</dc:creator>"
    "<dc:language>fr-FR</dc:language><dc:date>2016-03</dc:date><dc:publisher>House</dc:publisher>",
)


def test_a_book_is_one_record(read: Reading) -> None:
    (record,) = read("a.epub", BOOK, language=None)
    found = record.metadata
    assert (found.title, found.creator, found.publisher, found.language) == ("The Report", "Ana; Bo", "House", "fr")
    assert found.date
    assert found.date.value == "2016-03"
    assert record.body == (
        "The Talks\n\nIt began in Oran.\nThen:\n\none\n\ntwo\n\nLoose\xa0words\n\nin a division\n\na\nb"
    )


def test_a_book_split_by_sections_is_a_record_for_each_chapter(read: Reading) -> None:
    records = read("a.epub", BOOK, split="sections")
    assert [(record.id, record.title, record.body.split("\n")[0]) for record in records] == [
        ("a.epub#c0", "The Talks", "It began in Oran."),
        ("a.epub#c1", "The Report", "Loose\xa0words"),
    ]


def test_a_chapter_that_is_no_sound_xml_is_read_all_the_same(read: Reading) -> None:
    broken = "<html><head><style>p {}</style></head><body><p>One<br>t<b>w</i>o &amp; 3<p>Four"
    (record,) = read("a.epub", epub(broken), title="T")
    assert record.body == "One\n\ntwo & 3\n\nFour"


# What is refused ----------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE d [<!ENTITY b "haha"><!ENTITY a "&b;&b;&b;&b;&b;&b;">]>'
FOREIGN = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE d [<!ENTITY % a SYSTEM "http://localhost:9/a.dtd"> %a;]>'


@pytest.mark.parametrize("declared", [LAUGHS, FOREIGN, PARAMETER], ids=["laughs", "foreign", "parameter"])
@pytest.mark.parametrize(
    ("name", "member"), [("a.docx", "word/document.xml"), ("a.odt", "content.xml"), ("a.pptx", "ppt/presentation.xml")]
)
def test_xml_with_entities_is_refused(read: Reading, declared: str, name: str, member: str) -> None:
    with pytest.raises(ReaderError, match=r"^declares entities, which an attack would$"):
        read(name, zipped((member, f"{declared}<d><p>&a;</p></d>")))


def test_entities_in_a_workbook_are_refused(read: Reading) -> None:
    laughing = changed(xlsx(S=[["words"]]), "xl/worksheets/sheet1.xml", lambda data: LAUGHS.encode() + data)
    with pytest.raises(ReaderError, match=r"^is damaged, or no Excel workbook$"):
        read("a.xlsx", laughing)


def test_entities_in_a_chapter_are_not_resolved(read: Reading) -> None:
    (record,) = read("a.epub", epub(f"{FOREIGN}<html><body><p>seen &a;</p></body></html>"))
    assert record.body.endswith("seen &a;")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(99), "is encrypted, or older than the Word documents of 2007"),
        ("a.docx", zipped(("word/document.xml", "<a>" * 1_000)), "is nested more than 500 deep"),
        ("a.docx", zipped(("word/document.xml", "<a>words")), "is damaged: its XML is broken"),
        ("a.docx", zipped(("[Content_Types].xml", "Text.")), "is no Word document"),
        ("a.odt", zipped(("[Content_Types].xml", "Text.")), "is no OpenDocument file"),
        ("a.epub", zipped(("content.xml", "Text.")), "is no EPUB"),
        ("a.pptx", zipped(("content.xml", "Text.")), "is no presentation"),
        ("a.rtf", b"Text.\0", "is no RTF"),
        ("a.rtf", b"{\\rtf1" + b"{" * 1_000, "is nested more than 500 deep"),
        (
            "a.docx",
            docx(p("a" * (64 << 20))),
            "unpacks to more than 200 times its size, as a bomb does",
        ),
    ],
    ids=range(10),
)
def test_what_cannot_be_read_says_why(read: Reading, name: str, data: bytes, message: str) -> None:
    with pytest.raises(ReaderError) as failure:
        read(name, data)
    assert failure.value.message == message
    assert failure.value.hint


def changed(package: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one of its members changed."""
    with zipfile.ZipFile(io.BytesIO(package)) as held:
        members = {name: held.read(name) for name in held.namelist()}
    members[member] = change(members[member])
    return zipped(*members.items())


WHOLE: dict[str, tuple[bytes, str]] = {
    "a.docx": (docx(p("Text.") * 9, footnotes=p("Note.")), "word/document.xml"),
    "a.odt": (odf("text", "<text:p>Text.</text:p>" * 9), "content.xml"),
    "a.ods": (odf("spreadsheet", f"<table:table>{sheet('a|b', '1|2')}</table:table>"), "content.xml"),
    "a.pptx": (pptx(line("One"), line("Two")), "ppt/presentation.xml"),
    "a.xlsx": (xlsx(S=[["a", "b"], [1, date(2016, 3, 20)]]), "xl/worksheets/sheet1.xml"),
    "a.epub": (BOOK, "OPS/book.opf"),
    "a.rtf": (rb"{\rtf1\ansi{\info{\title T}} be{\footnote no}fore\par \'e9\u233 ?}", ""),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_short_or_overwritten_gives_records_or_a_reader_error(read: Reading, name: str) -> None:
    whole, member = WHOLE[name]
    chance = random.Random(7)  # noqa: S311

    def spoilt(data: bytes) -> bytes:
        return bytes(byte if chance.random() > 0.01 else chance.randrange(256) for byte in data)

    def shortened(data: bytes) -> bytes:
        return data[: chance.randrange(len(data))]

    tried = chain(
        (whole[: len(whole) * tenth // 10] for tenth in range(10)),
        (whole[:8] + chance.randbytes(2_000) for _ in range(5)),
        (spoilt(whole) for _ in range(30)),
        (changed(whole, member, change) for change in [spoilt, shortened] * 15 if member),
    )
    outcomes: list[list[Record] | str] = []
    for data in tried:
        try:
            outcomes.append(read(name, data))
        except ReaderError as error:
            outcomes.append(error.message)
    assert sum(isinstance(outcome, str) for outcome in outcomes) > 3
