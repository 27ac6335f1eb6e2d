"""Citations: each format is read back by a library of its field; dates keep their uncertainty;
seals tell changes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import rispy
from pybtex.database import parse_string

import docindex.render
from docindex.metadata import dates
from docindex.model.documents import Metadata, Record
from docindex.proof.citations import key
from docindex.render.citations import bibtex, csl_item, ris

CSL = json.loads((Path(__file__).parent / "csl_data.json").read_text(encoding="utf-8"))
SCHEMA = json.loads((Path(docindex.render.__file__).parent / "schema.json").read_text(encoding="utf-8"))


def record(path: str = "press/a.txt", date: str | None = None, part: str | None = None, **known: object) -> Record:
    parsed = dates.parse(date) if date else None
    return Record(path, part, Metadata(date=parsed, **known), "Press / 2016", "Text.", [1])  # type: ignore[arg-type]


KINDS = [
    record("press/a.txt", "2016-03-20T23:15", "2016-03-20T23:15", title="Un accord", publisher="Le Journal"),
    record("mail/C05794182.eml", "2012-09-11", creator="A. Writer; B. Reader", title="Re: {braces} & 100 % _sure_"),
    record("book.epub", "1984", creator="Ursula K.", title=r"A \ title ~ with ^ all $ marks #1"),
    record("page.html", "2012-03~", title="A page"),
    record("table.csv", "2013-21", part="row-7", title="Row 7"),
    record("رسالة.txt", "2012/2013", title="رسالة", creator="سيدني", language="ar"),
    record("note.md", "2012-05/..", title="An open end"),
    record("report.pdf", "201X", title="Some year", subject=("leak", "hostages, 2013")),
    record("old.txt", "19XX", title="Some century"),
    record("undated.txt"),
]


def test_bibtex_is_read_back_by_pybtex() -> None:
    library = parse_string("\n".join(map(bibtex, KINDS)), "bibtex")
    assert list(library.entries) == [key(one.id) for one in KINDS]
    mail = library.entries[key(KINDS[1].id)]
    assert [str(person) for person in mail.persons["author"]] == ["{A. Writer}", "{B. Reader}"]
    assert mail.fields["title"] == r"{Re: \{braces\} \& 100 \% \_sure\_}"
    assert (mail.fields["year"], mail.fields["month"], mail.fields["date"]) == ("2012", "September", "2012-09-11")
    assert library.entries[key(KINDS[0].id)].type == "article"
    assert library.entries[key(KINDS[5].id)].fields["date"] == "2012/2013"
    assert library.entries[key(KINDS[3].id)].fields["date"] == "2012-03~"


def test_ris_is_read_back_by_rispy() -> None:
    found = rispy.loads("\n".join(map(ris, KINDS)))
    assert [one["id"] for one in found] == [key(one.id) for one in KINDS]
    assert [one["title"] for one in found] == [one.title for one in KINDS]
    assert found[1]["authors"] == ["A. Writer", "B. Reader"]
    assert found[7]["keywords"] == ["leak", "hostages, 2013"]
    assert [one.get("date") for one in found] == [
        "2016/03/20/",
        "2012/09/11/",
        "1984///",
        "2012/03//circa",
        "2013///spring",
        "2012///2012 to 2013",
        "2012///2012-05 to ..",
        "2010///201X",
        "1900///19XX",
        None,
    ]


def test_csl_json_is_valid_and_keeps_what_is_uncertain_of_a_date() -> None:
    items = [csl_item(one) for one in KINDS]
    jsonschema.validate(items, CSL)
    assert [item.get("issued") for item in items] == [
        {"date-parts": [[2016, 3, 20]]},
        {"date-parts": [[2012, 9, 11]]},
        {"date-parts": [[1984]]},
        {"date-parts": [[2012, 3]], "circa": True},
        {"date-parts": [[2013]], "season": 1},
        {"date-parts": [[2012], [2013]]},
        {"literal": "2012-05/.."},
        {"date-parts": [[2010], [2019]], "circa": True},
        {"date-parts": [[1900], [1999]], "circa": True},
        None,
    ]


def test_a_key_depends_on_the_id_alone() -> None:
    assert key("press/a.txt") == key("press/a.txt")
    assert key("press/a.txt") != key("press_a.txt")
    assert all(re.fullmatch("[a-z0-9][a-z0-9-]*", key(one.id)) for one in KINDS)
    assert key("رسالة").startswith("record-")


@pytest.fixture
def seal(archive: Path, run):  # type: ignore[no-untyped-def]
    """Seal a line of each kind of file, and return the name of the file with the seals."""
    run("build", "-q")
    (archive / "seals.json").write_text(run("cite", "press/a.txt:4", "notes/b.md", "--json").out, encoding="utf-8")
    return "seals.json"


def test_cite_names_the_line_and_the_record(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("build", "-q")
    out = run("cite", "press/a.txt:4", "--format", "pandoc").out
    assert re.fullmatch(r"\[@press-a-txt-[0-9a-f]{6}, l\. 4\]\n", out)
    assert "« La prise d’otages est datée. »" in run("cite", "press/a.txt:4").out
    assert run("cite", "notes/b.md", "--format", "pandoc").out.count("l.") == 0
    found = json.loads(run("cite", "press/a.txt:4", "--json").out)
    jsonschema.validate(found, {**SCHEMA, "anyOf": [{"$ref": "#/$defs/cite"}]})
    jsonschema.validate(json.loads(run("cite", "press/a.txt:4", "--format", "csl").out), CSL)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("press/a.txt:2", 1, "docindex: press/a.txt has no text on line 2\n"),
        ("press/a.txt:99", 1, "docindex: press/a.txt has no text on line 99\n"),
        ("absent.txt", 1, "docindex: no record 'absent.txt'\n"),
    ],
)
def test_what_cannot_be_cited_is_told(archive: Path, run, name: str, code: int, message: str) -> None:  # type: ignore[no-untyped-def]
    run("build", "-q")
    ran = run("cite", name)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(message)


def test_a_source_that_differs_from_the_index_is_not_cited(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("build", "-q")
    (archive / "notes/b.md").write_text("Other words.\n", encoding="utf-8")
    assert run("cite", "notes/b.md").err == (
        "docindex: notes/b.md has changed since it was indexed\n  try: docindex build\n"
    )


def test_a_seal_holds_until_the_passage_changes(archive: Path, run, seal: str) -> None:  # type: ignore[no-untyped-def]
    assert run("verify", "--seal", seal).code == 0
    path = archive / "press/a.txt"
    path.write_text(path.read_text(encoding="utf-8") + "Une ligne de plus.\n", encoding="utf-8")
    (archive / "notes/b.md").unlink()
    code, out, _ = run("verify", "--seal", seal)
    assert code == 1
    assert out.splitlines() == [
        "press/a.txt:4  file changed · the passage still stands in it",
        "notes/b.md  gone · there is no such file",
    ]
    path.write_text(path.read_text(encoding="utf-8").replace("datée", "fausse"), encoding="utf-8")
    found = json.loads(run("verify", "--seal", seal, "--json").out)
    jsonschema.validate(found, {**SCHEMA, "anyOf": [{"$ref": "#/$defs/seals"}]})
    assert [one["state"] for one in found["seals"]] == ["passage changed", "gone"]
    assert list(run("verify", "--seal", seal, "-q")) == [1, "", ""]


def test_a_seal_leads_to_no_file_outside_of_the_archive(archive: Path, run, seal: str) -> None:  # type: ignore[no-untyped-def]
    text = (archive / seal).read_text(encoding="utf-8")
    (archive.parent / "secret.txt").write_text("secret\n", encoding="utf-8")
    for path in ("../secret.txt", str(archive.parent / "secret.txt")):
        (archive / seal).write_text(text.replace('"path": "notes/b.md"', f'"path": "{path}"'), encoding="utf-8")
        out = run("verify", "--seal", seal, "--json").out
        assert [one["state"] for one in json.loads(out)["seals"]] == ["same", "unreadable"]


def test_a_forged_passage_is_told(archive: Path, run, seal: str) -> None:  # type: ignore[no-untyped-def]
    text = (archive / seal).read_text(encoding="utf-8")
    (archive / seal).write_text(text.replace("est datée", "est fausse"), encoding="utf-8")
    assert "the seal's own passage does not match its digest" in run("verify", "--seal", seal).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seal", "absent.json"], "docindex: absent.json: cannot be read: No such file or directory\n"),
        (["--seal", "INDEX.md"], "docindex: INDEX.md: holds no seals: "),
        (["notes/b.md", "--seal", "seals.json"], "docindex: --seal is for seals alone"),
        ([], "docindex: no draft was given\n"),
    ],
)
def test_wrong_seals_cost_a_line(archive: Path, run, seal: str, arguments: list[str], message: str) -> None:  # type: ignore[no-untyped-def]
    ran = run("verify", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)


def test_a_list_of_results_becomes_a_bibliography(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("build", "-q")
    items = json.loads(run("search", "Belmokhtar", "--format", "csl").out)
    jsonschema.validate(items, CSL)
    assert len(items) == 2
    library = parse_string(run("search", "Belmokhtar", "--format", "bibtex").out, "bibtex")
    assert list(library.entries) == [item["id"] for item in items]
    assert [one["id"] for one in rispy.loads(run("search", "Belmokhtar", "--format", "ris").out)] == list(
        library.entries
    )
    assert json.loads(run("search", "zzzz", "--format", "csl").out) == []


def test_a_line_names_the_one_record_of_a_file_that_has_it(archive: Path, run) -> None:  # type: ignore[no-untyped-def]
    (archive / "press/a.txt").write_text(
        "20-03-2016 23:15 - Un accord\n\nLe port est ouvert.\n\n17-01-2013 - Une lettre\n\nLa lettre est partie.\n",
        encoding="utf-8",
    )
    run("build", "-q")
    assert "Une lettre" in run("cite", "press/a.txt:7").out
    assert "« Le port est ouvert. »" in run("cite", "press/a.txt#2016-03-20T23:15:3").out
