"""Saved searches: `@name` in any query, by the settings of the project and of the user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docindex.cli import completion
from docindex.errors import UsageError
from docindex.query.saved import expand

SAVED = {"deal": "accord OR talks", "when": "@deal date:2013", "été": "été"}


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("@deal", "(accord OR talks)"),
        ("-@deal secret", "-(accord OR talks) secret"),
        ("(@deal) x", "((accord OR talks)) x"),
        ("@when", "((accord OR talks) date:2013)"),
        ("@été", "(été)"),
        ("@other", "@other"),
        ("writer@deal", "writer@deal"),
        ("@@deal", "@@deal"),
        ('"@deal" «@deal» “@deal”', '"@deal" «@deal» “@deal”'),
        ('"never closed @deal', '"never closed @deal'),
    ],
)
def test_a_name_stands_for_its_query(typed: str, query: str) -> None:
    assert expand(typed, SAVED) == query


@pytest.mark.parametrize("searches", [{"a": "@b", "b": "@a"}, {"a": "@a @a"}, {"a": "@b " * 99, "b": "x " * 9_999}])
def test_searches_that_never_end_are_refused(searches: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="saved searches"):
        expand("@a", searches)


@pytest.fixture
def saved(archive: Path, run) -> Path:  # type: ignore[no-untyped-def]
    """An archive whose settings hold a saved search."""
    run("build", "-q")
    (archive / "docindex.toml").write_text('[searches]\ndeal = "accord OR talks"\n', encoding="utf-8")
    return archive


def test_each_command_that_takes_a_query_takes_saved_searches(saved: Path, run) -> None:  # type: ignore[no-untyped-def]
    (saved / "queries.txt").write_text("@deal\n", encoding="utf-8")
    assert run("search", "@deal", "-c").out == "2\n"
    assert run("search", "@deal", "-c", "--lang", "en").out == "1\n"
    assert run("search", "-e", "@deal", "-e", "zzzz", "-c").out == "2\t(accord OR talks)\n0\tzzzz\n"
    assert run("search", "-f", "queries.txt", "-c").out == "2\t(accord OR talks)\n"
    assert run("kwic", "@deal").code == run("timeline", "@deal").code == 0
    assert run("search", "-F", "@deal", "-c").out == "0\n"


def test_they_are_listed_and_completed(saved: Path, run) -> None:  # type: ignore[no-untyped-def]
    assert "searches  @deal  accord OR talks\n" in run("status").out
    assert json.loads(run("status", "--json").out)["searches"] == {"deal": "accord OR talks"}
    assert completion.words("@d") == ["@deal"]
    assert completion.words("@x") == []


def test_the_projects_search_takes_the_place_of_the_users(saved: Path, run) -> None:  # type: ignore[no-untyped-def]
    own = saved.parent / ".config" / "docindex" / "docindex.toml"
    own.parent.mkdir(parents=True)
    own.write_text('[searches]\ndeal = "zzzz"\nmine = "otages"\n', encoding="utf-8")
    assert run("search", "@deal", "-c").out == "2\n"
    assert run("search", "@mine", "-c").out == "1\n"


def test_a_search_that_is_no_text_is_told(saved: Path, run) -> None:  # type: ignore[no-untyped-def]
    (saved / "docindex.toml").write_text("[searches]\ndeal = 7\n", encoding="utf-8")
    ran = run("search", "@deal")
    assert ran.code == 2
    assert "'searches' holds what is not a text" in ran.err
