"""Many queries in one run: each answered below its own name, and a bad one never the end of the
others.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

SEARCHED = "3 records from 3 sources, indexed just now\n"


@pytest.fixture
def built(archive: Path, run) -> Path:  # type: ignore[no-untyped-def]
    run("build")
    return archive


def test_each_answer_stands_below_its_query(built: Path, run) -> None:
    assert list(run("search", "-e", "talks", "-e", "nowhere", "--query", "otages", "--passages", "0")) == [
        0,
        "== talks · 1 match\n"
        "\n"
        " 1  Secret **talks**\n"
        "    2013-01-17 · en · notes/b.md\n"
        "\n"
        "== nowhere · no match\n"
        "\n"
        "== otages · 1 match\n"
        "\n"
        " 1  Un accord\n"
        "    2016-03-20 23:15 · Le Journal · fr · press/a.txt\n",
        "3 queries, 2 with matches · " + SEARCHED,
    ]


def test_a_bad_query_costs_a_line_that_names_its_place(built: Path, run) -> None:
    Path("asked.txt").write_text('\ufeff"otages\n\n  \r\n( )\nnowhere\n', encoding="utf-8")
    assert list(run("search", "-f", "asked.txt", "-c")) == [
        0,
        '1\t"otages\n0\tnowhere\n',
        "asked.txt:1: the quote is never closed; closed at the end\n"
        "docindex: asked.txt:4: the query holds no word, at character 1\n"
        "3 queries, 1 with matches, 1 refused · " + SEARCHED,
    ]


def test_queries_come_from_standard_input(built: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("talks\n(talks\nbelmoktar\n"))
    assert list(run("search", "-f", "-", "--strict", "-l")) == [
        0,
        "notes/b.md\n",
        "docindex: stdin:2: the bracket is never closed, at character 1\n"
        "stdin:3: belmoktar: not in the index; did you mean Belmokhtar (2)?\n"
        "3 queries, 1 with matches, 1 refused · " + SEARCHED,
    ]


@pytest.mark.parametrize(
    ("flag", "queries"),
    [("--json", ["talks", "nowhere", "accord"]), ("--jsonl", ["talks", "accord"])],
)
def test_each_document_or_line_bears_its_query(built: Path, run, flag: str, queries: list[str]) -> None:
    code, out, _ = run("search", "talks", "-e", "nowhere", "-e", "accord", flag)
    assert (code, [json.loads(line)["query"] for line in out.splitlines()]) == (0, queries)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-e", "nowhere", "-e", "talks"], 0),
        (["-e", "nowhere"], 1),
        (["-e", "( )", "-e", "talks"], 0),
        (["-e", "( )", "-e", "nowhere"], 2),
        (["-f", "/dev/null"], 1),
        (["-f", "not-there.txt"], 2),
        (["-f", "."], 2),
        ([], 2),
    ],
)
def test_one_match_is_enough(built: Path, run, arguments: list[str], code: int) -> None:
    assert run("search", *arguments).code == code
    quiet = run("search", *arguments, "-q")
    assert (quiet.code, quiet.out) == (code, "")


def test_a_line_of_a_megabyte_is_refused_and_the_next_answered(built: Path, run) -> None:
    Path("asked.txt").write_text("a " * 1_200_000 + "\ntalks\n", encoding="utf-8")
    code, out, err = run("search", "-f", "asked.txt", "-c")
    assert (code, out) == (0, "1\ttalks\n")
    assert err.count("longer than") == 3


def test_an_index_that_is_behind_is_refused_before_any_answer(built: Path, run) -> None:
    Path("press/a.txt").write_text("Tout autre chose")
    assert list(run("search", "-e", "talks", "--require-fresh")) == [
        3,
        "",
        "index just built: 1 changed; docindex build brings it in step\n",
    ]


# What is understood


EXPLAINED = """query     Accords "secret -talks date:2013
read as   Accords AND "secret -talks date:2013" AND language:fr
mended    the quote is never closed; closed at the end
means     all of these:
            the word 'Accords'
            the phrase 'secret -talks date:2013', as typed
            the language 'fr'
looks up  Accords
            ar  accords | ~accords
            en fr  accords | accord | ~accord
          "secret -talks date:2013"
            ar en fr  secret + talks + date + 2013
"""


def test_what_is_understood_is_said_and_nothing_searched(built: Path, run) -> None:
    assert list(run("search", "--explain-query", "Accords", '"secret -talks date:2013', "--lang", "fr")) == [
        0,
        EXPLAINED,
        "",
    ]


def test_what_is_understood_needs_no_index(archive: Path, run) -> None:
    code, out, _ = run("search", "--explain-query", "-e", "date:>=2013-02", "-e", "belmo* OR رجل~", "--json")
    assert (code, [json.loads(line) for line in out.splitlines()]) == (
        0,
        [
            {
                "schema": 1,
                "query": "date:>=2013-02",
                "parsed": "date:2013-02..",
                "meaning": ["dated 2013-02-01 or later"],
                "sought": [],
                "repairs": [],
            },
            {
                "schema": 1,
                "query": "belmo* OR رجل~",
                "parsed": "belmo* OR رجل~",
                "meaning": [
                    "any of these:",
                    "  a word that begins with 'belmo'",
                    "  a word spelt nearly like 'رجل'",
                ],
                "sought": [
                    {"text": "belmo*", "terms": {"und": [["belmo…"]]}},
                    {"text": "رجل~", "terms": {"und": [["رجل~1"]]}},
                ],
                "repairs": [],
            },
        ],
    )


def test_a_strict_query_is_refused_with_its_place(archive: Path, run) -> None:
    assert list(run("search", "--explain-query", "--strict", "accord AND")) == [
        2,
        "",
        "docindex: 'AND' has nothing after it\n  accord AND\n         ^\n  try: a word after it\n",
    ]
