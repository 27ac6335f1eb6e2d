"""Recorded searches: what a line holds, and what a replay tells on the same index, a rebuilt one
and a changed one.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import docindex.render

SCHEMA = json.loads((Path(docindex.render.__file__).parent / "schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def record(archive: Path, run) -> str:  # type: ignore[no-untyped-def]
    """Record four searches, one of them without a match."""
    run("build", "-q")
    run("search", "Belmokhtar", "--record", "a.jsonl")
    run("search", "zzzz", "--record", "a.jsonl", "-q")
    run("search", "-e", "accord", "-e", "talks", "--lang", "en", "--since", "2013", "--record", "a.jsonl", "--json")
    return "a.jsonl"


def lines(archive: Path, record: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (archive / record).read_text(encoding="utf-8").splitlines()]


def test_a_line_tells_what_was_asked_found_and_not_searched(archive: Path, run, record: str) -> None:  # type: ignore[no-untyped-def]
    first, nothing, accord, talks = lines(archive, record)
    assert first["command"] == ["docindex", "search", "Belmokhtar", "--record", "a.jsonl"]
    assert (first["query"], first["parsed"], first["total"], first["records"]) == ("Belmokhtar", "Belmokhtar", 2, 3)
    assert {hit["id"] for hit in first["hits"]} == {"press/a.txt", "notes/b.md"}  # type: ignore[attr-defined]
    assert (nothing["query"], nothing["total"], nothing["hits"]) == ("zzzz", 0, [])
    assert talks["flags"] == {"since": "2013", "lang": ["en"]}
    assert (accord["total"], talks["total"]) == (0, 1)
    assert len({one["fingerprint"] for one in (first, nothing, accord, talks)}) == 1  # type: ignore[misc]
    (archive / "notes/b.md").write_text("Other words.\n", encoding="utf-8")
    (archive / "press/a.txt").unlink()
    run("search", "Belmokhtar", "--record", record)
    assert lines(archive, record)[-1]["unsearched"] == {
        "failed": [],
        "changed": ["notes/b.md"],
        "gone": ["press/a.txt"],
        "new": 0,
        "unchecked": 0,
    }


def test_the_same_index_and_a_rebuilt_one_give_the_same(archive: Path, run, record: str) -> None:  # type: ignore[no-untyped-def]
    expected = [
        "same   Belmokhtar · 2 matches · same index",
        "same   zzzz · 0 matches · same index",
        "same   accord --since 2013 --lang en · 0 matches · same index",
        "same   talks --since 2013 --lang en · 1 match · same index",
    ]
    assert list(run("replay", record)) == [0, "\n".join(expected) + "\n", ""]
    run("build", "--full", "-q")
    assert list(run("replay", record)) == [0, "\n".join(expected) + "\n", ""]


def test_a_changed_index_gives_more_fewer_or_other_ids(archive: Path, run, record: str) -> None:  # type: ignore[no-untyped-def]
    (archive / "notes/c.txt").write_text("A zzzz for Belmokhtar.\n", encoding="utf-8")
    run("build", "-q")
    code, out, _ = run("replay", record)
    assert code == 1
    assert out.splitlines()[:4] == [
        "more   Belmokhtar · 2 → 3 matches · another index",
        "     + notes/c.txt",
        "more   zzzz · 0 → 1 matches · another index",
        "     + notes/c.txt",
    ]
    (archive / "press/a.txt").write_text("Rien.\n", encoding="utf-8")
    (archive / "notes/c.txt").write_text("Rien.\n", encoding="utf-8")
    run("build", "-q")
    assert run("replay", record).out.splitlines()[:2] == [
        "fewer  Belmokhtar · 2 → 1 matches · another index",
        "     - press/a.txt",
    ]
    (archive / "notes/c.txt").write_text("A zzzz for Belmokhtar.\n", encoding="utf-8")
    run("build", "-q")
    found = json.loads(run("replay", record, "--json").out)
    jsonschema.validate(found, {**SCHEMA, "anyOf": [{"$ref": "#/$defs/replay"}]})
    assert found["searches"][0]["outcome"] == "other"
    assert (found["searches"][0]["added"], found["searches"][0]["lost"]) == (["notes/c.txt"], ["press/a.txt"])
    assert list(run("replay", record, "-q")) == [1, "", ""]


def test_a_record_is_shown_as_a_table_and_as_markdown(archive: Path, run, record: str) -> None:  # type: ignore[no-untyped-def]
    rows = run("record", "show", record).out.splitlines()
    assert len(rows) == 4
    assert rows[1].split("  ")[1].startswith("0")
    assert "talks --since 2013 --lang en · of 3 records · index " in rows[3]
    table = run("record", "show", record, "--format", "md").out.splitlines()
    assert table[0].startswith("| time (UTC) | query |")
    assert "| zzzz | 0 | 3 | nothing |" in table[3]


def test_every_search_is_recorded_if_the_users_settings_say_so(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("build", "-q")
    settings = archive.parent / ".config" / "docindex" / "docindex.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'record = "{archive.parent}/all.jsonl"\n', encoding="utf-8")
    run("search", "Belmokhtar")
    assert len(lines(archive.parent, "all.jsonl")) == 1


def test_a_projects_settings_cannot_name_a_file_to_write(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("build", "-q")
    (archive / "docindex.toml").write_text('record = "stolen.jsonl"\n', encoding="utf-8")
    assert "unknown setting 'record'" in run("search", "Belmokhtar").err
    assert not (archive / "stolen.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "accord", "--record", "no/such/folder.jsonl"], "no/such/folder.jsonl: cannot be written"),
        (["replay", "absent.jsonl"], "absent.jsonl: cannot be read: No such file or directory"),
        (["replay", "INDEX.md"], "INDEX.md:1: is no recorded search: "),
        (["replay", "wrong.jsonl"], "the recorded flags of 'Belmokhtar' mean nothing"),
        (["record", "erase", "a.jsonl"], "unknown action 'erase'"),
    ],
)
def test_trouble_with_a_record_costs_a_line(archive: Path, run, record: str, arguments, message: str) -> None:  # type: ignore[no-untyped-def]
    text = (archive / record).read_text(encoding="utf-8").splitlines()[0]
    (archive / "wrong.jsonl").write_text(text.replace('"flags":{}', '"flags":{"since":7}'), encoding="utf-8")
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
