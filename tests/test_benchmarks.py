"""The benchmark's own arithmetic: what it draws, compares, adds up and writes.

Nothing here is timed.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import processes
import pytest
import speed
import start
import texts
from hypothesis import given
from hypothesis import strategies as st
from tables import Table, megabytes, seconds, times
from texts import Query, Texts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty texts: every one holds `daily`, every fifth `weekly meeting`, three `Unusually`,
    one of them misspelt.
    """
    place = tmp_path / "given"
    (place / "deep").mkdir(parents=True)
    for number in range(20):
        words = ["daily", "meeting", "ended", *(["weekly", "meeting"] if number % 5 == 0 else [])]
        words += ["Unusually"] if number in (1, 2, 3) else ["unusualy"] if number == 4 else []
        (place / ("deep" if number % 2 else ".") / f"{number:02}.txt").write_text(" ".join(words), "utf-8")
    (place / "empty.txt").touch()
    (place / "picture.png").write_bytes(b"daily")
    return place


def test_a_ratio_is_the_median_of_the_rounds_so_that_one_slow_round_decides_nothing() -> None:
    assert processes.ratio([2.0, 90.0, 2.0], [1.0, 3.0, 2.0]) == 2.0


def test_all_take_turns_every_other_round_backwards_each_made_ready_before(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()

    def way(name: str) -> processes.Way:
        note = f"import pathlib; log = pathlib.Path({str(log)!r}); log.write_text(log.read_text() + {name!r})"
        return processes.Way([sys.executable, "-c", note], lambda: log.write_text(log.read_text() + "."))

    found = processes.turns({"a": way("a"), "b": way("b")}, 3)
    assert log.read_text() == ".a.b.b.a.a.b"
    assert {name: len(runs.seconds) for name, runs in found.items()} == {"a": 3, "b": 3}


def test_a_command_that_fails_ends_the_benchmark_and_one_that_finds_nothing_does_not() -> None:
    processes.run([sys.executable, "-c", "raise SystemExit(1)"])
    with pytest.raises(SystemExit, match="no index"):
        processes.run([sys.executable, "-c", "import sys; print('no index', file=sys.stderr); sys.exit(3)"])


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is told by Linux")
def test_memory_is_that_of_a_command_and_of_all_that_it_starts() -> None:
    child = "import time; held = b'x' * 60_000_000; time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    _, most = processes.run([sys.executable, "-c", parent], memory=True)
    assert most > 60_000_000


def test_queries_are_drawn_by_how_many_documents_hold_their_words(folder: Path) -> None:
    drawn = texts.drawn(Texts(folder), year="2011")
    assert [(query.kind, query.text) for query in drawn] == [
        ("a rare word", "unusually"),
        ("a common word", "weekly"),
        ("two common words", "weekly unusually"),
        ("a phrase", '"ended unusualy"'),
        ("a prefix", "week*"),
        ("a fuzzy word", "weekly~1"),
        ("an absent word", "weeklyzzz"),
        ("the most frequent words", "daily ended meeting"),
        ("nine words of a text", "daily meeting ended weekly meeting"),
        ("a word in a year", "weekly date:2011"),
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (Query("", ("unusually",)), 3),
        (Query("", ("unusually", "weekly")), 0),
        (Query("", ("daily", "weekly")), 4),
        (Query("", ("weekly", "meeting"), "phrase"), 4),
        (Query("", ("meeting", "weekly"), "phrase"), 0),
        (Query("", ("unus",), "prefix"), 4),
        (Query("", ("unusually",), "fuzzy"), 4),
        (Query("", ("unusualyl",), "fuzzy"), 4),
    ],
)
def test_what_is_right_is_told_by_reading_all_the_texts(folder: Path, query: Query, count: int) -> None:
    assert len(Texts(folder).matching(query)) == count


def test_every_query_of_many_finds_a_document(folder: Path) -> None:
    for path in texts.files(folder):
        path.write_text(path.read_text("utf-8") * 10, "utf-8")
    held = Texts(folder)
    queries = texts.many(held, 40)
    assert len(queries) == 40
    assert [query for query in queries if not held.matching(query)] == []


@given(st.integers(1, 25))
def test_a_part_is_spread_evenly_over_a_folder(tmp_path_factory: pytest.TempPathFactory, count: int) -> None:
    place = tmp_path_factory.mktemp("part")
    for number in range(20):
        (place / f"{number:02}.txt").write_text("text", "utf-8")
    chosen = [int(path.stem) for path in texts.files(texts.part(place, count, place / "part"))]
    assert len(chosen) == min(count, 20)
    assert {after - before for before, after in pairwise(chosen)} <= {20 // count, -(-20 // count)}


def test_an_enlarged_collection_holds_its_own_texts_and_copies_that_bring_new_words(folder: Path) -> None:
    larger = Texts(texts.enlarged(folder, 200, folder.parent / "larger"))
    held = Texts(folder)
    assert len(larger.documents) == 200
    assert list(larger.documents.values())[:20] == list(held.documents.values())
    assert set(larger.held) > set(held.held)
    assert [len(words) for words in list(larger.documents.values())[20:40]] == list(map(len, held.documents.values()))


@pytest.mark.parametrize(
    ("found", "stems", "said"),
    [
        ({"a", "b"}, False, "2"),
        ({"a", "b", "c"}, False, "3 (+1)"),
        ({"a", "b", "c"}, True, "3"),
        ({"a", "c"}, True, "2 (−1)"),
        ({"a", "c"}, False, "2 (+1 −1)"),
        (set(), False, "0 (−2)"),
    ],
)
def test_answers_are_held_against_the_texts_document_by_document(found: set[str], stems: bool, said: str) -> None:
    assert speed.difference(found, {"a", "b"}, stems=stems) == said


def test_with_an_open_index_the_first_asking_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1_000_000))
    slow = {"first": 1}

    class Peer:
        name = "one"

        def opened(self):
            def answer(text: str) -> None:
                for _ in range(10 if slow.pop(text, 0) else 1):
                    next(clock)

            return answer

    monkeypatch.setattr(speed.time, "perf_counter", lambda: next(clock))
    assert speed.warm([Peer()], ["first", "second"], 2) == {"one": [2.0, 2.0]}


def test_half_and_95_of_a_hundred_are_what_no_more_than_that_share_exceeds() -> None:
    values = [float(value) for value in range(101)]
    assert (speed.quantile(values, 0.5), speed.quantile(values, 0.95)) == (50.0, 95.0)


def test_figures_have_as_many_digits_as_they_bear() -> None:
    assert [seconds(value) for value in (12.345, 1.0, 0.123, 0.01, 0.00456)] == [
        "12.3 s",
        "1.0 s",
        "123 ms",
        "10 ms",
        "4.6 ms",
    ]
    assert [times(value) for value in (123.4, 9.96, 0.456, 0.0321)] == ["123 ×", "10.0 ×", "0.46 ×", "0.032 ×"]
    assert megabytes(1_234_567_890) == "1,235 MB"


def test_a_table_is_written_for_a_terminal_and_in_markdown() -> None:
    table = Table(("", "query", "docindex"))
    table.add("a rare word", "sesquipedalian", "1.0 s")
    assert table.written(markdown=False).splitlines() == [
        "                      query  docindex",
        "a rare word  sesquipedalian     1.0 s",
    ]
    assert table.without("query").written(markdown=True) == "|  | docindex |\n| --- | --: |\n| a rare word | 1.0 s |"


def test_the_readme_takes_the_tables_between_its_two_comments_and_nothing_else_changes() -> None:
    text = f"before\n{speed.BEGIN}\nold\n{speed.END}\nafter\n"
    assert speed.put("new", text) == f"before\n{speed.BEGIN}\nnew\n{speed.END}\nafter\n"
    with pytest.raises(SystemExit, match="once each"):
        speed.put("new", "before\nafter\n")
    assert speed.put("new", speed.PAGE.read_text("utf-8")).count(speed.END) == 1


def test_what_a_start_loads_is_told_by_package_with_its_own_time() -> None:
    report = """import time: self [us] | cumulative | imported package
import time:       300 |        300 |   typing
import time:      1000 |       1300 | typer
import time:        20 |         20 |   docindex.errors
import time:        10 |         30 | docindex
docindex: no index
"""
    modules = start.imported(report)
    assert modules == {"typing": 300, "typer": 1000, "docindex.errors": 20, "docindex": 10}
    assert list(start.by_package(modules).items()) == [
        ("typer", (1, 1000)),
        ("standard library", (1, 300)),
        ("docindex", (2, 30)),
    ]
