"""Manual pages and other roff documents: their words, without requests and escapes."""

from __future__ import annotations

import gzip

import pytest
from packages import Outline, Reading

from docindex.readers import detection
from docindex.readers.roff_escapes import plain

PAGE = r""".\" A comment
.de XX
.B hidden
..
.TH LEDGER 1 2016-03-20 "Harbour tools"
.SH NAME
ledger \- keep a list of ships
.SH "SEE ALSO"
.PP
The \fBharbour\fR master, \(lqhe\(rq, kept it.\" not shown
.TP
\fB\-a\fR, \fB\-\-all\fR
.BR print (1),
.I "two words"
.if n .ad l
.nr a 1
"""


def test_words_of_macros_and_text_are_read_by_their_lines(read: Reading, outline: Outline) -> None:
    ((identity, title, rows),) = outline(read("ledger.1", PAGE))
    assert (identity, title) == ("ledger.1", "ledger(1)")
    assert [(line, text) for line, text in rows if text] == [
        (6, "NAME"),
        (7, "ledger - keep a list of ships"),
        (8, "SEE ALSO"),
        (10, "The harbour master, “he”, kept it."),
        (12, "-a, --all"),
        (13, "print(1),"),
        (14, "two words"),
    ]


def test_the_date_of_a_page_is_that_of_its_header(read: Reading) -> None:
    (record,) = read("ledger.1", PAGE)
    assert record.metadata.date
    assert record.metadata.date.value == "2016-03-20"


def test_mdoc_is_read_as_it_is_shown(read: Reading) -> None:
    page = ".Dd March 20, 2016\n.Dt LEDGER 1\n.Os\n.Sh NAME\n.Nm ledger\n.Nd keeps a list\n.Sh SYNOPSIS\n.Nm\n"
    page += ".Op Fl a Ar file\n.Sh DESCRIPTION\n.Nm\nlists ships ,\n.Xr print 1 .\n.Bl -tag\n.It Fl a\nAll.\n.El\n"
    (record,) = read("ledger.1", page)
    assert record.title == "ledger(1)"
    assert [line for line in record.body.split("\n") if line] == [
        "NAME", "ledger", "keeps a list", "SYNOPSIS", "ledger", "-a file", "DESCRIPTION", "ledger", "lists ships ,",
        "print 1.", "-a", "All.",
    ]  # fmt: skip


def test_cells_of_a_table_make_rows(read: Reading) -> None:
    page = ".TH A 1\n.SH T\n.TS\ntab(;) box;\nl l.\nName\tSum\n_\nDurand\t12\n.TE\nBelow\n"
    (record,) = read("a.1", page)
    assert [line for line in record.body.split("\n") if line] == ["T", "Name · Sum", "Durand · 12", "Below"]


def test_a_page_that_only_names_another_shows_its_name(read: Reading) -> None:
    assert read("a.1", ".so man1/b.1\n")[0].body == "man1/b.1"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\fBbold\fP \f(BIboth\fR \f[CW]code\f[]", "bold both code"),
        (r"a\-b \e \(co \[u00E9] \[e aa]\('e", "a-b \\ © é é"),
        (r"\s+2big\s0 \s[8]small\s0", "big small"),
        (r"\*(Tm\*[lq]x\*(rq", "™“x”"),
        (r"\h'-1n'x\v'1'y\w'abc'", "xy"),
        (r"one\ two\~three\&.\|\^\c", "one two three."),
        (r"end \" comment", "end "),
        ("a backslash at the end\\", "a backslash at the end"),
    ],
)
def test_escapes_become_characters(written: str, shown: str) -> None:
    assert plain(written) == shown


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.1", b'.\\" x\n.TH A 1\n.SH B\nc\n', "roff"),
        ("a", b"'\\\" t\n.TH A 1\n.SH B\nc\n", "roff"),
        ("a.ms", b".TL\nTitle\n.PP\nText\n", "roff"),
        ("a.txt", b"...and so on\n.SH is no macro here\n", "roff"),
        ("b.txt", b"Text\n.TH A 1\n", "text"),
        ("c.txt", b".net is a name\n", "text"),
    ],
)
def test_the_first_line_tells_roff_from_text(name: str, data: bytes, form: str) -> None:
    found = detection.format_of(name, data)
    assert found
    assert found.name == form


def test_a_packed_page_is_read(read: Reading) -> None:
    assert "harbour master" in read("ledger.1.gz", gzip.compress(PAGE.encode()))[0].body


def test_definitions_end_where_they_say_and_hide_nothing_behind_them(read: Reading) -> None:
    page = ".TH A 1\n.de URL\nhidden\n..\n.am MTO\n.  ad l\n.  .\n.ig XX\nhidden\n.XX\n.SH NAME\nshown\n"
    assert [line for line in read("a.1", page)[0].body.split("\n") if line] == ["NAME", "shown"]


def test_a_page_without_words_is_read_as_it_is_written(read: Reading) -> None:
    assert read("a.1", ".TH A 1\n.nr x 1\n")[0].body == ".TH A 1\n.nr x 1"
