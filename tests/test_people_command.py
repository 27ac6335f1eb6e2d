"""People from the command line: queries by whom a message names, and facets of people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docindex.search.people import unite

MESSAGES = {
    "a.eml": (
        "H <h@mail.example >",
        "Jane Doe <jane@mail.example>",
        "Max Roe <max@mail.example>",
        "hidden@mail.example",
    ),
    "b.eml": ("Jane Doe <jane@mail.example>", "H <h@mail.example>", "", ""),
    "c.eml": ("jane@mail.example", "h@mail.example", "", ""),
}


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> None:
    for name, (sender, to, cc, bcc) in MESSAGES.items():
        head = f"From: {sender}\nTo: {to}\n" + (f"Cc: {cc}\n" if cc else "") + (f"Bcc: {bcc}\n" if bcc else "")
        (tmp_path / name).write_text(f"{head}Subject: The talks\nDate: 20 Mar 2016\n\nText.\n")
    monkeypatch.chdir(tmp_path)
    assert run("build", ".").code == 0


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("to:jane", ["a.eml"]),
        ("from:jane", ["b.eml", "c.eml"]),
        ("with:jane", ["a.eml", "b.eml", "c.eml"]),
        ("cc:roe", ["a.eml"]),
        ("bcc:hidden", ["a.eml"]),
        ('to:"Jane Doe"', ["a.eml"]),
        ("cc:jane", []),
    ],
)
def test_a_query_asks_for_those_whom_a_message_names(mails: None, run, query: str, paths: list[str]) -> None:
    assert sorted(run("search", "-l", query).out.splitlines()) == paths


def test_one_person_is_one_row_of_a_facet(mails: None, run) -> None:
    found = json.loads(run("search", "talks", "--json", "--facets", "to,with").out)
    assert found["facets"]["to"] == {"H <h@mail.example>": 2, "Jane Doe <jane@mail.example>": 1}
    assert found["facets"]["with"]["H <h@mail.example>"] == 3
    assert "with:" in run("search", "talks", "--facets", "with").out


def test_people_are_in_json_and_in_templates(mails: None, run) -> None:
    (hit,) = json.loads(run("search", "bcc:hidden", "--json").out)["hits"]
    assert (hit["to"], hit["bcc"]) == (["Jane Doe <jane@mail.example>"], ["hidden@mail.example"])
    assert run("search", "bcc:hidden", "--template", "{cc}").out == "Max Roe <max@mail.example>\n"


def test_the_forms_of_a_person_are_listed_under_the_best_written(mails: None, run) -> None:
    found = json.loads(run("people", "--json").out)["people"]
    assert found[1] == {
        "name": "Jane Doe <jane@mail.example>",
        "count": 3,
        "forms": {"Jane Doe <jane@mail.example>": 2, "jane@mail.example": 1},
    }
    assert found[0]["forms"] == {"H <h@mail.example>": 2, "h@mail.example": 1}
    assert [person["count"] for person in found] == [3, 3, 1, 1]
    assert run("people").out.splitlines()[:2] == [
        "      3  H <h@mail.example>",
        "              1  h@mail.example",
    ]
    assert run("people", "--format", "csv").out.startswith("person,count,form,records\n")


def test_the_user_corrects_who_is_one_person(mails: None, run) -> None:
    Path("same.txt").write_text("h@mail.example, Max Roe\n")
    found = json.loads(run("people", "--json", "--corrections", "same.txt").out)["people"]
    assert found[0]["forms"] == {"H <h@mail.example>": 2, "h@mail.example": 1, "Max Roe <max@mail.example>": 1}


@pytest.mark.parametrize(
    ("counts", "persons"),
    [
        ({"Simon Berg <s@x.example>": 2, "Berg, Simon": 1, "s@x.example": 1}, 1),
        ({"Sim <s@x.example>": 1, "Simon Berg <s@x.example>": 1, "Sim": 1}, 1),
        ({"Sim <s@x.example>": 1, "Sim <s@y.example>": 1}, 2),
        ({"Simon Berg <s@x.example>": 1, "Simon Berg <s@y.example>": 1}, 1),
        ({"Simon Berg": 1, "Anna Berg": 1}, 2),
    ],
)
def test_only_what_the_headers_say_unites_two_forms(counts: dict[str, int], persons: int) -> None:
    assert len(unite(counts)) == persons


def test_a_search_by_dates_says_how_many_matches_have_none(mails: None, run) -> None:
    Path("d.eml").write_text("From: a@x.example\nSubject: The talks\n\nText.\n")
    assert run("build", ".").code == 0
    note = "1 more match has no date and is left out\n"
    for command in (["talks", "--since", "2016"], ["talks date:2016"], ["talks", "--until", "2015"]):
        assert run("search", *command).err.endswith(note)
    assert note not in run("search", "talks").err
    assert note not in run("search", "witnesses", "--since", "2016").err


MANIFEST = """---
people: people.txt
---
- [a](a.eml)
- [b](b.eml)
- [c](c.eml)
"""


def test_a_file_beside_the_manifest_corrects_who_is_one_person(mails: None, run) -> None:
    Path("INDEX.md").write_text(MANIFEST)
    Path("people.txt").write_text('"Jane Doe" "max@mail.example"\n')
    assert run("build", "INDEX.md", "--full").code == 0
    united = [person["forms"] for person in json.loads(run("people", "--json").out)["people"]]
    assert any({"Max Roe <max@mail.example>", "jane@mail.example"} <= set(forms) for forms in united)
    facets = json.loads(run("search", "talks", "--json", "--facets", "with").out)["facets"]["with"]
    assert facets["Jane Doe <jane@mail.example>"] == 3
    assert "Max Roe <max@mail.example>" not in facets


def test_contradictions_of_people_are_told(mails: None, run) -> None:
    Path("INDEX.md").write_text(MANIFEST)
    Path("people.txt").write_text('"Jane Doe" J\nMax "Jane Doe"\n')
    found = [one for one in json.loads(run("check", "INDEX.md", "--json").out)["findings"] if one["kind"] == "people"]
    assert [(one["place"], one["line"]) for one in found] == [("people.txt", 2)]
    assert not [
        one for one in json.loads(run("check", "INDEX.md", "--json").out)["findings"] if one["kind"] == "orphan"
    ]
