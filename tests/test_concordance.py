"""The concordance: each match in its line, in order, aligned in any script; and the words near
the matches.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from docindex.model.documents import Date, Metadata, Record, Span
from docindex.render import concordance as render_concordance
from docindex.render import layout
from docindex.search import collocates, concordance

HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]")
TEXT = "Le lac gelé, dit-on.\nUn lac\n salé. Ce lac amer\fet un lac"


def record(body: str, name: str = "a.txt", day: date | None = None, language: str = "fr") -> Record:
    known = Date(day.isoformat(), day, day, "day") if day else None
    return Record(name, None, Metadata(date=known, language=language), None, body, range(5, body.count("\n") + 6))


def marks(body: str, word: str) -> list[Span]:
    return [Span(at, at + len(word)) for at in range(len(body)) if body.startswith(word, at)]


def found(body: str = TEXT, word: str = "lac", **more: object) -> list[concordance.ConcordanceLine]:
    return list(concordance.concordance_lines(record(body, **more), marks(body, word)))  # type: ignore[arg-type]


def test_a_line_is_the_match_and_what_stands_around_it_on_one_line() -> None:
    lines = list(concordance.concordance_lines(record(TEXT), marks(TEXT, "lac"), context_chars=9))
    assert [(line.number, line.page, line.left, line.match, line.right) for line in lines] == [
        (5, 1, "Le ", "lac", " gelé, di"),
        (6, 1, "t-on. Un ", "lac", " salé. C"),
        (7, 1, "salé. Ce ", "lac", " amer et"),
        (7, 2, "er et un ", "lac", ""),
    ]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("rank", [3, 24, 38, 53]),
        ("L1", [38, 3, 24, 53]),
        ("R1", [38, 3, 24, 53]),
        ("L2", [24, 53, 38, 3]),
        ("match", [3, 24, 38, 53]),
    ],
)
def test_lines_are_sorted_by_the_words_left_and_right(sort: str, expected: list[int]) -> None:
    assert [line.start for line in concordance.sort_lines(found(), sort)] == expected


@pytest.mark.parametrize("sort", ["rank", "L1", "R2", "match", "title", "date"])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_first_lines_are_those_that_are_first_of_all(sort: str, reverse: bool) -> None:
    lines = [*found(), *found("lac", "lac", name="b"), *found(name="c", day=date(2013, 1, 1))]
    every = concordance.sort_lines(lines, sort, reverse=reverse)
    assert sorted(map(id, every)) == sorted(map(id, lines))
    for limit in (1, 4, 20):
        assert concordance.sort_lines(lines, sort, reverse=reverse, limit=limit) == every[:limit]


def test_by_date_the_undated_come_last_either_way() -> None:
    lines = [
        *found("lac", name="c"),
        *found("lac", name="b", day=date(2016, 1, 1)),
        *found("lac", day=date(2013, 1, 1)),
    ]

    def names(*, reverse: bool) -> str:
        return "".join(line.record.path[0] for line in concordance.sort_lines(lines, "date", reverse=reverse))

    assert (names(reverse=False), names(reverse=True)) == ("abc", "bac")


def test_the_likelihood_is_dunnings() -> None:
    # The first and second rows of his table: "the swiss", "can be", among 31,777 pairs of words.
    assert round(collocates.log_likelihood_ratio(110, 221, 2552, 31777), 2) == 270.72
    assert round(collocates.log_likelihood_ratio(29, 152, 42, 31777), 2) == 263.90
    assert collocates.log_likelihood_ratio(10, 100, 100, 1000) == pytest.approx(0.0, abs=1e-9)


def test_collocates_are_the_words_that_stand_near_more_than_chance_has_it() -> None:
    body = "le lac gelé brille et la ville dort. " * 5 + "le soir tombe sur la ville et la ville dort encore. " * 20
    near = collocates.find_collocates([(record(body), marks(body, "lac"))], window=2)
    assert [(one.word, one.near, one.all) for one in near] == [
        ("brille", 5, 5),
        ("gelé", 5, 5),
        ("le", 5, 25),
        ("dort", 4, 25),
    ]


def test_a_word_near_two_matches_counts_once_and_a_match_is_no_collocate() -> None:
    body = "lac bleu lac bleu lac " + "autre mot ici " * 10
    near = collocates.find_collocates([(record(body), marks(body, "lac"))], window=1)
    assert [(one.word, one.near, one.all) for one in near] == [("bleu", 2, 2)]


@pytest.mark.parametrize(
    "body",
    [
        "Le lac gelé, dit-on.",
        "l'lac",
        "e\u0301te\u0301 " * 30 + "lac",
        "東京の " * 20 + "lac 東京の東京の" * 9,
        "قال إن lac هنا في المدينة " * 5,
        "\x1b[31mlac\u202e",
    ],
)
@pytest.mark.parametrize("width", [40, 60, 80, 160])
@pytest.mark.parametrize("plain", [True, False])
def test_matches_stand_in_one_column_and_no_row_is_too_wide(body: str, width: int, plain: bool) -> None:
    rows = list(render_concordance.rows([*found(body), *found()], width=width, plain=plain))
    assert [row.plain for row in rows if cell_len(row.plain) > width or HARMFUL.search(row.plain)] == []
    starts = {cell_len(row.plain[: span.start]) for row in rows for span in row.spans if span.style == "match"}
    assert len(starts) == 1


@given(st.text(st.sampled_from("ab é\u0301東بم "), max_size=60), st.integers(0, 40))
def test_what_is_cut_fits_and_is_a_beginning_or_an_end(text: str, room: int) -> None:
    head, tail = layout.head(text, room), layout.tail(text, room)
    assert text.startswith(head)
    assert text.endswith(tail) or not tail
    assert cell_len(tail) <= room
    assert cell_len(head) <= room


def test_the_command_shows_every_match(archive: Path, run) -> None:
    run("build")
    assert list(run("kwic", "Belmokhtar", "--width", "72", "--sort", "R1")) == [
        0,
        "notes/b.md:9         The talks with **Belmokhtar** broke off. A link\n"
        "press/a.txt:3   - Un règlement avec **Belmokhtar**, dit-on, fut rompu\n"
        "press/a.txt:1    accord secret avec **Belmokhtar** Le Journal - Un\n",
        "3 lines from 2 records · 3 records from 3 sources, indexed just now · N\n",
    ]
    assert run("kwic", "Belmokhtar", "-n", "1").err.startswith("the first 1 line from 2 records; -n 0 shows all · ")
    ran = run("kwic", "subject:otages")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("no line in the text of 1 record with subject:otages · ")
    assert list(run("kwic", "zzzz", "--format", "csv"))[:2] == [1, ",".join(render_concordance.COLUMNS) + "\n"]


def test_tables_are_read_as_they_were_written_and_hold_no_formula(archive: Path, run) -> None:
    (archive / "press/a.txt").write_text('=cmd() "Belmokhtar", dit-on\n\n-1\tpuis Belmokhtar\x00 @fin\n')
    (archive / "press/a.txt").write_bytes((archive / "press/a.txt").read_bytes().replace(b"\x00", b"\x07"))
    run("build")
    rows = list(csv.DictReader(io.StringIO(run("kwic", "Belmokhtar", "--lang", "fr", "--format", "csv").out)))
    assert [(row["line"], row["left"], row["match"], row["right"]) for row in rows] == [
        ("1", "'=cmd() \"", "Belmokhtar", '", dit-on -1 puis Belmokhtar␇ @fin'),
        ("3", '\'=cmd() "Belmokhtar", dit-on -1 puis', "Belmokhtar", "␇ @fin"),
    ]
    lines = run("kwic", "Belmokhtar", "--lang", "fr", "--format", "tsv").out.splitlines()
    assert {len(line.split("\t")) for line in lines} == {len(render_concordance.COLUMNS)}


def test_json_has_the_lines_or_the_collocates(archive: Path, run) -> None:
    run("build")
    answer = json.loads(run("kwic", "otages", "--json").out)
    (line,) = answer.pop("lines")
    assert answer == {"schema": 1, "query": "otages", "parsed": "otages", "total": 1, "repairs": []}
    assert (line["id"], line["line"], line["match"], line["right"]) == ("press/a.txt", 4, "otages", " est datée.")
    body = (archive / "press/a.txt").read_text()
    assert body[line["start"] :].startswith("otages")
    assert body.replace("\n", " ").replace("  ", " ").startswith(line["left"])
    (only,) = map(json.loads, run("kwic", "otages", "--format", "jsonl").out.splitlines())
    assert only == {"query": "otages", **line}
    near = json.loads(run("kwic", "Belmokhtar", "--lang", "fr", "--collocates", "--json").out)["collocates"]
    assert [(one["word"], one["near"], one["all"]) for one in near] == [("Un", 2, 2), ("avec", 2, 2)]
