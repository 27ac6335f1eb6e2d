"""What people see: the list at several widths, its marks, and documents that would harm a
terminal.
"""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from docindex.cli.console import styled
from docindex.config import Settings
from docindex.errors import UsageError
from docindex.metadata import dates
from docindex.model.documents import Date, Failure, IndexState, Metadata, Record, Span
from docindex.model.results import (
    Candidate,
    ClauseCount,
    Diagnosis,
    Hit,
    Passage,
    Relaxation,
    Results,
    Staleness,
    Suggestion,
)
from docindex.render import color, layout, reports, theme
from docindex.render import results as render_results
from docindex.render.dates import date_in_words
from docindex.render.hyperlinks import links
from docindex.render.sanitize import bidi_isolate, escape_controls

BODY = "Le règlement avec Belmokhtar, dit-on, fut rompu.\nLes négo-\nciations ont cessé durant l’été. " + "Rien. " * 30
DAY = date(2016, 3, 20)


def hit(
    body: str = BODY, marks: tuple[Span, ...] = (Span(18, 28),), title: str = "Accord secret", **known: object
) -> Hit:
    metadata = Metadata(**{"title": title, "language": "fr", **known})  # type: ignore[arg-type]
    record = Record("press/a.txt", None, metadata, None, body, range(3, 10))
    passage = Passage(body[:90], 0, 3, None, marks)
    return Hit(record, 1.0, (passage,), (Span(0, 6),) if title.startswith("Accord") else ())


def results(*hits: Hit, total: int | None = None, **changes: object) -> Results:
    state = IndexState("2026-01-01T12:00:00Z", "1", 412, "/archive", None)
    found = {"query": "q", "parsed": "q", "hits": hits, "total": len(hits) if total is None else total, "offset": 0}
    rest = {"limit": 10, "elapsed_ms": 3.2, "index": state, "staleness": Staleness()}
    return Results(**{**found, **rest, **changes})  # type: ignore[arg-type]


def lines(answer: Results, width: int | None = None, *, plain: bool = True) -> list[str]:
    return [line.plain for line in render_results.hits(answer, width=width, plain=plain)]


def test_a_pipe_gets_one_line_for_each_thing() -> None:
    full = hit(publisher="Le Journal", date=Date("2016-03-20T23:15", DAY, DAY, "minute"))
    assert lines(results(full)) == [
        " 1  **Accord** secret",
        "    2016-03-20 23:15 · Le Journal · fr · press/a.txt:3",
        "    3  Le règlement avec **Belmokhtar**, dit-on, fut rompu. Les négo- ciations ont cessé durant l’été…",
    ]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = hit(title="Un titre sans fin " * 9 + "x" * 200, publisher="東京新聞" * 20)
    for line in lines(results(long, hit()), width, plain=False):
        assert cell_len(line) <= max(width, 28)


def test_further_lines_stand_under_the_first() -> None:
    assert lines(results(hit()), 40)[2:] == [
        "    3  Le règlement avec **Belmokhtar**,",
        "       dit-on, fut rompu. Les négo-",
        "       ciations ont cessé durant l’été…",
    ]


def test_a_word_cut_at_a_lines_end_is_shown_as_one() -> None:
    start = BODY.index("négo-")
    assert "**négo-ciations**" in lines(results(hit(marks=(Span(start, start + 14),))))[2]


def test_colour_replaces_the_asterisks() -> None:
    text = io.StringIO()
    console = theme.console(text, color=True)
    for line in render_results.hits(results(hit()), width=80, plain=False):
        console.print(line)
    assert "\x1b[1;31mBelmokhtar\x1b[0m" in text.getvalue()
    assert "**" not in text.getvalue()


def test_what_is_not_known_leaves_no_gap() -> None:
    bare = Hit(Record("a.txt", None, Metadata(), None, "", range(1, 2)), 1.0)
    assert lines(results(bare)) == [" 1  a.txt", "    a.txt"]


def test_a_page_stands_before_its_line() -> None:
    one = hit()
    paged = Hit(one.record, 1.0, (Passage("text", 0, 7, 2, ()),))
    assert lines(results(paged))[2] == "    p. 2, l. 7  text…"


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2012-21~", "about spring 2012"),
        ("201X", "2010s"),
        ("19XX", "1900s"),
        ("2012?", "perhaps 2012"),
        ("2012-03%", "perhaps about 2012-03"),
        ("../2012", "until 2012"),
        ("2012/..", "from 2012"),
        ("2012-03~/2013-05", "about 2012-03 to 2013-05"),
        ("2012-03-04T10:00", "2012-03-04 10:00"),
    ],
)
def test_a_date_is_shown_as_people_say_it(edtf: str, words: str) -> None:
    assert date_in_words(dates.parse(edtf)) == words


def test_right_to_left_text_is_set_apart() -> None:
    arabic = hit("قال بلمختار ذلك", (Span(4, 11),), title="اتفاق سري")
    assert lines(results(arabic))[0] == " 1  \u2067اتفاق سري\u2069"
    assert lines(results(arabic))[2] == "    3  \u2067قال **بلمختار** ذلك\u2069"


def test_every_row_of_a_text_runs_as_the_text_does() -> None:
    left = hit("The name is written in Arabic as follows: بلمختار and then it goes on in Latin letters.", ())
    assert lines(results(left), 40)[2:] == [
        "    3  The name is written in Arabic as",
        "       \u2066follows: بلمختار and then it goes\u2069",
        "       on in Latin letters.",
    ]
    right = hit("قال بلمختار ذلك في رسالة (a letter in Latin letters) وصلت", ())
    assert lines(results(right), 40)[2:] == [
        "    3  \u2067قال بلمختار ذلك في رسالة (a\u2069",
        "       \u2067letter in Latin letters) وصلت\u2069",
    ]


def test_a_text_runs_as_most_of_its_letters_whatever_name_it_begins_with() -> None:
    named = hit("Jacksonville. عانت المدينة من الآثار السلبية للامتداد.", ())
    assert lines(results(named), 40)[2:] == [
        "    3  \u2067Jacksonville. عانت المدينة من\u2069",
        "       \u2067الآثار السلبية للامتداد.\u2069",
    ]


def test_of_many_values_the_most_frequent_are_shown() -> None:
    counts = {"سيدني": 3_000, **{f"n{number:02}": 1 for number in range(13)}}
    shown = [line.plain for line in render_results.facets(results(facets={"creator": counts}), width=60)]
    assert shown == [
        "creator     --creator  \u2066\u2068سيدني\u2069\u00a03,000 · n00\u00a01 · n01\u00a01 · n02\u00a01\u2069",
        "                       n03\u00a01 · n04\u00a01 · n05\u00a01 · n06\u00a01 · n07\u00a01",
        "                       n08\u00a01 · n09\u00a01 · n10\u00a01 · 2 more",
    ]


def test_a_value_longer_than_a_line_breaks_at_its_blanks() -> None:
    counts = {"Sullivan, Jacob J <SullivanJJ@state.example>": 2, "Eve": 1}
    shown = [line.plain for line in render_results.facets(results(facets={"creator": counts}), width=60)]
    assert shown == [
        "creator     --creator  Sullivan, Jacob J",
        "                       <SullivanJJ@state.example>\u00a02 · Eve\u00a01",
    ]


def test_markup_of_a_document_is_text() -> None:
    text = io.StringIO()
    console = theme.console(text, color=True)
    for line in render_results.hits(results(hit("[red]x[/red] :smile: http://a.b 12", ())), width=80, plain=False):
        console.print(line)
    assert "  [red]x[/red] :smile: http://a.b 12\n" in text.getvalue()


HARMFUL = ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x7f", "\x00", "\u202e", "\u2066", "\r", "\x08", "\ud800"]


@pytest.mark.parametrize("attack", HARMFUL, ids=ascii)
def test_no_document_reaches_the_terminal_with_a_control(attack: str) -> None:
    evil = hit(f"a{attack}b", (Span(0, 1),), title=f"t{attack}", publisher=f"p{attack}", creator=f"c{attack}")
    footer = render_results.footer(results(evil, query=attack, total=0, repairs=(attack,)), now=datetime.now(UTC))
    for line in [*lines(results(evil)), *(line.plain for line in footer)]:
        assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u2066"]


@given(st.text())
def test_made_harmless_a_text_keeps_its_length(text: str) -> None:
    safe = escape_controls(text)
    assert len(safe) == len(text)
    assert not [c for c in safe if unicodedata.category(c) == "Cc" and c not in "\t\n"]
    assert escape_controls(safe) == safe


def test_only_what_needs_it_is_isolated() -> None:
    assert (bidi_isolate("abc"), bidi_isolate("بلمختار")) == ("abc", "\u2068بلمختار\u2069")


def osc8(uri: str, text: str) -> str:
    return f"\x1b]8;;{uri}\x1b\\{text}\x1b]8;;\x1b\\"


@pytest.mark.parametrize(
    ("template", "path", "uri"),
    [
        (None, "press/a b.txt", "file:///archive/press/a%20b.txt"),
        ("vscode://file/{path}:{line}", "é#?.txt", "vscode://file//archive/%C3%A9%23%3F.txt:3"),
        ("x:{path}", "a\x1b\\b\udce9", "x:/archive/a%1B%5Cb%E9"),
    ],
)
def test_a_link_leads_to_the_file_and_its_line_and_holds_no_control(template: str, path: str, uri: str) -> None:
    assert links("/archive", template)(path, 3) == uri


@pytest.mark.parametrize("template", ["{file}", "{path", "{path!r}", "{line:04}", "x\x1b{path}", "{path.stem}", "{}"])
def test_a_link_that_cannot_be_filled_in_is_refused(template: str) -> None:
    with pytest.raises(UsageError) as refused:
        links("/archive", template)
    assert refused.value.hint == "vscode://file/{path}:{line}"


def test_paths_and_line_numbers_are_links_with_and_without_colour() -> None:
    link = links("/archive", "x:{path}:{line}")
    rows = list(render_results.hits(results(hit()), width=80, plain=True, link=link))
    assert styled(rows, Settings(), color=False).splitlines()[1:3] == [
        "    fr · " + osc8("x:/archive/press/a.txt:3", "press/a.txt:3"),
        "    " + osc8("x:/archive/press/a.txt:3", "3") + "  " + rows[2].plain[7:],
    ]
    colored = re.sub(r"id=\d+", "", styled(rows, Settings(), color=True))
    assert "\x1b]8;;x:/archive/press/a.txt:3\x1b\\\x1b[32mpress/a.txt:3\x1b[0m\x1b]8;;\x1b\\" in colored


@pytest.mark.parametrize(
    ("when", "term", "tty", "expected"),
    [
        ("auto", "xterm", True, True),
        ("auto", "xterm", False, False),
        ("auto", "dumb", True, False),
        ("always", "dumb", False, True),
        ("never", "xterm", True, False),
    ],
)
def test_links_are_for_terminals_that_know_them(when: str, term: str, *, tty: bool, expected: bool) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: tty  # type: ignore[method-assign]
    assert color.wants_links(when, stream, {"TERM": term}) is expected


def test_the_users_styles_replace_ours_by_name() -> None:
    assert theme.theme_with({"match": "blue"}).styles["match"] == Style.parse("blue")
    assert theme.theme_with({"match": "blue"}).styles["title"] == theme.THEME.styles["title"]
    with pytest.raises(UsageError, match="theme: unknown name 'macth'"):
        theme.theme_with({"macth": "blue"})
    with pytest.raises(UsageError, match="theme: unable to parse 'pinkish'"):
        theme.theme_with({"match": "pinkish"})


NOW = datetime(2026, 1, 1, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (results(hit()), ["1 match · 412 records from 0 sources, indexed 2 hours ago · 3 ms"]),
        (
            results(hit(), total=57),
            ["1 of 57 matches; --offset 1 shows more · 412 records from 0 sources, indexed 2 hours ago · 3 ms"],
        ),
        (
            results(query="zzz", repairs=("closed the open quote",)),
            [
                "query: closed the open quote",
                "no match for zzz · 412 records from 0 sources, indexed 2 hours ago · 3 ms",
            ],
        ),
        (
            results(hit(), staleness=Staleness(("a",), ("b", "c"), 4, manifest=True)),
            [
                "1 match · 412 records from 0 sources, indexed 2 hours ago · 3 ms",
                "index 2 h old: 1 changed, 4 new, 2 gone, the manifest has changed; docindex build brings it in step",
            ],
        ),
        (
            results(
                hit(),
                index=IndexState(
                    "2026-01-01T14:29:59Z",
                    "1",
                    1,
                    "/",
                    None,
                    failures=(Failure("I", 1, "x: empty"), Failure("I", 2, "y", lost=False)),
                ),
            ),
            [
                "1 match · 1 record from 0 sources, indexed just now · 3 ms",
                "1 document could not be searched; docindex status says which and why",
            ],
        ),
    ],
)
def test_the_footer_says_what_was_searched_and_how_fresh_it_is(answer: Results, expected: list[str]) -> None:
    assert [line.plain for line in render_results.footer(answer, now=NOW)] == expected


@pytest.mark.parametrize(
    ("when", "environment", "tty", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, True, False),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
    ],
)
def test_colour_is_decided_in_the_order_people_expect(
    when: str, environment: dict[str, str], *, tty: bool, expected: bool
) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: tty  # type: ignore[method-assign]
    assert color.wants_color(when, stream, environment) is expected


def test_files_that_lack_the_same_libraries_are_one_line() -> None:
    needs = ("needs libraries that are not installed", "pip install pypdfium2")
    pdf = [
        Failure("INDEX.md", line, f"{line}.pdf: {needs[0]}", needs[1], missing_format="pdf") for line in range(1_200)
    ]
    html = Failure("a.html", None, needs[0], "pip install lxml", missing_format="html")
    empty = Failure("INDEX.md", 3, "a.txt: empty", "fill it")
    assert [line.plain for line in reports.failures([html, *pdf[:600], empty, *pdf[600:]])] == [
        "INDEX.md:3: a.txt: empty (fill it)",
        "html: the libraries that 1 file needs are not installed (pip install lxml)",
        "pdf: the libraries that 1,200 files need are not installed (pip install pypdfium2)",
    ]


def test_a_table_keeps_its_column_where_its_lines_are_wrapped() -> None:
    why = Diagnosis(
        (
            ClauseCount("Belmokhtar", 2, ()),
            ClauseCount(
                '"accord tenu secret"', 0, (Relaxation("without it", "q", 2), Relaxation("as words", "q", 1_234))
            ),
        ),
        more=3,
        unsearched=0,
    )
    answer = results(total=0, why=why, suggestions=(Suggestion("بلمحتار", 0, (Candidate("بلمختار", 6),), clear=True),))
    lines = [
        line.plain
        for line in layout.wrap_lines(render_results.footer(answer, now=datetime(2026, 1, 1, 13, tzinfo=UTC)), 40)
    ]
    assert lines == [
        "\u2068بلمحتار\u2069: not in the index; did you mean",
        "\u2068بلمختار\u2069 (6)?",
        "why: no record matches all of this; each",
        "part by itself",
        "  2  Belmokhtar",
        '  0  "accord tenu secret" → 2 without it',
        "     · 1,234 as words",
        "     and 3 more parts",
        "no match for q · 412 records from 0",
        "sources, indexed 1 hour ago · 3 ms",
    ]
