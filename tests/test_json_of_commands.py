"""JSON, JSON Lines and tables of every command: as the schema says, and told apart by nothing
else.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from json_schema import SCHEMA, conforms

from docindex.cli import options
from docindex.render import formats

MESSAGE = """From: Ann Consul <ann@example.org>
To: Bo Dey <bo@example.org>, Ann Consul <ann@example.org>
Date: Thu, 17 Jan 2013 10:00:00 +0000
Subject: Talks

Belmokhtar and the consul spoke of « un accord secret ».
"""
DRAFT = (
    "Il écrit « Un règlement avec Belmokhtar, dit-on, fut rompu » et « rien de tel n'existe nulle part ailleurs ».\n"
)

DOCUMENTS = [
    ("build", ["build", "--json"]),
    ("search", ["search", "Belmokhtar", "--json", "--facets", "year,language", "--why"]),
    ("search", ["search", "Belmokhtar", "-c", "--json", "--facets", "year"]),
    ("search", ["search", "Belmokhtar", "--alike", "fold", "--variants", "--json"]),
    ("search", ["search", "zzzz", "--json"]),
    ("explanation", ["search", "accord secret", "--explain-query", "--json"]),
    ("show", ["show", "press/a.txt", "--json"]),
    ("show", ["show", "mail/talks.eml", "--query", "consul", "--lines", "6:", "--json"]),
    ("kwic", ["kwic", "Belmokhtar", "--json"]),
    ("kwic", ["kwic", "zzzz", "--json"]),
    ("collocates", ["kwic", "accord", "--collocates", "--json"]),
    ("timeline", ["timeline", "Belmokhtar", "-e", "accord", "--json"]),
    ("timeline", ["timeline", "zzzz", "--json"]),
    ("names", ["names", "Belmokhtar", "--json"]),
    ("people", ["people", "--json"]),
    ("matrix", ["matrix", "names.csv", "--json"]),
    ("verify", ["verify", "draft.md", "--json"]),
    ("cite", ["cite", "press/a.txt", "notes/b.md:9", "--json"]),
    ("seals", ["verify", "--seal", "seals.json", "--json"]),
    ("record", ["record", "show", "searches.jsonl", "--json"]),
    ("replay", ["replay", "searches.jsonl", "--json"]),
    ("watch", ["watch", "names.csv", "--json"]),
    ("search", ["search", "consul", "--thread", "--json"]),
    ("thread", ["thread", "mail/talks.eml", "--json"]),
    ("status", ["status", "--json"]),
    ("check", ["check", "--json"]),
]
LINES = [
    ("line", ["search", "Belmokhtar", "--jsonl"]),
    ("search", ["search", "-e", "Belmokhtar", "-e", "accord", "-c", "--jsonl"]),
    ("kwic_line", ["kwic", "Belmokhtar", "--format", "jsonl"]),
    ("collocate", ["kwic", "accord", "--collocates", "--format", "jsonl"]),
    ("timeline_line", ["timeline", "Belmokhtar", "--format", "jsonl"]),
    ("form", ["names", "Belmokhtar", "--format", "jsonl"]),
    ("person", ["people", "--format", "jsonl"]),
    ("pair", ["matrix", "names.csv", "--format", "jsonl"]),
    ("quotation_line", ["verify", "draft.md", "--format", "jsonl"]),
    ("recorded_search", ["record", "show", "searches.jsonl", "--format", "jsonl"]),
    ("message", ["thread", "mail/talks.eml", "--format", "jsonl"]),
    ("finding", ["check", "--format", "jsonl"]),
]
TABLES = [
    arguments for _, arguments in LINES if "--format" in arguments and arguments[0] in formats.FORMATS["csv"].split()
]


@pytest.fixture
def collection(archive: Path, run: Any) -> Path:
    """An archive with mail, an empty file, a draft, a list of names, seals and a record."""
    (archive / "mail").mkdir()
    (archive / "mail/talks.eml").write_text(MESSAGE)
    (archive / "notes/empty.txt").write_text("")
    with (archive / "INDEX.md").open("a") as manifest:
        manifest.write("| `notes/empty.txt` | fr |\n| `mail/talks.eml` | en |\n")
    (archive / "draft.md").write_text(DRAFT)
    (archive / "names.csv").write_text("name\nBelmokhtar\nConsul\n")
    run("build")
    (archive / "seals.json").write_text(run("cite", "press/a.txt", "--json").out)
    run("search", "Belmokhtar", "--since", "2012", "--any", "--record", "searches.jsonl")
    run("search", "zzzz", "--record", "searches.jsonl")
    return archive


@pytest.mark.parametrize(("kind", "arguments"), DOCUMENTS, ids=[" ".join(arguments) for _, arguments in DOCUMENTS])
def test_a_document_is_as_the_schema_says(collection: Path, run: Any, kind: str, arguments: list[str]) -> None:
    value = conforms(run(*arguments).out, kind)
    assert value["schema"] == 1


@pytest.mark.parametrize(("kind", "arguments"), LINES, ids=[" ".join(arguments) for _, arguments in LINES])
def test_each_line_is_as_the_schema_says(collection: Path, run: Any, kind: str, arguments: list[str]) -> None:
    lines = run(*arguments).out.splitlines()
    assert lines
    for line in lines:
        conforms(line, kind)


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_a_table_has_a_header_and_a_cell_in_each_column(
    collection: Path, run: Any, arguments: list[str], form: str
) -> None:
    out = run(*arguments[:-1], form).out
    rows = list(csv.reader(io.StringIO(out, newline=""), delimiter="," if form == "csv" else "\t"))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


def test_every_command_with_json_is_tried() -> None:
    with_json = {name for name, command in options.COMMANDS.items() if "as_json" in command.flags.__struct_fields__}
    assert {arguments[0] for _, arguments in DOCUMENTS} == with_json
    assert {arguments[0] for _, arguments in LINES} == set(formats.FORMATS["jsonl"].split())


def test_every_kind_of_the_schema_is_tried() -> None:
    kinds = {one["$ref"].rpartition("/")[2] for one in SCHEMA["anyOf"]}
    assert kinds - {kind for kind, _ in (*DOCUMENTS, *LINES)} == set()


def test_a_count_as_json_says_all_but_the_hits(collection: Path, run: Any) -> None:
    counted = json.loads(run("search", "Belmokhtar", "-c", "--json", "--facets", "language").out)
    whole = json.loads(run("search", "Belmokhtar", "--json", "--facets", "language").out)
    assert (counted["total"], counted["facets"], counted["hits"]) == (whole["total"], whole["facets"], [])
    assert counted["total"] == 3


def test_what_is_not_looked_at_is_neither_fresh_nor_stale(collection: Path, run: Any) -> None:
    assert json.loads(run("status", "--json").out)["fresh"] is True
    (collection / "press/a.txt").write_text("changed")
    assert json.loads(run("status", "--json").out)["fresh"] is False
    assert json.loads(run("verify", "draft.md", "--json").out)["index"]["fresh"] is False
