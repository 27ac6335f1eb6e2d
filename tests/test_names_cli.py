"""Variants and aliases through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

LETTERS = {
    "a.txt": "2001-02-03 - Letter\n\nMaestro Tchaikovsky came to Bern.\n",
    "b.txt": "2002-03-04 - Brief\n\nHerr Tschaikowsky kam nach Basel.\n",
    "c.txt": "2002-05-06 - Note\n\nThe Nightingale sang.\n",
}


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> Path:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    for name, text in LETTERS.items():
        Path(name).write_text(text, encoding="utf-8")
    Path("INDEX.md").write_text("".join(f"- [{name}]({name})\n" for name in LETTERS), encoding="utf-8")
    run("build", "INDEX.md", "--index", ".docindex")
    return tmp_path


def paths(out: str) -> set[str]:
    return {hit["path"] for hit in json.loads(out)["hits"]}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["Tschaikowsky"], {"b.txt"}),
        (["--variants", "Tschaikowsky"], {"a.txt", "b.txt"}),
        (["Tschaikowsky", "--variants"], {"a.txt", "b.txt"}),
        (["--variants", "strict", "Tschaikowsky"], {"a.txt", "b.txt"}),
        (["--variants=strict", "--", "Tschaikowsky"], {"a.txt", "b.txt"}),
        (["Tschaikowsky", "--variants", "--not-form", "Tchaikovsky"], {"b.txt"}),
        (["Tschaikowsky^"], {"a.txt", "b.txt"}),
    ],
)
def test_variants_take_a_value_or_none(letters: Path, run, arguments: list[str], expected: set[str]) -> None:
    assert paths(run("search", "--json", *arguments).out) == expected


def test_the_forms_are_told_with_their_counts(letters: Path, run) -> None:
    _, out, err = run("search", "Tschaikowsky", "--variants")
    assert "**Tchaikovsky**" in out
    assert err.startswith("Tschaikowsky 1 also: Tchaikovsky 1; --not-form WORD drops one\n")


def test_every_command_with_a_query_takes_them(letters: Path, run) -> None:
    assert "Tchaikovsky" in run("kwic", "Tschaikowsky", "--variants").out
    assert "**Tchaikovsky**" in run("show", "a.txt", "--query", "Tschaikowsky", "--variants").out
    assert run("search", "-e", "Tschaikowsky", "-e", "Basel", "--variants", "-c").out == "2\tTschaikowsky\n1\tBasel\n"
    found = json.loads(run("timeline", "Tschaikowsky", "--variants", "--by-form", "--json").out)
    assert [(one["query"], one["total"]) for one in found["queries"]] == [("tschaikowsky", 1), ("tchaikovsky", 1)]


def test_aliases_come_from_a_flag_or_from_the_manifest(letters: Path, run) -> None:
    Path("names.txt").write_text('Nightingale "Herr Tschaikowsky"\n', encoding="utf-8")
    assert paths(run("search", "Nightingale", "--json", "--aliases", "names.txt").out) == {"b.txt", "c.txt"}
    text = Path("INDEX.md").read_text(encoding="utf-8")
    Path("INDEX.md").write_text(f"---\naliases: names.txt\n---\n\n{text}", encoding="utf-8")
    run("build", "INDEX.md", "--index", ".docindex")
    assert paths(run("search", "Nightingale", "--json").out) == {"b.txt", "c.txt"}
    assert paths(run("search", "Nightingale", "--json", "--no-aliases").out) == {"c.txt"}


def test_aliases_outside_the_collection_are_refused(letters: Path, run) -> None:
    text = Path("INDEX.md").read_text(encoding="utf-8")
    Path("INDEX.md").write_text(f"---\naliases: ../names.txt\n---\n\n{text}", encoding="utf-8")
    (letters.parent / "names.txt").write_text("Nightingale Tschaikowsky\n", encoding="utf-8")
    code, _, err = run("search", "Nightingale")
    assert code == 2
    assert "../names.txt cannot be read" in err


def test_check_tells_contradictions_of_aliases(letters: Path, run) -> None:
    text = Path("INDEX.md").read_text(encoding="utf-8")
    Path("INDEX.md").write_text(f"---\naliases: names.txt\nlanguage: en\n---\n\n{text}", encoding="utf-8")
    Path("names.txt").write_text("Nightingale Lark\nLark Wren\n", encoding="utf-8")
    found = json.loads(run("check", "INDEX.md", "--json").out)["findings"]
    assert not [one for one in found if one["kind"] == "orphan"]
    assert [(one["place"], one["line"], one["message"]) for one in found if one["kind"] == "aliases"] == [
        ("names.txt", 2, "'Lark' stands in another group too, line 1")
    ]


def test_a_spread_that_is_none_is_refused(letters: Path, run) -> None:
    code, _, err = run("search", "Nightingale", "--variants=loose")
    assert code == 2
    assert "loose" in err
