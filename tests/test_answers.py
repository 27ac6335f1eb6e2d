"""Each format of an answer, read by the tool that people read it with, on records that try to
break it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_schema import SCHEMA, conforms
from markdown_it import MarkdownIt
from msgspec.structs import replace

from docindex.errors import UsageError
from docindex.model.documents import Date, IndexState, Metadata, Record, Span
from docindex.model.results import Hit, Passage, Results, Staleness
from docindex.render import formats
from docindex.render.table_output import COLUMNS, Template

DAY = date(2016, 3, 20)

NASTY = [
    '=cmd|"/c calc"!A0',
    "+1 -1 @SUM(A1)",
    "  =1+1",
    "＝1",
    "a \"quoted\", text; 'and' more",
    "one\ntwo\r\nthree\x0bfour\ttab",
    "nul \x00 escape \x1b[2J \x9b31m bell \x07",
    "𝔸stral 🗃️ 👩‍👧 e\u0301",
    "<script>alert(1)</script> &amp; <b>",
    "**bold** _under_ `code` [a](http://b.c) # head\n- item\n1. one | ~~x~~ $y$ <http://d.e> www.f.g",
    "\u202eoverride\u202c \u2067isolate",
    "قال بلمختار",
    "\\ back\\\\slash \\n",
    "1. not a list",
    "'",
    "",
]


def answer(*texts: str, mark: bool = True) -> Results:
    """A hit for each text, which is its title, its author, its path's beginning and its passage."""
    state = IndexState("2026-01-01T12:00:00Z", "1", 412, "/archive", None)
    hits = []
    for text in texts:
        known = Metadata(text or None, text, None, Date("2016-03", DAY, DAY, "month"), "fr", (text, "two"))
        record = Record(f"{text}/a.txt", "2", known, None, f"x {text} {text}", range(1, 100))
        marks = (Span(2, 2 + len(text)),) if mark and text.strip() else ()
        passage = Passage(record.body, 0, 3, None, marks)
        hits.append(Hit(record, 1.25, (passage,), stale=True))
    return Results("q", "q", tuple(hits), len(hits), 0, 10, 1.0, state, Staleness())


def written(form: str, *texts: str, mark: bool = True) -> str:
    return "".join(formats.answers(form, [answer(*texts, mark=mark)]))


def counted(form: str, counts: dict[str, int]) -> str:
    return "".join(formats.answers(form, [replace(answer("x"), facets={"creator": counts, "year": {"": 2}})]))


# JSON


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_json_holds_a_text_as_it_is(text: str) -> None:
    hit = conforms(written("json", text), "search")["hits"][0]
    assert (hit["title"], hit["creator"], hit["passages"][0]["text"]) == (text or "a.txt", text, f"x {text} {text}")
    line = conforms(written("jsonl", text), "line")
    assert {**line, "query": None} == {"query": None, **hit}


def test_json_of_a_name_that_is_no_text_is_still_json() -> None:
    assert json.loads(written("json", "caf\udce9").encode())["hits"][0]["title"] == "caf\udce9"


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_jq_reads_what_is_written() -> None:
    ran = subprocess.run(
        ["jq", "-r", ".hits[].creator"], input=written("json", *NASTY), capture_output=True, text=True, check=True
    )
    # (what reads the output makes every line's end one)
    assert ran.stdout == "".join(f"{text}\n" for text in NASTY).replace("\r\n", "\n")


def test_the_json_of_each_command_is_as_the_schema_says(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    (archive / "notes/empty.txt").write_text("")
    with (archive / "INDEX.md").open("a") as manifest:
        manifest.write("| `notes/empty.txt` | fr |\n")
    conforms(run("build", "--json").out, "build")
    assert conforms(run("search", "Belmokhtar", "--json", "--facets", "year").out, "search")["total"] == 2
    assert conforms(run("search", "zzzz", "--json").out, "search")["hits"] == []
    assert conforms(run("search", "Belmokhtarr", "--json").out, "search")["suggestions"]
    assert conforms(run("search", "Belmokhtar", "nowhere", "--json").out, "search")["why"]
    for line in run("search", "Belmokhtar", "--jsonl").out.splitlines():
        conforms(line, "line")
    assert conforms(run("status", "--json").out, "status")["records"] == 3
    assert conforms(run("check", "--json").out, "check")["findings"]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_matches_in_what_is_said_of_a_record_are_marked_in_json_as_well(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    with (archive / "INDEX.md").open("a") as manifest:
        manifest.write("\n## Gao\n\n- `more.txt` — author: Ann Consul; subject: hostages, the consul\n")
    (archive / "more.txt").write_text("The consul of Gao\n")
    run("build")
    hit = conforms(run("search", "consul gao", "--json").out, "search")["hits"][0]
    assert hit["title_marks"] == [[4, 10], [14, 17]]
    assert hit["described_marks"] == {"creator": [[4, 10]], "subject": [[14, 20]], "collection": [[0, 3]]}
    whole = json.loads(run("show", "more.txt", "--query", "consul gao", "--json").out)
    assert whole["described_marks"] == hit["described_marks"]


# Tables


@pytest.mark.skipif(not shutil.which("ssconvert"), reason="Gnumeric is not installed")
@pytest.mark.filterwarnings("ignore:Workbook contains no default style")  # Gnumeric writes none
@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_spreadsheet_opens_the_cells_and_reckons_nothing(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"answer.{form}"
    file.write_text(written(form, *NASTY), encoding="utf-8")
    subprocess.run(["ssconvert", str(file), str(tmp_path / "answer.xlsx")], capture_output=True, check=True)
    sheet = openpyxl.load_workbook(tmp_path / "answer.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == COLUMNS
    assert len(rows) == 1 + len(NASTY)
    assert not [cell.value for row in rows for cell in row if cell.data_type == "f"]
    for text, row in zip(NASTY, rows[1:], strict=True):
        creator = row[COLUMNS.index("creator")].value
        assert set(filter(str.isalnum, str(creator or ""))) == set(filter(str.isalnum, text))


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_a_table_has_one_line_and_all_cells_for_each_hit(form: str, text: str) -> None:
    out = written(form, text, "next")
    dialect: Any = csv.excel if form == "csv" else {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    lines = io.StringIO(out, newline="")
    head, row, other = csv.reader(lines, dialect) if form == "csv" else csv.reader(lines, **dialect)
    assert out.count("\n") == 3
    assert head == COLUMNS
    assert (len(row), other[COLUMNS.index("title")]) == (len(COLUMNS), "next")
    assert not [cell for cell in row if cell.lstrip().startswith(tuple("=+-@＝"))]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", out)


def test_a_row_says_what_is_known() -> None:
    assert written("tsv", "Été").splitlines()[1].split("\t") == (
        "q|1|1.2500|Été/a.txt#2|Été/a.txt|2|Été|Été||2016-03|2016-03-20|2016-03-20|fr|Été; two||3||x Été Été|yes||||||"
    ).split("|")


def test_an_empty_answer_is_still_a_table() -> None:
    assert written("csv") == ",".join(COLUMNS) + "\n"
    assert written("tsv") == "\t".join(COLUMNS) + "\n"


@given(st.text())
def test_any_text_keeps_a_table_in_shape(text: str) -> None:
    assert len(written("tsv", text).split("\n")[1].split("\t")) == len(COLUMNS)
    rows = list(csv.reader(io.StringIO(written("csv", text), newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2


# Markdown


def spoken(text: str) -> tuple[list[str], list[str], set[str]]:
    """What a reader of Markdown takes a text for: its bold parts, its other texts, its kinds of
    markup.
    """
    bold: list[str] = []
    other: list[str] = []
    kinds: set[str] = set()
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        kinds.add(token.type)
        deep = False
        for child in token.children or ():
            if child.type in ("strong_open", "strong_close"):
                deep = child.type == "strong_open"
            elif child.type == "text":
                (bold if deep else other).append(child.content)
            else:
                kinds.add(child.type)
    return bold, other, kinds - {"text"}


PLAIN = {
    *("heading_open heading_close inline paragraph_open paragraph_close blockquote_open blockquote_close".split()),
}


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_no_document_acts_as_markdown(text: str) -> None:
    _, other, kinds = spoken(written("md", text, mark=False))
    assert kinds <= PLAIN | {"text_special"}
    assert "".join(other).count("3: x") == 1


def test_matches_are_bold() -> None:
    assert written("md", "l’été*") == (
        "# q\n\n1 match\n\n## 1. l’été\\*\n\n"
        "2016-03 · l’été\\* · fr · l’été\\*/a.txt:3 · \\#2 · changed since it was indexed\n"
        "\n> line 3: x **l’été\\*** l’été\\*\n"
    )


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_facets_are_a_list_in_which_no_document_acts(text: str) -> None:
    _, _, kinds = spoken(counted("md", {text: 1}))
    lists = {"bullet_list_open", "list_item_open", "list_item_close", "bullet_list_close"}
    assert kinds <= PLAIN | lists | {"text_special"}


def test_facets_stand_above_the_matches_the_rarest_left_out() -> None:
    out = counted("md", {"Le Monde": 1_000, **{str(number): 1 for number in range(20)}})
    assert "1 match\n\n- creator: Le Monde (1,000) · 0 (1) · " in out
    assert " · 9 more\n- year: undated (2)\n\n## 1. x" in out
    assert counted("md", {}).count("- ") == 1


# HTML


class Page(HTMLParser):
    """The elements of a page, the texts in its articles, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.kinds: set[str] = set()
        self.open: list[str] = []
        self.marked: list[str] = []
        self.quoted = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.add(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "blockquote" in self.open:
            self.quoted += data
        if self.open[-1:] == ["mark"]:
            self.marked.append(data)


ELEMENTS = "html head meta title style body header h1 p article h2 span bdi div blockquote mark".split()


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_a_page_is_whole_and_no_document_acts_in_it(text: str) -> None:
    page = Page(written("html", text))
    assert page.open == []
    assert page.kinds <= set(ELEMENTS)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href")]
    assert page.quoted.startswith("x")
    assert len(page.marked) == bool(text.strip())


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_facets_on_a_page_are_as_harmless(text: str) -> None:
    page = Page(counted("html", {text: 1_000}))
    assert page.open == []
    assert page.kinds <= {*ELEMENTS, "dl", "dt", "dd"}


def test_a_page_lets_each_text_run_its_own_way() -> None:
    out = written("html", "قال")
    assert '<blockquote dir="rtl" lang="fr">x <mark>قال</mark> قال</blockquote>' in out
    assert not re.search(r"https?:|url\(|@import|<script|<link", out)


# Templates


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{date} {title}", "2016-03 Été"),
        ("{{{rank}}}\\t{line}", "{1}\t3"),
        ("", ""),
        ("{publisher}{page}|{passages}", "|x Été Été"),
    ],
)
def test_a_template_is_filled_in(template: str, line: str) -> None:
    assert list(Template(template).lines(answer("Été"))) == [line]


KNOWN = f"{', '.join(COLUMNS)}; {{{{ and }}}} for braces"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{tile}", "unknown field 'tile'"),
        ("{}", "unknown field ''"),
        ("{title:>9}", "unknown field 'title:>9'"),
        ("{title!r}", "unknown field 'title!r'"),
        ("{title.__class__}", "unknown field 'title.__class__'"),
        ("{title", "expected '}' before end of string"),
        ("}", "Single '}' encountered in format string"),
    ],
)
def test_a_template_that_means_nothing_is_refused(template: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        Template(template)
    assert (refused.value.message, refused.value.hint) == (f"template '{template}': {message}", KNOWN)


# The command line


def test_formats_leave_by_stdout_and_ask_for_one_thing(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("build")
    assert run("search", "Belmokhtar", "--template", "{language}").out == "en\nfr\n"
    assert run("search", "Belmokhtar", "--template", "{language}", "-0").out == "en\0fr\0"
    assert run("search", "Belmokhtar", "--format", "csv", "--bom").out.startswith("\ufeffquery,rank,")
    assert run("search", "Belmokhtar", "-l", "-n", "1").out == "notes/b.md\n"
    assert list(run("search", "zzzz", "--format", "csv"))[:2] == [1, ",".join(COLUMNS) + "\n"]
    assert list(run("search", "x", "--json", "-l")) == [
        2,
        "",
        "docindex: --json and -l ask for different answers\n  try: one of them\n",
    ]
    assert list(run("search", "x", "-0")) == [2, "", "docindex: -0 is for lines\n  try: with -l or --template\n"]
    assert list(run("search", "x", "--template", "{tile}")) == [
        2,
        "",
        f"docindex: template '{{tile}}': unknown field 'tile'\n  try: {KNOWN}\n",
    ]


def test_what_scripts_read_is_utf_8_whatever_the_terminal(archive: Path) -> None:
    def out(*arguments: str) -> bytes:
        environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
        command = [sys.executable, "-m", "docindex", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout

    out("build")
    assert "l'été".encode() in out("search", "otages", "--json")
    assert b"l'?t?" in out("search", "otages")
