"""`docindex verify`: reports, formats and exit codes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

import docindex.render

SCHEMA = json.loads((Path(docindex.render.__file__).parent / "schema.json").read_text(encoding="utf-8"))
GOOD = "« La prise d’otages est datée. »"
CHANGED = "« Un règlement avec Belmokhtar, dit-on, fut rompu avant l'hiver. »"
ABSENT = "« Des violons poussent sous une lune tout à fait violette. »"


@pytest.fixture
def draft(archive: Path, run):  # type: ignore[no-untyped-def]
    """Write a draft beside an index and return its name."""
    run("build", "-q")

    def write(*quotations: str, name: str = "draft.md") -> str:
        (archive.parent / name).write_text("\n\n".join(quotations) + "\n", encoding="utf-8")
        return f"../{name}"

    return write


@pytest.mark.parametrize(
    ("quotations", "flags", "code"),
    [
        ([GOOD], [], 0),
        ([], [], 0),
        (["« oui »"], [], 0),
        ([GOOD, CHANGED], [], 1),
        ([GOOD, CHANGED], ["--accept", "altered"], 0),
        ([CHANGED, ABSENT], ["--accept", "altered"], 1),
        ([ABSENT], [], 1),
    ],
)
def test_the_exit_code_says_if_all_quotations_pass(run, draft, quotations, flags, code) -> None:  # type: ignore[no-untyped-def]
    name = draft(*quotations)
    for more in ([], ["--json"], ["--format", "md"], ["--format", "html"]):
        assert run("verify", name, *flags, *more).code == code
    assert list(run("verify", name, *flags, "-q")) == [code, "", ""]


def test_each_quotation_is_reported_with_its_source(run, draft) -> None:  # type: ignore[no-untyped-def]
    name = draft("Un brouillon.", GOOD, CHANGED, ABSENT, "« oui »")
    code, out, err = run("verify", name)
    assert code == 1
    assert out == (
        "../draft.md:3  verbatim\n"
        "    « La prise d’otages est datée. »\n"
        "    Un accord\n"
        "    2016-03-20 23:15 · Le Journal · fr · press/a.txt:4\n"
        "\n"
        "../draft.md:5  altered, 91%\n"
        "    Un accord\n"
        "    2016-03-20 23:15 · Le Journal · fr · press/a.txt:3\n"
        "    3  Un règlement avec Belmokhtar, dit-on, fut rompu avant l'[-hiver-] {+été+}\n"
        "\n"
        "../draft.md:7  not found\n"
        "    « Des violons poussent sous une lune tout à fait violette. »\n"
    )
    assert err.startswith(
        "3 quotations: 1 verbatim, 1 altered, 1 not found; 1 quotation under 4 words not judged · 3 records"
    )


def test_json_has_every_key_of_the_schema(run, draft) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(run("verify", draft(GOOD, CHANGED, ABSENT, "« oui »"), "--json").out)
    jsonschema.validate(found, {**SCHEMA, "anyOf": [{"$ref": "#/$defs/verify"}]})
    (one,) = found["drafts"]
    assert [quotation["verdict"] for quotation in one["quotations"]] == ["verbatim", "altered", "not found", "short"]
    assert one["quotations"][1]["changes"] == [{"kind": "words", "quoted": "hiver", "source": "été"}]
    assert found["counts"] == {"verbatim": 1, "altered": 1, "nearest": 0, "not found": 1, "short": 1}
    assert found["passed"] is False


def test_markdown_and_html_show_what_differs(run, draft) -> None:  # type: ignore[no-untyped-def]
    name = draft(CHANGED)
    assert "~~hiver~~ **été**" in run("verify", name, "--format", "md").out
    assert "<del>hiver</del> <ins>été</ins>" in run("verify", name, "--format", "html").out


def test_a_changed_number_comes_first_even_if_accepted(run, archive, draft) -> None:  # type: ignore[no-untyped-def]
    (archive / "notes/b.md").write_text("The committee met 17 times before the talks broke off.\n", encoding="utf-8")
    run("build", "-q")
    code, out, _ = run(
        "verify", draft("“The committee met 18 times before the talks broke off”"), "--accept", "altered"
    )
    assert code == 0
    assert out.splitlines()[:2] == [
        "../draft.md:1  altered, 90% · accepted",
        "  ! number: “18” in the draft, “17” in the source",
    ]


def test_several_drafts_are_told_apart(run, draft) -> None:  # type: ignore[no-untyped-def]
    first, second = draft(GOOD, name="a.md"), draft(ABSENT, name="b.md")
    out = run("verify", first, second).out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("..")] == ["../a.md:1", "../b.md:1"]


def test_a_draft_comes_from_standard_input(run, draft, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode()), encoding="ascii"))
    assert run("verify", "-").out.startswith("-:1  verbatim\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["absent.md"], 2, "docindex: absent.md: cannot be read: No such file or directory\n"),
        (["notes/b.md", "--accept", "lies"], 2, "docindex: unknown verdict 'lies'\n  try: altered, nearest\n"),
        (
            ["notes/b.md", "--format", "ris"],
            2,
            "docindex: unknown format 'ris'\n  try: text, json, jsonl, csv, tsv, md, html\n",
        ),
        (["notes/b.md", "--index", "nowhere"], 3, "docindex: "),
    ],
)
def test_trouble_is_told_in_a_line(run, draft, arguments, code, message) -> None:  # type: ignore[no-untyped-def]
    ran = run("verify", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(message)


def test_a_draft_cannot_act_on_the_terminal(run, draft) -> None:  # type: ignore[no-untyped-def]
    name = draft("« un texte\x1b[31m qui agit \u202esur le terminal de quelqu'un »\x07")
    for form in ("text", "json", "md", "html"):
        out = run("verify", name, "--format", form).out
        assert not {"\x1b", "\u202e", "\x07"} & set(out)


def test_a_changed_source_is_told(run, archive, draft) -> None:  # type: ignore[no-untyped-def]
    (archive / "press/a.txt").write_text("Rien.\n", encoding="utf-8")
    assert "1 changed; docindex build brings it in step" in run("verify", draft(GOOD)).err
