"""One record shown: which is meant, which of its lines, and what of it is marked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from docindex.errors import UsageError
from docindex.model.documents import Metadata, Record, Span
from docindex.render.record import rows
from docindex.search import last_search, record_lines

FOUND = """\
Un accord
id          press/a.txt
date        2016-03-20 23:15
publisher   Le Journal
language    fr
subject     otages, accord
collection  Press

  1  20-03-2016 23:15 - Un accord secret avec **Belmokhtar**
  2
  3  Le Journal - Un règlement avec **Belmokhtar**, dit-on, fut rompu avant l'été.
  4  La prise d’otages est datée.
"""


@pytest.mark.parametrize("name", ["press/a.txt", "press", "PRESS/A.TXT", "2"])
def test_a_record_is_named_by_its_id_its_beginning_or_its_rank(archive: Path, run, name: str) -> None:
    run("build")
    run("search", "Belmokhtar")
    assert list(run("show", name, "--query", "belmokhtar")) == [0, FOUND, ""]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("notes", "docindex: 'notes' begins 2 ids\n  try: notes/b.md\n       notes/c.txt\n"),
        ("presse/a.txt", "docindex: no record 'presse/a.txt'\n  try: press/a.txt\n"),
        ("7", "docindex: no record '7'\n  try: an id, or its beginning, as docindex search -l prints them\n"),
        ("", "docindex: no record ''\n  try: an id, or its beginning, as docindex search -l prints them\n"),
    ],
)
def test_a_name_that_means_no_record_or_several_is_1(archive: Path, run, name: str, message: str) -> None:
    run("build")
    run("search", "Belmokhtar")
    assert list(run("show", name)) == [1, "", message]


def test_only_some_lines_are_shown(archive: Path, run) -> None:
    run("build")

    def body(*flags: str) -> str:
        return str(run("show", "press/a.txt", *flags).out).partition("\n\n")[2]

    last = "  4  La prise d’otages est datée.\n"
    assert body("--lines", "4") == body("--lines", "4:") == last
    assert body("-C", "0", "--query", "otages") == last.replace("otages", "**otages**")
    assert body("-C", "0", "--query", "secret otages") == (
        "  1  20-03-2016 23:15 - Un accord **secret** avec Belmokhtar\n  ⋯\n  4  La prise d’**otages** est datée.\n"
    )
    assert list(run("show", "press/a.txt", "--lines", "9:")) == [
        1,
        "",
        "docindex: press/a.txt has no lines 9:\n  try: it has 1 to 4\n",
    ]


def test_a_query_that_matches_nothing_of_the_record_is_1(archive: Path, run) -> None:
    run("build")
    ran = run("show", "press/a.txt", "--query", "zzz")
    assert (ran.code, ran.out.count("**"), ran.err) == (1, 0, "docindex: no match for zzz in press/a.txt\n")
    assert run("show", "press/a.txt", "-C", "1").code == 2


def test_what_matches_only_what_is_said_of_a_record_is_marked_there(archive: Path, run) -> None:
    run("build")
    code, out, err = run("show", "press/a.txt", "--query", "journal AND subject:accord AND collection:press")
    assert (code, err) == (0, "")
    assert out.splitlines()[3:7] == [
        "publisher   Le **Journal**",
        "language    fr",
        "subject     otages, **accord**",
        "collection  **Press**",
    ]
    assert run("search", "press", "journal").out.splitlines()[1] == (
        "    2016-03-20 23:15 · Le **Journal** · fr · press/a.txt:3 · **Press**"
    )
    assert "· Le **Journal** · fr ·" in run("search", "press", "journal", "--format", "md").out
    assert '<span class="collection"><bdi><mark>Press</mark></bdi></span>' in (
        run("search", "press", "journal", "--format", "html").out
    )


def test_a_record_whose_file_has_changed_says_so(archive: Path, run) -> None:
    run("build")
    (archive / "press/a.txt").write_text("autre")
    assert run("show", "press/a.txt").err == (
        "docindex: press/a.txt has changed since it was indexed; docindex build brings the index in step\n"
    )


def test_json_holds_the_lines_with_their_marks(archive: Path, run) -> None:
    run("build")
    answer = json.loads(run("show", "press/a.txt", "--query", "otages", "--lines", "4", "--json").out)
    assert answer["id"] == "press/a.txt"
    assert answer["title_marks"] == []
    text = "La prise d’otages est datée."
    start = (archive / "press/a.txt").read_text().index(text)
    assert answer["lines"] == [{"line": 4, "page": None, "start": start, "text": text, "marks": [[11, 17]]}]


def test_ranks_are_of_the_last_answer_of_the_same_index(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    last_search.save(tmp_path / "a", ["x", "y"], 11, environment)
    assert last_search.load(tmp_path / "a", environment) == {11: "x", 12: "y"}
    assert last_search.load(tmp_path / "b", environment) == {}
    last_search.save(tmp_path / "b", ["z"], 1, environment)
    assert (last_search.load(tmp_path / "a", environment), last_search.load(tmp_path / "b", environment)) == (
        {},
        {1: "z"},
    )
    assert [path.name for path in (tmp_path / "state/docindex").iterdir()] == ["last-answer.json"]


@pytest.mark.parametrize(
    "held", ["", "[]", "{}", '{"index": 1}', "\x00", '{"index": "INDEX", "first": "x", "ids": []}']
)
def test_a_broken_memory_is_no_memory(tmp_path: Path, held: str) -> None:
    environment = {"HOME": str(tmp_path)}
    last_search.save(tmp_path, ["x"], 1, environment)
    (tmp_path / ".local/state/docindex/last-answer.json").write_text(held.replace("INDEX", str(tmp_path)))
    assert last_search.load(tmp_path, environment) == {}


def test_a_place_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for environment in ({"XDG_STATE_HOME": str(tmp_path / "file")}, {}):
        last_search.save(tmp_path, ["x"], 1, environment)
        assert last_search.load(tmp_path, environment) == {}


@pytest.mark.parametrize(
    ("text", "expected"), [("10:20", (10, 20)), ("10:", (10, None)), (":20", (None, 20)), ("10", (10, 10))]
)
def test_line_numbers_are_read(text: str, expected: tuple[int | None, int | None]) -> None:
    assert record_lines.parse_line_range(text) == expected


@pytest.mark.parametrize("text", ["", ":", "a", "20:10", "1:2:3", "-1", "١"])
def test_what_names_no_lines_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        record_lines.parse_line_range(text)


def record(body: str, **more: object) -> Record:
    return Record("a.txt", None, Metadata(title="T"), None, body, range(1, body.count("\n") + 2), **more)  # type: ignore[arg-type]


def test_pages_begin_where_form_feeds_stand() -> None:
    found = record_lines.numbered_lines(record("a\nb\n\fc\nd\fe", page=3), ())
    assert [line.page for line in found] == [3, 3, 4, 4]


@given(st.lists(st.sampled_from(["a", "bb", " ", "\n", "\f", "é"]), max_size=30), st.data())
def test_what_is_marked_on_the_lines_is_what_is_marked_in_the_body(parts: list[str], data: st.DataObject) -> None:
    body = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=8)))
    marks = [Span(start, stop) for start, stop in zip(cuts[::2], cuts[1::2], strict=False)]
    found = record_lines.numbered_lines(record(body), marks)
    assert "\n".join(line.text for line in found) == body
    marked = {line.start + place for line in found for mark in line.marks for place in range(mark.start, mark.stop)}
    assert marked == {place for mark in marks for place in range(mark.start, mark.stop) if body[place] != "\n"}


def test_a_word_that_its_indentation_pushes_out_takes_one_row() -> None:
    body = " " * 35 + "RELEASE IN FULL"
    shown = [
        row.plain
        for row, _ in rows(record(body), (), record_lines.numbered_lines(record(body), ()), width=40, plain=False)
    ]
    assert shown[3:] == ["  1  RELEASE IN FULL"]


@given(st.text(st.sampled_from("ab é\u0301東 \t\x1b\u202e\r"), max_size=120), st.integers(20, 60))
def test_no_row_is_wider_than_the_terminal_nor_harmful(body: str, width: int) -> None:
    kept = record_lines.numbered_lines(record(body), ())
    shown = [row.plain for row, _ in rows(record(body), (), kept, width=width, plain=False)]
    assert all(cell_len(row) <= width and row.isprintable() for row in shown)
