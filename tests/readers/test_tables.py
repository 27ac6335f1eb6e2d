"""Tables and data: a record a row, columns to metadata, how a table is written, JSON in its
three shapes, damage.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import read as readers_read
from docindex.readers.base import PartFailure

Reading = Callable[..., list[Record]]
Outline = Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]

PRESS = """\
ref,Titre,Auteur,Journal,Date,Langue,Mots-clés,Lieu,Texte
A1,Talks end,Jane Doe,AFP,20/03/2016,fr,"talks, gas",Algiers,"One line,
and a second"

A2,Second,,,soon,Klingon,,Oran,
"""


def test_a_row_is_a_record_with_metadata_from_its_columns_and_the_others_as_text(
    read: Reading, outline: Outline
) -> None:
    records = read("a.csv", PRESS, language="en")
    assert outline(records) == [
        ("a.csv#row-1", "Talks end", [(2, "ref: A1"), (2, "Lieu: Algiers"), (2, "One line,"), (2, "and a second")]),
        ("a.csv#row-2", "Second", [(5, "ref: A2"), (5, "Date: soon"), (5, "Langue: Klingon"), (5, "Lieu: Oran")]),
    ]
    said = records[0].metadata
    assert (said.creator, said.publisher, said.date and said.date.value, said.language, said.subject) == (
        "Jane Doe",
        "AFP",
        "2016-03-20",
        "fr",
        ("talks", "gas"),
    )


def test_what_a_row_says_wins_over_what_is_declared_of_the_file(read: Reading) -> None:
    records = read("a.csv", "title,author\nOne,Jane\nTwo,\n", title="A list", creator="Office")
    assert [(made.title, made.metadata.creator) for made in records] == [("One", "Jane"), ("Two", "Office")]


def test_a_row_goes_by_its_id(read: Reading) -> None:
    ids = [made.id for made in read("a.csv", f"ID,text\n a  1,x\n,y\na 1,z\n{'i' * 300},w\n")]
    assert ids == ["a.csv#a 1", "a.csv#row-2", "a.csv#a 1-2", f"a.csv#{'i' * 200}"]


def test_a_row_without_a_title_goes_by_its_first_cell_if_that_is_short(read: Reading) -> None:
    records = read("a.csv", f"place,text\nAlgiers,x\n{'i' * 201},y\n") + read("b.csv", "text,place\nx,Oran\n")
    assert [(made.title, made.body) for made in records] == [
        ("Algiers", "place: Algiers\nx"),
        ("a.csv", f"place: {'i' * 201}\ny"),
        ("b.csv", "x\nplace: Oran"),
    ]


def test_the_manifest_says_what_columns_are(read: Reading) -> None:
    text = "Headline,Title,written,key,note\nTalks end,Dr,20/03/2016,B7,Words.\n"
    columns = (("headline", "title"), ("written", "date"), ("key", "id"), ("note", "text"))
    (made,) = read("a.csv", text, columns=columns)
    assert (made.id, made.title, made.body) == ("a.csv#B7", "Talks end", "Title: Dr\nkey: B7\nWords.")
    assert made.metadata.date
    assert made.metadata.date.value == "2016-03-20"


def test_a_cell_that_is_too_long_costs_its_row_and_what_cannot_be_told_from_it(read: Reading) -> None:
    long = "x" * 10_000_001
    unread: list[PartFailure] = []
    for text in (f"a,b\n1,2\n3,{long}\n5,6\n", f'a,b\n1,2\n3,"\n{long}\n5,6\n'):
        records = readers_read.read(Source("a.csv"), text.encode(), unread.append)
        assert [made.part for made in records] == (["row-1", "row-3"] if '"' not in text else ["row-1"])
    assert [(part.part, part.reason) for part in unread] == [
        ("row-2", "line 3: a cell of more than 10,000,000 characters")
    ] * 2


def test_cells_without_a_name_and_second_cells_of_a_kind_are_text(read: Reading) -> None:
    (made,) = read("a.csv", ",title,name,path\n7,One,Uno,p,extra\n")
    assert (made.title, made.body) == ("One", "7\nname: Uno\npath: p\nextra")


def test_a_row_that_is_all_metadata_keeps_it_as_its_text(read: Reading) -> None:
    (made,) = read("a.csv", "title,date\nOne,2016\n")
    assert (made.title, made.body) == ("One", "title: One\ndate: 2016")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("rows", [1, 200])
def test_the_way_a_table_is_written_is_found(read: Reading, delimiter: str, quoting: int, rows: int) -> None:
    written = StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["title", "place, country", "price"])
    writer.writerows([f"Item {n}", 'Algiers, "the white"; a | b\tc', f"{n},5"] for n in range(rows))
    records = read("a.csv", written.getvalue())
    assert len(records) == rows
    assert (records[0].title, records[0].body) == (
        "Item 0",
        'place, country: Algiers, "the white"; a | b\tc\nprice: 0,5',
    )


def test_a_quotation_mark_in_a_table_with_tabs_need_not_be_closed(read: Reading) -> None:
    rows = read("a.tsv", 'title\tplace\n"One\tA\nTwo"\tB\n"Three" or so\tC\n')
    assert [made.title for made in rows] == ['"One', 'Two"', '"Three" or so']


@pytest.mark.parametrize(
    "text",
    [
        "12,13\n14,15",
        "2016-03-20,Talks end\n2016-03-21,Second",
        "a,a\n1,2",
        ",,a\n1,2,3",
        f"{'a' * 81},b\n1,2",
        "only,a header",
        "One line\n\nand another, with a comma\n  and an end",
        "names\nJane\nMax",
    ],
)
def test_a_table_without_a_header_is_one_text(read: Reading, text: str) -> None:
    (made,) = read("a.csv", f"\n{text}\n\n")
    assert (made.part, made.body, made.lines[0], len(made.lines)) == (None, text, 2, text.count("\n") + 1)


def test_one_column_is_a_table_if_its_name_is_known(read: Reading) -> None:
    assert [made.title for made in read("a.csv", "Title\nOne\nTwo\n")] == ["One", "Two"]


OBJECTS = [
    {"id": 7, "title": "One", "tags": ["gas", "talks"], "author": {"name": "Jane"}, "text": "a\nb", "n": None},
    {"title": "Two", "places": [{"name": "Oran"}, {"name": "Algiers", "seen": True}], "size": 1.5},
]
SHOWN = [
    ("7", "One", "Jane", ("gas", "talks"), "id: 7\na\nb"),
    ("row-2", "Two", None, (), "places.name: Oran\nplaces.name: Algiers\nplaces.seen: true\nsize: 1.5"),
]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.jsonl", "\n".join(map(json.dumps, OBJECTS)), [1, 2]),
        ("a.ndjson", "\n\n".join(map(json.dumps, OBJECTS)) + "\n", [1, 3]),
        ("a.json", json.dumps(OBJECTS), [1, 1]),
        ("a.json", "\ufeff\n" + json.dumps(OBJECTS, indent=1), [3, 16]),
        ("a.json", "\n".join(json.dumps(one, indent=1) for one in OBJECTS), [1, 14]),
        ("a.json", "[\n" + ",\n".join(map(json.dumps, OBJECTS)) + "\n]\n", [2, 3]),
    ],
)
def test_json_is_read_in_lines_in_an_array_or_in_a_row(read: Reading, name: str, text: str, lines: list[int]) -> None:
    records = read(name, text)
    said = [(made.part, made.title, made.metadata.creator, made.metadata.subject, made.body) for made in records]
    assert (said, [made.lines[0] for made in records]) == (SHOWN, lines)


def test_one_object_is_the_whole_files(read: Reading) -> None:
    (made,) = read("a.json", '{"title": "One", "id": 7, "deep": {"er": [1, 2]}}')
    assert (made.id, made.title, made.body) == ("a.json", "One", "id: 7\ndeep.er: 1; 2")


def test_text_that_cannot_be_stored_is_replaced(read: Reading) -> None:
    (made,) = read("a.json", r'{"text": "a\ud800b\u0000c"}')
    assert made.body == "a?b\ufffdc"


@pytest.mark.parametrize(
    ("name", "text", "bodies", "reasons"),
    [
        (
            "a.jsonl",
            '{"a": 1}\n{"a": \n{"a": 3}\n',
            ["a: 1", '{"a":', "a: 3"],
            ["line 2: is no JSON: Expecting value"],
        ),
        (
            "a.jsonl",
            '{"a": 1}\n' + '{"a":' * 9_000,
            ["a: 1", '{"a":' * 9_000],
            ["line 2: is no JSON: nested too deeply, or too large a number"],
        ),
        ("a.json", '[{"a": 1},\n {"b"', ["a: 1", '{"b"'], ["line 2: is no JSON: Expecting ':' delimiter"]),
        ("a.json", '[{"a": 1},\n', ["a: 1"], ["line 2: is no JSON: the array has no end"]),
        ("a.json", '[{"a": 1}]\nmore', ["a: 1", "more"], ["line 1: is no JSON: goes on behind the array"]),
        (
            "a.csv",
            f'a,b\n1,2\n3,"{"x" * 10_000_001}',
            ["a: 1\nb: 2"],
            ["line 3: a cell of more than 10,000,000 characters"],
        ),
    ],
)
def test_what_is_damaged_is_said_and_stays_as_text_and_the_rest_is_read(
    name: str, text: str, bodies: list[str], reasons: list[str]
) -> None:
    unread: list[PartFailure] = []
    records = readers_read.read(Source(name), text.encode(), unread.append)
    assert ([made.body.lstrip("\n") for made in records], [part.reason for part in unread]) == (bodies, reasons)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", " \n\n", "empty"),
        ("a.json", "[]", "empty"),
        ("a.json", "{}", "empty"),
        ("a.json", "not json", "line 1: is no JSON: Expecting value"),
        ("a.jsonl", "\n<page>", "line 2: is no JSON: Expecting value"),
        ("a.json", "[" * 100_000, "line 1: is no JSON: nested too deeply, or too large a number"),
        ("a.csv", 'a,b\n"' + "x" * 10_000_001, "row-1: line 2: a cell of more than 10,000,000 characters"),
        ("a.tsv", "P\3\4\0\0", "holds NUL bytes, so it is not text"),
    ],
)
def test_a_file_that_holds_no_row_says_why(read: Reading, name: str, text: str, message: str) -> None:
    with pytest.raises(ReaderError) as failure:
        read(name, text)
    assert (failure.value.message, bool(failure.value.hint)) == (message, True)


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_of_a_table_cut_short_every_value_up_to_there_is_kept(read: Reading, name: str, tenth: int) -> None:
    rows = [{"title": f"title{n}", "place": f"place{n}"} for n in range(50)]
    lines = "title,place\n" + "".join(f"{row['title']},{row['place']}\n" for row in rows)
    whole = {"a.csv": lines, "a.jsonl": "\n".join(map(json.dumps, rows)), "a.json": json.dumps(rows)}[name]
    part = whole[: len(whole) * tenth // 10]
    shown = " ".join(f"{made.title} {made.body}" for made in read(name, part))
    assert [word for n in range(50) for word in (f"title{n}", f"place{n}") if word in part and word not in shown] == []


CELLS = st.text(st.sampled_from('ab1,;\t|"\n é\x85'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_no_word_of_a_table_is_lost(rows: list[list[str]]) -> None:
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows([["title", "place", "text"], *rows])
    records = readers_read.read(Source("a.csv", Metadata(language="en")), written.getvalue().encode())
    shown = "".join(f"{made.title} {made.body}" for made in records)
    assert [cell for row in rows for cell in row for word in cell.split() if word not in shown] == []


ROWS = "name;date;sum\nOne;2016-03-20;3\nTwo;2016-03-21;4\n"


@pytest.mark.parametrize(
    ("above", "shown"),
    [
        ("Report of the port\nPrinted on 3 May 2016\n\n", "Report of the port\nPrinted on 3 May 2016"),
        ("Report; of the port\n", "Report; of the port"),
        ("Port, harbour, bay\nSource: the ledger\n", "Port, harbour, bay\nSource: the ledger"),
    ],
)
def test_lines_above_a_header_are_a_part_of_their_own(read: Reading, above: str, shown: str) -> None:
    top, one, two = read("a.csv", above + ROWS)
    assert (top.part, top.body) == ("top", shown)
    assert (one.part, one.title, one.body) == ("row-1", "One", "sum: 3")
    assert list(two.lines) == [above.count("\n") + 3]


@pytest.mark.parametrize(
    "text", [ROWS, ROWS + "a note below\n", "name,sum\nOne,3\n", "A text, with commas,\nand more, of them,\nin it.\n"]
)
def test_other_tables_and_texts_have_nothing_above(read: Reading, text: str) -> None:
    assert "top" not in [record.part for record in read("a.csv", text)]


@pytest.mark.parametrize("sign", ["/", "-", "."])
def test_a_column_of_dates_is_read_in_one_order(read: Reading, sign: str) -> None:
    rows = "".join(
        f"{name},{month}{sign}{day}{sign}2016\n" for name, month, day in (("A", "03", "20"), ("B", "03", "04"))
    )
    days = [record.metadata.date.value for record in read("a.csv", "title,date\n" + rows) if record.metadata.date]
    assert days == ["2016-03-20", "2016-03-04"]


def test_a_column_with_days_first_or_of_both_orders_stays_so(read: Reading) -> None:
    for first in ("20/03/2016", "20/03/2016\nC,03/20/2016"):
        records = read("a.csv", f"title,date\nA,{first}\nB,04/03/2016\n")
        assert records[-1].metadata.date
        assert records[-1].metadata.date.value == "2016-03-04"


def test_a_date_is_shown_as_it_is_written(read: Reading) -> None:
    records = read("a.csv", "title,date\nA,03/20/2016\nB,03/04/2016\n")
    assert [record.body for record in records] == ["title: A\ndate: 03/20/2016", "title: B\ndate: 03/04/2016"]
