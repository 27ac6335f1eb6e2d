"""Matches over time: what counts where, what is told apart, and how it is drawn."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from docindex.metadata import dates
from docindex.model.documents import IndexState, Metadata, Record
from docindex.model.results import Results, Staleness
from docindex.render import timeline as render_timeline
from docindex.search.timeline import Gap, Timeline, build_timeline


def records(*written: str | None) -> list[Record]:
    return [
        Record(f"{number}.txt", None, Metadata(title="T", date=dates.parse(text) if text else None), None, "", ())
        for number, text in enumerate(written)
    ]


def counts(found: Timeline) -> dict[str, tuple[int, ...]]:
    return {period.name: period.counts for period in found.periods}


@pytest.mark.parametrize(
    ("unit", "expected", "vague"),
    [
        ("year", {"2012": (1,), "2013": (3,)}, {"201x": (1,), "2012/2013": (1,)}),
        ("month", {"2012-12": (1,), "2013-01": (2,)}, {"2013": (1,), "201x": (1,), "2012/2013": (1,)}),
        (
            "day",
            {"2012-12-31": (1,), "2013-01-01": (1,)},
            {"2013-01": (1,), "2013": (1,), "201x": (1,), "2012/2013": (1,)},
        ),
    ],
)
def test_a_date_counts_only_in_a_period_that_holds_it_whole(
    unit: str, expected: dict[str, object], vague: dict[str, object]
) -> None:
    written = ["2012-12-31", "2013-01-01", "2013-01", "2013", "201x", "2012/2013", None]
    found = build_timeline([records(*written)], unit)
    assert (counts(found), dict(found.vague), found.undated) == (
        expected,
        {date and date.value: vague[text] for text in vague if (date := dates.parse(text))},
        (1,),
    )


def test_a_short_run_without_a_match_is_drawn_and_a_long_one_told() -> None:
    found = build_timeline([records("2010", "2013", "2017")], "year")
    assert list(counts(found)) == ["2010", "2011", "2012", "2013", "2017"]
    assert found.gaps == (Gap("2014", "2016", 3),)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        (["2013-01-05", "2013-02-20"], "day"),
        (["2013-01-05", "2013-06-20"], "month"),
        (["2013-01-05", "2013-02"], "month"),
        (["2009-01-05", "2016-02"], "year"),
        (["2013", "2013", "2013-02"], "year"),
        ([None], "year"),
        ([], "year"),
    ],
)
def test_the_unit_suits_the_span_and_what_is_known(written: list[str | None], unit: str) -> None:
    assert build_timeline([records(*written)]).unit == unit


def test_the_first_and_the_last_are_named_and_what_is_vague_is_neither() -> None:
    found = build_timeline(
        [records("2010/2016", "2013", "2013-01-01", "2014-05", "2014-05-31", None), records(None), []]
    )
    assert [mentions and (mentions.first.id, mentions.last.id) for mentions in found.mentions] == [
        ("2.txt", "4.txt"),
        None,
        None,
    ]


@given(
    st.lists(st.lists(st.dates() | st.none(), max_size=20), min_size=1, max_size=4),
    st.sampled_from(["year", "month", "day"]),
)
def test_every_match_is_counted_once_and_gaps_and_periods_meet(days: list[list[date | None]], unit: str) -> None:
    answers = [records(*(day.isoformat() if day and 1500 < day.year < 2900 else None for day in own)) for own in days]
    found = build_timeline(answers, unit)
    for number, own in enumerate(answers):
        placed = sum(period.counts[number] for period in found.periods)
        assert placed + sum(counts[number] for _, counts in found.vague) + found.undated[number] == len(own)
    jumps = [b.number - a.number - 1 for a, b in zip(found.periods, found.periods[1:], strict=False)]
    assert [jump for jump in jumps if jump] == [gap.length for gap in found.gaps]
    assert len(found.periods) <= 3 * sum(map(len, answers)) + 1


def results(*queries: str, total: int = 3) -> list[Results]:
    state = IndexState("2026-01-01T12:00:00Z", "1", 412, "/archive", None)
    return [Results(query, query, (), total, 0, None, 1.0, state, Staleness()) for query in queries]


def test_bars_are_drawn_to_one_scale() -> None:
    found = build_timeline(
        [records("2010", "2011", "2011", "2016", "2009/2010", None), records("2011", "2012")], "year"
    )
    assert [row.plain for row in render_timeline.rows(results("a", "b"), found, width=40)] == [
        "██  a",
        "▓▓  b",
        "",
        "2010       █████████████▌ 1",
        "2011       ███████████████████████████ 2",
        "           ▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 1",
        "2012       ▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 1",
        "        ⋯  no match for 3 years",
        "2016       █████████████▌ 1",
        "",
        "not known to the year:",
        "2009/2010  █████████████▌ 1",
        "",
        "a",
        "first  2010  T · 0.txt",
        "last   2016  T · 3.txt",
        "1 match without a date",
        "",
        "b",
        "first  2011  T · 0.txt",
        "last   2012  T · 1.txt",
    ]


@given(st.lists(st.integers(0, 40_000), max_size=30), st.integers(40, 130), st.sampled_from([1, 3]))
def test_no_bar_is_wider_than_the_terminal_and_none_that_counts_is_empty(
    days: list[int], width: int, queries: int
) -> None:
    own = records(*((date(1900, 1, 1) + timedelta(day)).isoformat() for day in days))
    rows = [
        row.plain
        for row in render_timeline.rows(results(*"abc"[:queries]), build_timeline([own] * queries), width=width)
    ]
    assert [row for row in rows if cell_len(row) > width] == []
    assert [row for row in rows if row.endswith(" 0")] == []


def test_a_picture_is_whole_and_holds_no_markup_of_strangers() -> None:
    found = build_timeline([records("2010", "2012-03-01", None), records("2011")], "year")
    picture = render_timeline.svg(results('<script>&"', "ب"), found)
    tree = ET.fromstring(picture)  # noqa: S314 - our own
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names == {"svg", "title", "style", "rect", "text", "line"}
    said = [element.text for element in tree.iter() if element.tag.endswith("}text")]
    assert said[:2] == ['<script>&" (3 matches)', "ب (3 matches)"]
    assert '<script>&": 1 match without a date' in said
    assert "prefers-color-scheme:dark" in picture
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


def test_where_nothing_is_dated_that_is_all_that_is_told() -> None:
    rows = render_timeline.rows(results("a"), build_timeline([records(None, None)]), width=40)
    assert [row.plain for row in rows] == ["2 matches without a date"]


def test_the_command_draws_tells_and_writes(archive: Path, run) -> None:
    run("build")
    assert list(run("timeline", "Belmokhtar", "--by", "year")) == [
        0,
        f"2013  {'█' * 72} 1\n2014\n2015\n2016  {'█' * 72} 1\n\n"
        "first  2013-01-17        Secret talks · notes/b.md\nlast   2016-03-20 23:15  Un accord · press/a.txt\n",
        "2 matches · 3 records from 3 sources, indexed just now · N\n",
    ]
    answer = json.loads(run("timeline", "Belmokhtar", "-e", "بلمختار", "--json").out)
    assert [query["undated"] for query in answer["queries"]] == [0, 1]
    assert answer["queries"][1] == {
        "query": "بلمختار", "parsed": "بلمختار", "total": 1, "periods": answer["queries"][1]["periods"], "vague": [],
        "undated": 1, "first": None, "last": None, "repairs": [],
    }  # fmt: skip
    rows = list(csv.reader(io.StringIO(run("timeline", "-e", "otages", "--format", "csv").out)))
    assert rows == [["query", "period", "precision", "count"], ["otages", "2016-03-20", "day", "1"]]
    assert run("timeline", "otages", "--format", "svg").out.startswith("<svg ")
    months = list(csv.reader(io.StringIO(run("timeline", "Belmokhtar", "--by", "month", "--format", "csv").out)))[1:]
    assert (len(months), months[0][1], months[1][1:], months[-1][1]) == (
        39,
        "2013-01",
        ["2013-02", "month", "0"],
        "2016-03",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "docindex: no query\n  try: docindex timeline Belmokhtar -e otages\n"),
        (["x", "--by", "week"], 2, "docindex: unknown unit 'week'\n  try: year, month, day\n"),
        (["zzzz"], 1, "no match for zzzz · 3 records from 3 sources, indexed just now · N\n"),
    ],
)
def test_what_cannot_be_drawn_is_said(archive: Path, run, arguments: list[str], code: int, message: str) -> None:
    run("build")
    assert list(run("timeline", *arguments)) == [code, "", message]
