"""The command line: whole output and exit code of each thing people do with it."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docindex import errors
from docindex.cli import options, typer_app
from docindex.config import FIRST_STEPS

BUILT = "+ 3 added  ~ 0 changed  - 0 removed  = 0 unchanged  ! 0 failed\n3 records from 3 sources in .docindex · N\n"
SEARCHED = "3 records from 3 sources, indexed just now · N\n"


def test_a_build_and_a_search(archive: Path, run) -> None:
    assert list(run("build")) == [0, "", BUILT]
    assert list(run("search", "Belmokhtar")) == [
        0,
        " 1  Secret talks\n"
        "    2013-01-17 · en · notes/b.md:9\n"
        "    9  The talks with **Belmokhtar** broke off. A link stays.\n"
        "\n"
        " 2  Un accord\n"
        "    2016-03-20 23:15 · Le Journal · fr · press/a.txt:1\n"
        "    1  20-03-2016 23:15 - Un accord secret avec **Belmokhtar** Le Journal - Un règlement avec **Belmokhtar**,"
        " dit-on, fut rompu avant l'été. La prise d’otages est datée.\n",
        "2 matches · " + SEARCHED,
    ]


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        (["belmokhtar"], ["Belmokhtar"]),
        (["algerie"], None),
        (["REGLEMENT"], ["règlement"]),
        (["otages"], ["otages"]),
        (['"règlement avec Belmokhtar"'], ["règlement avec Belmokhtar"]),
        (["règlement", "rompu"], ["règlement", "rompu"]),
        (["بلمختار"], ["بِلْمُخْتار"]),
        (["talk"], ["talks"]),
        (["talks", "-Belmokhtar"], None),
        (["belmo*"], ["Belmokhtar"]),
        (["belmoktar~"], ["Belmokhtar"]),
        (["title:accord"], []),
        (["subject:otages"], []),
        (["date:2013"], []),
        (["collection:notes", "belmokhtar"], ["Belmokhtar"]),
        (["language:ar"], []),
        (["path:notes/*"], []),
    ],
)
def test_what_matched_is_marked_as_it_is_written(
    archive: Path, run, query: list[str], marked: list[str] | None
) -> None:
    run("build")
    code, out, _ = run("search", "--json", "--", *query)
    hits = json.loads(out)["hits"]
    assert code == (0 if marked is not None else 1)
    found = [
        passage["text"][start:stop] for hit in hits for passage in hit["passages"] for start, stop in passage["marks"]
    ]
    assert list(dict.fromkeys(found)) == (marked or [])


def test_json_is_as_the_contract_says(archive: Path, run) -> None:
    run("build")
    code, out, err = run("search", "otages", "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "1 match · " + SEARCHED)
    answer["elapsed_ms"] = answer["index"]["built"] = answer["hits"][0]["score"] = None
    text = (archive / "press/a.txt").read_text(encoding="utf-8").strip()
    at = text.index("otages")
    assert answer == {
        "schema": 1,
        "query": "otages",
        "parsed": "otages",
        "total": 1,
        "offset": 0,
        "limit": 10,
        "elapsed_ms": None,
        "index": {"records": 3, "sources": 3, "built": None, "fresh": True},
        "repairs": [],
        "suggestions": [],
        "expanded": [],
        "why": None,
        "facets": {},
        "groups": None,
        "hits": [
            {
                "rank": 1,
                "score": None,
                "id": "press/a.txt",
                "path": "press/a.txt",
                "part": None,
                "title": "Un accord",
                "creator": None,
                "publisher": "Le Journal",
                "date": {
                    "value": "2016-03-20T23:15",
                    "earliest": "2016-03-20",
                    "latest": "2016-03-20",
                    "precision": "minute",
                },
                "language": "fr",
                "subject": ["otages", "accord"],
                "collection": "Press",
                "title_marks": [],
                "described_marks": {"subject": [[0, 6]]},
                "stale": False,
                "alike": [],
                "thread": [],
                "passages": [
                    {"text": text, "line": 4, "page": None, "start": 0, "marks": [[at, at + 6]], "quotes": None}
                ],
            }
        ],
    }


def test_all_matches_are_counted_by_what_is_asked_for(archive: Path, run) -> None:
    run("build")
    out = run("search", "Belmokhtar", "-n", "1", "--facets", "year, language,publisher,year").out
    assert out.partition("stays.\n")[2] == (
        "\n"
        "year        date:        2013\u00a01 · 2016\u00a01\n"
        "language    --lang       en\u00a01 · fr\u00a01\n"
        "publisher   --publisher  unknown\u00a01 · Le Journal\u00a01\n"
    )
    facets = json.loads(run("search", "Belmokhtar", "--json", "--facets", "subject").out)["facets"]
    assert facets == {"subject": {"": 1, "accord": 1, "otages": 1}}
    assert run("search", "Belmokhtar", "--facets", "lang").err == (
        "docindex: unknown facet 'lang'\n  try: language, publisher, creator, collection, subject, year, to, with\n"
    )


def test_json_lines_bear_their_query(archive: Path, run) -> None:
    run("build")
    _, out, _ = run("search", "Belmokhtar", "--jsonl")
    assert [(line["query"], line["rank"]) for line in map(json.loads, out.splitlines())] == [
        ("Belmokhtar", 1),
        ("Belmokhtar", 2),
    ]


def test_nothing_found_is_1_and_valid(archive: Path, run) -> None:
    run("build")
    assert list(run("search", "zzzzzz")) == [1, "", "no match for zzzzzz · " + SEARCHED]
    assert json.loads(run("search", "zzzzzz", "--json").out)["hits"] == []
    assert list(run("search", "zzzzzz", "--jsonl"))[:2] == [1, ""]
    assert list(run("search", "zzzzzz", "-c"))[:2] == [1, "0\n"]


def test_a_slip_is_told_and_the_command_to_run_offered(archive: Path, run) -> None:
    run("build")
    assert list(run("search", "belmoktar", "--lang", "fr", "-n", "1")) == [
        1,
        "",
        "try: docindex search Belmokhtar --lang fr -n 1\n"
        "belmoktar: not in the index; did you mean Belmokhtar (2)?\n"
        "why: no record matches all of this; each part by itself\n"
        "  0  belmoktar → 1 without it · 1 spelt nearly so\n"
        "  1  language:fr\n"
        "no match for belmoktar · " + SEARCHED,
    ]
    assert json.loads(run("search", "belmoktar OR accord", "--json").out)["suggestions"] == [
        {"word": "belmoktar", "records": 0, "instead": [{"word": "Belmokhtar", "records": 2}], "clear": True}
    ]


def test_a_query_without_a_match_is_taken_apart(archive: Path, run) -> None:
    run("build")
    assert list(run("search", "Belmokhtar", '"secret accord"', "--since", "2013", "--lang", "fr")) == [
        1,
        "",
        "try: docindex search --any Belmokhtar '\"secret accord\"' --since 2013 --lang fr"
        "  # 1 record has some of the words\n"
        "why: no record matches all of this; each part by itself\n"
        "  2  Belmokhtar\n"
        '  0  "secret accord" → 1 without it · 1 as words\n'
        "  2  date:2013..\n"
        "  1  language:fr\n"
        'no match for Belmokhtar "secret accord" · ' + SEARCHED,
    ]
    assert json.loads(run("search", "talks", "title:otages", "--json").out)["why"] == {
        "parts": [
            {"text": "talks", "records": 1, "changes": [{"how": "without it", "query": "title:otages", "records": 0}]},
            {
                "text": "title:otages",
                "records": 0,
                "changes": [
                    {"how": "without it", "query": "talks", "records": 1},
                    {"how": "spelt nearly so", "query": "talks AND title:otages~", "records": 0},
                    {"how": "in any field", "query": "talks AND otages", "records": 0},
                ],
            },
        ],
        "more": 0,
        "unsearched": 0,
    }


def test_where_all_words_find_few_the_count_of_any_is_said(archive: Path, run) -> None:
    run("build")
    offered = "try: docindex search --any Belmokhtar otages  # 2 records have some of the words\n"
    assert run("search", "Belmokhtar", "otages").err.startswith(offered)
    assert int(run("search", "--any", "Belmokhtar", "otages", "-c").out) == 2
    for words in (["Belmokhtar", "date:2013"], ["Belmokhtar OR otages"], ["Belmokhtar"], ["--any", "Belmokhtar", "x"]):
        assert "try:" not in run("search", *words).err
    assert "try:" not in run("search", "Belmokhtar", "otages", "-q").err


def test_of_many_parts_the_ones_that_matter_are_shown(archive: Path, run) -> None:
    run("build")
    words = [f"otages{digit}" for digit in range(12)]
    assert run("search", "Belmokhtar", *words, "-l").err == (
        f"try: docindex search --any Belmokhtar {' '.join(words)} -l  # 2 records have some of the words\n"
        "why: no record matches all of this; each part by itself\n"
        + "".join(f"  0  {word}\n" for word in words[:7])
        + "     and 6 more parts\n"
        "     no single change finds anything\n"
        f"no match for Belmokhtar {' '.join(words)} · " + SEARCHED
    )


def test_why_takes_any_query_apart(archive: Path, run) -> None:
    run("build")
    assert run("search", "Belmokhtar", "otages", "--why", "-n", "1").err == (
        "try: docindex search --any Belmokhtar otages --why -n 1  # 2 records have some of the words\n"
        "why: 1 record matches all of this; each part by itself\n"
        "  2  Belmokhtar\n"
        "  1  otages → 2 without it\n"
        "1 match · " + SEARCHED
    )
    assert list(run("search", "nowhere", "Belmokhtar", "-q")) == [1, "", ""]


def test_the_command_offered_can_be_pasted_and_leaves_other_arguments_alone(archive: Path, run) -> None:
    run("build", "--index", "belmoktar")
    offered = run("search", '"avec belmoktar"', "--index", "belmoktar").err.splitlines()[0]
    assert offered == "try: docindex search '\"avec Belmokhtar\"' --index belmoktar"
    assert run(*shlex.split(offered)[2:]).code == 0


def test_a_command_that_would_find_nothing_either_is_not_offered(archive: Path, run) -> None:
    run("build")
    assert run("search", "Belmoktar").err.startswith("try: docindex search Belmokhtar\n")
    for more in (["--lang", "ar"], ["accord", "--since", "2020"]):
        assert run("search", "Belmoktar", *more).err.startswith(
            "Belmoktar: not in the index; did you mean Belmokhtar (2)"
        )


def test_counts_paths_and_silence(archive: Path, run) -> None:
    run("build")
    assert list(run("search", "Belmokhtar", "-c")) == [0, "2\n", ""]
    assert run("search", "Belmokhtar", "-l").out == "notes/b.md\npress/a.txt\n"
    assert run("search", "Belmokhtar", "-l", "-0").out == "notes/b.md\0press/a.txt\0"
    assert list(run("search", "Belmokhtar", "-q")) == [0, "", ""]


def test_a_flag_takes_the_whole_value_and_says_what_that_leaves_out(archive: Path, run) -> None:
    (archive / "INDEX.md").write_text(
        "- `press/a.txt` — creator: Sid\n- `notes/b.md` — creator: Sid Blumenthal\n- `notes/c.txt`\n"
    )
    run("build")
    assert (
        "creator     --creator  unknown\u00a01 · Sid\u00a01 · Sid Blumenthal\u00a01\n"
        in run("search", "*", "--facets", "creator").out
    )
    code, out, err = run("search", "*", "-l", "--creator", "Sid")
    assert (code, out) == (0, "press/a.txt\n")
    assert err.startswith("query: 'Sid' is the whole creator of 1 record; creator:\"Sid\" matches 2\n1 match · ")
    code, out, err = run("search", "*", "-l", "--creator", "blumenthal")
    assert (code, out, err[:10]) == (0, "notes/b.md\n", "1 match · ")


def test_flags_narrow_and_order(archive: Path, run) -> None:
    run("build")

    def paths(*flags: str) -> str:
        return run("search", "Belmokhtar", "-l", *flags).out.replace("\n", " ").strip()

    assert paths("--since", "2014") == "press/a.txt"
    assert paths("--until", "2013-01") == "notes/b.md"
    assert paths("--lang", "fr") == "press/a.txt"
    assert paths("--lang", "fr", "--lang", "en") == "notes/b.md press/a.txt"
    assert paths("--publisher", "journal") == "press/a.txt"
    assert paths("--collection", "notes") == "notes/b.md"
    assert paths("--subject", "accord") == "press/a.txt"
    assert paths("--creator", "nobody") == ""
    assert paths("--sort", "date") == "press/a.txt notes/b.md"
    assert paths("--sort", "date", "--reverse") == "notes/b.md press/a.txt"
    assert run("search", "Belmokhtar", "-n", "1").err == ("1 of 2 matches; --offset 1 shows more · " + SEARCHED)


PASSAGES = "docindex: unknown number of passages 'some'\n  try: a number, or all\n"
FORMAT = "docindex: unknown format 'xml'\n  try: text, json, jsonl, csv, tsv, md, html, csl, bibtex, ris\n"
SINCE = "docindex: --since 'soon' is no date\n  try: 2013, 2013-01, 2013-01-17\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["search", "x"], 3, "docindex: no index here or above (HERE)\n  try: docindex build\n"),
        (["search", "x", "--index", "no"], 3, "docindex: no: there is no index here\n  try: docindex build\n"),
        (["search", "x", "--sort", "dat"], 2, "docindex: unknown sort 'dat'\n  try: score, date, title, path\n"),
        (["search", "x", "--format", "xml"], 2, FORMAT),
        (["search", "x", "--passages", "some"], 2, PASSAGES),
        (["search", "x", "-n", "-1"], 2, "docindex: limit -1 is below 0\n  try: 0 shows all matches\n"),
        (["search", "x", "--color", "pink"], 2, "docindex: unknown color 'pink'\n  try: auto, always, never\n"),
        (["search", "x", "--since", "soon"], 2, SINCE),
        (["build", "no.md"], 2, "docindex: no.md: there is no such file or folder\n  try: check the path\n"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_a_hint(archive: Path, run, arguments: list[str], code: int, message: str) -> None:
    assert list(run(*arguments)) == [code, "", message.replace("HERE", str(archive))]


def test_where_nothing_is_indexed_the_hints_name_what_works(tmp_path: Path, run) -> None:
    place = tmp_path / "papers"
    (place / "deep").mkdir(parents=True)
    (place / "a.txt").write_text("Belmokhtar\n")
    os.chdir(place)
    first, second = run("search", "Belmokhtar"), run("build")
    assert (first.code, second.code) == (3, 2)
    assert first.err.splitlines()[1] == second.err.splitlines()[1] == f"  try: {FIRST_STEPS}"
    assert run("build", ".").code == 0
    assert run("search", "Belmokhtar").code == 0


@pytest.mark.parametrize("index", [(), ("--index", "../../elsewhere")])
@pytest.mark.parametrize("has_manifest", [True, False])
def test_a_build_without_a_source_brings_the_index_in_step_that_a_search_finds(
    archive: Path, run, index: tuple[str, ...], has_manifest: bool
) -> None:
    if not has_manifest:
        (archive / "INDEX.md").unlink()
    os.chdir(archive / "notes")
    assert run("build", "..", *index).code in (0, 1)
    (archive / "notes" / "late.txt").write_text("a late note\n")
    if has_manifest:
        with (archive / "INDEX.md").open("a") as manifest:
            manifest.write("- [Late](notes/late.txt)\n")
    assert "1 added" in run("build", *index).err
    assert run("search", "late", *index).code == 0


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["search", "talks", "-otages"], "docindex search talks NOT otages"),
        (["kwic", "-otages", "secret talks"], "docindex kwic NOT otages 'secret talks'"),
        (["search", "talks", "-nato"], "docindex search talks NOT nato"),
        (["timeline", "talks", "-été", "--lang", "en"], "docindex timeline talks NOT 'été' --lang en"),
        (["search", "talks", "-lang", "en"], "docindex search talks --lang en"),
        (["build", "-full"], "docindex build --full"),
    ],
)
def test_a_word_with_a_minus_is_no_flag_and_the_command_that_says_so_is_offered(
    archive: Path, run, typed: list[str], offered: str
) -> None:
    run("build")
    code, out, err = run(*typed)
    assert (code, out, err.splitlines()[-1]) == (2, "", f"  try: {offered}")
    assert run(*shlex.split(offered)[1:]).code == 0


@pytest.mark.parametrize(
    "typed", [["search", "x", "-i"], ["show", "-otages"], ["search", "--langue"], ["search", "-n"]]
)
def test_of_other_wrong_flags_nothing_is_guessed(archive: Path, run, typed: list[str]) -> None:
    code, _, err = run(*typed)
    assert (code, "try: docindex" in err) == (2, False)


def test_a_broken_query_is_mended_aloud_or_refused(archive: Path, run) -> None:
    run("build")
    code, _, err = run("search", '"secret talks')
    assert (code, err) == (0, "query: the quote is never closed; closed at the end\n1 match · " + SEARCHED)
    assert list(run("search", "talks (secret", "--strict")) == [
        2,
        "",
        "docindex: the bracket is never closed\n  talks (secret\n        ^\n  try: ) at the end\n",
    ]


def test_mistakes_in_the_manifest_cost_one_line_each(archive: Path, run) -> None:
    (archive / "nul.txt").write_bytes(b"a\0b")
    (archive / "empty.txt").write_bytes(b" \n")
    os.mkfifo(archive / "pipe.txt")
    with (archive / "INDEX.md").open("a") as manifest:
        manifest.write("\n- [x](missing.txt)\n- [x](../../etc/passwd)\n- `nul.txt`\n- `empty.txt`\n- `pipe.txt`\n")
    code, out, err = run("build")
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "INDEX.md:18: missing.txt: there is no such file (correct the path, or take the entry out)",
        "INDEX.md:19: ../../etc/passwd: leads outside the manifest's folder (move the file, or use --allow-outside)",
        "INDEX.md:20: nul.txt: holds NUL bytes, so it is not text (save it as UTF-8 text, or take it off the list)",
        "INDEX.md:21: empty.txt: empty (fill it, or take it off the list)",
        "INDEX.md:22: pipe.txt: is not a regular file (name a file with text in it)",
        "+ 3 added  ~ 0 changed  - 0 removed  = 0 unchanged  ! 5 failed",
        "3 records from 5 sources in .docindex · N",
    ]
    assert run("search", "otages").err.splitlines()[1] == (
        "5 documents could not be searched; docindex status says which and why"
    )


def test_a_second_build_reads_only_what_changed(archive: Path, run) -> None:
    run("build")
    assert run("build").err.startswith("+ 0 added  ~ 0 changed  - 0 removed  = 3 unchanged  ! 0 failed\n")
    (archive / "press/a.txt").write_text("Un autre texte, sans lui.\n", encoding="utf-8")
    os.utime(archive / "notes/b.md")
    stale = run("search", "Belmokhtar")
    assert "press/a.txt:1 · changed since it was indexed\n" in stale.out
    assert stale.err.splitlines()[1] == "index just built: 2 changed; docindex build brings it in step"
    assert run("search", "Belmokhtar", "--require-fresh").code == 3
    assert run("build", "--dry-run").out == "~ press/a.txt\n~ notes/b.md\n= 1 unchanged\n"
    assert run("build").err.startswith("+ 0 added  ~ 1 changed  - 0 removed  = 2 unchanged  ! 0 failed\n")
    assert run("search", "Belmokhtar", "-l").out == "notes/b.md\n"
    assert run("build", "--full", "--json").code == 0


def test_what_leaves_the_manifest_leaves_the_index(archive: Path, run) -> None:
    run("build")
    manifest = archive / "INDEX.md"
    manifest.write_text(manifest.read_text().replace("- [Un accord](press/a.txt) — subject: otages, accord\n", ""))
    assert "+ 0 added  ~ 0 changed  - 1 removed  = 2 unchanged  ! 0 failed\n" in run("build").err
    assert run("search", "Belmokhtar", "-l").out == "notes/b.md\n"


def test_a_folder_and_a_file_need_no_manifest(archive: Path, run) -> None:
    (archive / "INDEX.md").unlink()
    (archive / "photo.jpg").write_bytes(b"\xff\xd8")
    code, _, err = run("build", ".")
    assert (code, err.splitlines()[:2]) == (
        0,
        ["1 left out, without text that docindex reads", "  .jpg 1: photo.jpg"],
    )
    assert run("search", "Belmokhtar", "-l").out == "press/a.txt\nnotes/b.md\n"
    assert run("build", "press/a.txt", "--index", "one").code == 0
    assert run("search", "otages", "-l", "--index", "one").out == "a.txt\n"


def test_the_index_is_private_and_out_of_version_control(archive: Path, run) -> None:
    run("build")
    folder = archive / ".docindex"
    assert (oct(folder.stat().st_mode & 0o777), (folder / ".gitignore").read_text()) == ("0o700", "*\n")


def test_the_index_is_found_from_below_and_named_by_the_environment(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("build")
    monkeypatch.chdir(archive / "press")
    assert run("search", "otages").code == 0
    monkeypatch.setenv("DOCINDEX_INDEX", str(archive / "elsewhere"))
    assert run("search", "otages").code == 3


def test_settings_come_from_the_project(archive: Path, run) -> None:
    run("build")
    (archive / "docindex.toml").write_text('limit = 1\ncolor = "always"\n')
    assert run("search", "Belmokhtar").out.count("\x1b[1;31mBelmokhtar\x1b[0m") == 1
    for others in ('pager = "rm -rf /"', 'editor_uri = "x:{path}"', "[theme]", "limit = true"):
        (archive / "docindex.toml").write_text(others + "\n")
        assert run("search", "Belmokhtar").code == 2


def test_the_user_alone_says_how_matches_look_and_where_paths_lead(archive: Path, run, monkeypatch) -> None:
    run("build")
    settings = archive.parent / ".config/docindex/docindex.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('hyperlink = "always"\neditor_uri = "ed:{path}+{line}"\n[theme]\nmatch = "underline"\n')
    out = run("search", "otages", "--color", "always").out
    assert "\x1b[4motages\x1b[0m" in out
    assert f";ed:{archive}/press/a.txt+4\x1b" in out
    monkeypatch.setenv("DOCINDEX_EDITOR_URI", "other:{line}")
    assert "\x1b]8;;other:4\x1b\\4\x1b]8;;\x1b\\" in run("search", "otages").out
    assert "\x1b" not in run("search", "otages", "--hyperlink", "never").out
    settings.write_text("[theme]\nmatch = 1\n")
    assert run("search", "otages").err == f"docindex: {settings}: 'theme' holds what is not a text\n"


def test_the_status_says_what_is_held_and_what_failed(archive: Path, run) -> None:
    (archive / "notes/empty.txt").write_text("")
    with (archive / "INDEX.md").open("a") as manifest:
        manifest.write("| `notes/empty.txt` | fr |\n")
    run("build")
    code, out, err = run("status")
    rows = out.splitlines()
    assert (code, err) == (0, "")
    assert [row.split()[0] for row in rows] == "index of holds built fresh language year failed INDEX.md:17:".split()
    assert rows[1:3] == [f"of        {archive}/INDEX.md", "holds     3 records from 4 sources"]
    assert rows[4:7] == [
        "fresh     yes",
        "language  ar 1 · en 1 · fr 1",
        "year      undated 1 · 2013 1 · 2016 1",
    ]
    assert rows[8] == "INDEX.md:17: notes/empty.txt: empty (fill it, or take it off the list)"
    assert run("status", "--failed").out == rows[8] + "\n"
    answer = json.loads(run("status", "--json").out)
    assert (answer["records"], answer["languages"], answer["fresh"], len(answer["failed"])) == (
        3,
        {"ar": 1, "en": 1, "fr": 1},
        True,
        1,
    )


def test_the_status_compares_the_index_with_its_checksums_if_asked_to(archive: Path, run) -> None:
    run("build")
    assert run("status", "--verify").code == run("status").code == 0
    file = next((archive / ".docindex").glob("*.records"))
    data = bytearray(file.read_bytes())
    data[10] ^= 1
    file.write_bytes(data)
    assert run("status").code == 0
    code, out, err = run("status", "--verify")
    assert (code, out) == (2, "")
    assert "does not hold what was written" in err
    assert "docindex build --full" in err


def test_new_files_are_told_and_a_refresh_takes_them_in(archive: Path, run) -> None:
    (archive / "INDEX.md").write_text("- `press/*.txt`\n")
    run("build")
    assert run("search", "otages").err == "1 match · 1 record from 1 source, indexed just now · N\n"
    (archive / "press/new.txt").write_text("D'autres otages.\n")
    (archive / "press/other.bin").write_text("no text of ours")
    assert run("search", "otages").err.splitlines()[1] == ("index just built: 1 new; docindex build brings it in step")
    assert run("search", "otages", "--refresh", "-c").out == "2\n"
    (archive / "press/a.txt").unlink()
    assert run("search", "otages").err.splitlines()[1] == ("index just built: 1 gone; docindex build brings it in step")


def test_a_check_finds_what_wants_mending(archive: Path, run) -> None:
    assert list(run("check")) == [
        1,
        "undated\nINDEX.md:16: notes/c.txt: neither the manifest nor the file says a date\n",
        "",
    ]
    (archive / "orphan.txt").write_text("Personne ne me nomme, et pourtant je suis là depuis mars.\n")
    (archive / "press/copy.txt").write_bytes((archive / "press/a.txt").read_bytes())
    (archive / "press/odd.txt").write_text("2016-03-20 - Un été\n\nDes Ã©lÃ¨ves et des hoˆtes, dit e\u0301te\u0301.\n")
    with (archive / "INDEX.md").open("a") as manifest:
        manifest.write("\n- [x](gone.txt)\n- [y](press/copy.txt) — date: 2011; language: en\n- `press/odd.txt`\n")
        manifest.write("- `press/odd.txt`\n")
    code, out, _ = run("check")
    assert (code, out.splitlines()) == (
        1,
        [
            "dead",
            "INDEX.md:18: gone.txt: there is no such file (correct the path, or take the entry out)",
            "twice",
            "INDEX.md:21: press/odd.txt: is listed in line 20 already (keep one of them)",
            "same content",
            "INDEX.md:19: press/copy.txt: holds what press/a.txt holds",
            "orphan",
            "INDEX.md: orphan.txt: no entry names it",
            "undated",
            "INDEX.md:16: notes/c.txt: neither the manifest nor the file says a date",
            "date",
            "INDEX.md:19: press/copy.txt: declared 2011, the file says 2016-03-20T23:15",
            "language",
            "INDEX.md:19: press/copy.txt: declared en, reads like fr",
            "mojibake",
            "INDEX.md:20: press/odd.txt: looks like text whose encoding was mistaken",
            "decomposed",
            "INDEX.md:20: press/odd.txt: has accents as characters of their own (NFD)",
        ],
    )
    assert len(json.loads(run("check", "--json").out)["findings"]) == 9
    before = (archive / "INDEX.md").read_text()
    patch = run("check", "--fix").out
    assert (archive / "INDEX.md").read_text() == before
    subprocess.run(["git", "apply", "-p1", "-"], input=patch, text=True, check=True, cwd=archive)
    assert "gone.txt" not in (archive / "INDEX.md").read_text()
    found = run("check").out
    assert [kind for kind in ("dead", "twice", "orphan") if f"{kind}\n" in found] == []


def test_a_check_takes_no_kind_from_the_words_of_an_entry(archive: Path, run) -> None:
    (archive / "INDEX.md").write_text("- `notes/no.txt`\n- `notes/no.txt`\n- `press/a.txt` — date: listed already\n")
    found = json.loads(run("check", "--json").out)["findings"]
    assert [(one["line"], one["kind"]) for one in found if one["line"]] == [(1, "dead"), (2, "dead"), (3, "entry")]


def test_a_check_tells_a_name_that_does_not_say_what_the_file_holds(archive: Path, run) -> None:
    (archive / "notes/c.txt").write_text("{\\rtf1 Accord, mars 2013.}")
    (archive / "notes/d").write_text("{\\rtf1 Accord.}")
    (archive / "INDEX.md").write_text("- `notes/c.txt` — date: 2013\n- `notes/d` — date: 2013\n")
    assert run("check").out.splitlines()[:3] == [
        "format",
        "INDEX.md:1: notes/c.txt: has .txt, but what it holds is rtf, and is read so",
        "orphan",
    ]


def test_a_check_of_a_folder_is_silent_about_files_that_a_build_leaves_out(archive: Path, run) -> None:
    (archive / "INDEX.md").unlink()
    (archive / "press/a.png").write_bytes(b"\x89PNG")
    code, out, _ = run("check", ".")
    assert (code, "a.png" in out) == (1, False)


def test_a_check_of_a_folder_says_each_path_once_and_on_one_line(archive: Path, run) -> None:
    (archive / "INDEX.md").unlink()
    (archive / "notes/a\nb.txt").write_text("Un texte sans date, assez long pour dire sa langue.\n")
    (archive / "digest.txt").write_text("Un titre\n\nLe texte Ã©tait là.\n\n2013-01-17 - Un autre\n\nEt là.\n")
    assert run("check", ".").out == (
        "undated\n"
        "digest.txt: neither the manifest nor the file says a date\n"
        "notes/a b.txt: neither the manifest nor the file says a date\n"
        "notes/c.txt: neither the manifest nor the file says a date\n"
        "mojibake\n"
        "digest.txt: looks like text whose encoding was mistaken\n"
    )


def test_a_first_manifest_lists_what_can_be_read_and_marks_guesses(archive: Path, run) -> None:
    (archive / "INDEX.md").unlink()
    (archive / "a [b] |c.txt").write_text("2013-01-17 - Un titre\n\nLe texte est là, avec les otages.\n")
    assert list(run("init")) == [0, "INDEX.md\n", ""]
    assert (archive / "INDEX.md").read_text() == (
        "# archive\n\n"
        "- [Un titre](<a [b] \\|c.txt>) — date: 2013-01-17 <!-- perhaps language: fr -->\n\n"
        "## notes\n\n"
        "- [Secret talks](<notes/b.md>) — date: 2013-01-17 <!-- perhaps language: en -->\n"
        "- [c.txt](<notes/c.txt>) <!-- perhaps title: اتفاق سري مع بِلْمُخْتار في الجزائر; language: ar -->\n\n"
        "## press\n\n"
        "- [Un accord secret avec Belmokhtar](<press/a.txt>) — date: 2016-03-20T23:15 <!-- perhaps language: fr -->\n"
    )
    assert run("build").code == 0
    assert list(run("init")) == [0, "", "docindex: INDEX.md: lists every file\n"]


def test_a_build_tells_the_files_that_the_manifest_does_not_list(archive: Path, run) -> None:
    assert "not in it" not in run("build").err
    for name in ("notes/x.txt", "y.txt", ".hidden.txt", "z.jpg"):
        (archive / name).write_text("Un texte.\n")
    built = run("build")
    assert "2 files beside the manifest are not in it: notes/x.txt, y.txt; docindex init adds them\n" in built.err
    assert json.loads(run("build", "--json").out)["unlisted"] == 2
    run("init")
    assert "not in it" not in run("build").err


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("is_ended", [True, False])
def test_a_manifest_grows_under_the_headings_of_its_folders(archive: Path, run, end: str, is_ended: bool) -> None:
    lines = [
        "# Mine",
        "",
        "## Letters",
        "",
        "* [A](press/a.txt)",
        "  date: 2016",
        "",
        "## Talks",
        "",
        "| File | Title |",
        "| --- | --- |",
        "| `notes/b.md` | B |",
        "| `notes/c.txt` | C |",
    ]
    path = archive / "INDEX.md"
    path.write_bytes((end.join(lines) + (end if is_ended else "")).encode())
    path.chmod(0o640)
    for name in ("press/2015-02-03 new.txt", "notes/new.txt", "more/new.txt", "top & *.txt"):
        (archive / name).parent.mkdir(exist_ok=True)
        (archive / name).write_text("Un texte assez long pour que sa langue soit connue.\n")
    run("build")
    grown = run("init")
    assert (grown.code, grown.out.count("+ ")) == (0, 4)
    text = path.read_bytes().decode()
    new = [line for line in text.split(end) if line not in lines]
    assert [line.split(" <!--")[0] for line in new] == [
        "* [2015-02-03 new.txt](<press/2015-02-03 new.txt>)",
        "- [new.txt](<notes/new.txt>)",
        "## Other files",
        "- [top \\& \\*.txt](<top \\& *.txt>)",
        "## more",
        "- [new.txt](<more/new.txt>)",
    ]
    assert "date: 2015-02-03" in new[0]
    assert path.stat().st_mode & 0o777 == 0o640
    found = json.loads(run("search", "texte langue", "--json").out) if run("build").code == 0 else {}
    assert {hit["id"]: hit["collection"] for hit in found["hits"]} == {
        "press/2015-02-03 new.txt": "Letters",
        "notes/new.txt": "Talks",
        "top & *.txt": "Other files",
        "more/new.txt": "more",
    }
    assert run("check").out.count("no entry names it") == 0


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
@pytest.mark.parametrize("ending", ["", "\n", "\n\nProse at the end"])
def test_a_patch_from_a_check_is_taken_by_patch(archive: Path, run, ending: str) -> None:
    (archive / "INDEX.md").write_text("- `press/a.txt`\n- `press/gone.txt`\n- `press/a.txt`" + ending)
    checked = run("check")
    assert checked.err == "docindex check --fix | patch -p1 mends 4 of these\n"
    patch = run("check", "--fix").out
    subprocess.run(["patch", "-p1"], input=patch, text=True, check=True, cwd=archive, stdout=subprocess.DEVNULL)
    assert (archive / "INDEX.md").read_text() == (
        "- `press/a.txt`\n" + ("\nProse at the end\n" if "Prose" in ending else "") + "\n## notes\n\n"
        "- [b.md](<notes/b.md>)\n- [c.txt](<notes/c.txt>)\n"
    )


def docindex(*arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "docindex", *arguments], capture_output=True, check=False, **more)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("color", ["always", "never"])
def test_a_build_that_is_watched_shows_how_far_it_is_and_ends_well(archive: Path, color: str) -> None:
    terminal, slave = pty.openpty()
    command = [sys.executable, "-m", "docindex", "build", "--color", color]
    with subprocess.Popen(command, cwd=archive, stderr=slave, env={**os.environ, "TERM": "xterm"}) as building:
        os.close(slave)
        seen = b""
        try:
            while piece := os.read(terminal, 10_000):
                seen += piece
        except OSError:  # its end has closed
            os.close(terminal)
    assert building.returncode == 0
    assert (b"0/" in seen) == (color == "always")  # a bar is drawn where it can be wiped off again
    assert re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", seen).count(b"+ 3 added  ~ 0 changed") == 1


def test_a_closed_pipe_ends_in_silence(archive: Path, run) -> None:
    for number in range(300):
        (archive / f"press/{number}.txt").write_text(f"Belmokhtar {number}\n" + "mot " * 200)
    (archive / "INDEX.md").write_text("- `press/*.txt`\n")
    run("build")
    script = f"{sys.executable} -m docindex search Belmokhtar -n 0 | head -1"
    ran = subprocess.run(["bash", "-c", f"set -o pipefail; {script}"], capture_output=True, text=True, check=False)
    assert ran.stdout.count("\n") == 1
    assert "Traceback" not in ran.stderr
    assert "Error" not in ran.stderr


@pytest.mark.parametrize(
    ("command", "count"), [(("search", "Belmokhtar"), "2 matches"), (("kwic", "Belmokhtar"), "3 lines")]
)
def test_the_count_comes_first_in_the_pager(archive: Path, run, command: tuple[str, ...], count: str) -> None:
    run("build")
    terminal, slave = pty.openpty()
    own = {**os.environ, "TERM": "dumb", "LINES": "2", "DOCINDEX_PAGER": "cat"}
    subprocess.run(
        [sys.executable, "-m", "docindex", *command], stdout=slave, stderr=subprocess.PIPE, env=own, check=True
    )
    os.close(slave)
    assert os.read(terminal, 10_000).decode().splitlines()[:2] == [count, ""]
    os.close(terminal)


@pytest.mark.parametrize("command", [("search", "Belmokhtar"), ("kwic", "Belmokhtar"), ("timeline", "Belmokhtar")])
def test_an_index_that_is_not_the_nearest_is_named(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    run("build")
    assert "index: " not in run(*command).err
    assert "index: " not in run(*command, "--index", ".docindex").err
    run("build", "--index", "other")
    assert run(*command, "--index", "other").err.endswith("\nindex: other, as --index says\n")
    monkeypatch.setenv("DOCINDEX_INDEX", str(archive / "other"))
    assert run(*command).err.endswith(f"\nindex: {archive}/other, as DOCINDEX_INDEX says\n")


@pytest.mark.parametrize(("heeds", "code"), [(True, 0), (False, 130)])
def test_ctrl_c_in_the_pager_is_the_pagers(archive: Path, run, heeds: bool, code: int) -> None:
    run("build")
    (archive / "pager.py").write_text(
        "import os, signal, sys, time\n"
        + ("signal.signal(signal.SIGINT, lambda *_: None)\n" if heeds else "signal.signal(signal.SIGINT, 0)\n")
        + "print(len(sys.stdin.read()), flush=True)\nos.killpg(0, signal.SIGINT)\ntime.sleep(0.3)\nprint('read on')\n"
    )
    terminal, slave = pty.openpty()
    own = {**os.environ, "TERM": "xterm", "LINES": "5", "DOCINDEX_PAGER": f"{sys.executable} pager.py"}
    code_of_run = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # as a terminal has it
        "sys.argv = ['docindex', 'show', 'press/a.txt']\n"
        "from docindex.cli.startup import run; run()"
    )
    command = [sys.executable, "-c", code_of_run]
    ran = subprocess.run(command, stdout=slave, stderr=subprocess.PIPE, env=own, start_new_session=True, check=False)
    os.close(slave)
    assert (ran.returncode, ran.stderr, b"read on" in os.read(terminal, 10_000)) == (code, b"", heeds)
    os.close(terminal)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("more", [(), ("--json",), ("--format", "html"), ("-l",), ("-c",)])
def test_an_answer_that_finds_no_room_is_a_failure_and_no_traceback(archive: Path, run, more: tuple[str, ...]) -> None:
    run("build")
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "docindex", "search", "Belmokhtar", *more]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        2,
        "docindex: the answer cannot be written: No space left on device\n  try: make room, or send it elsewhere\n",
    )


@pytest.mark.parametrize("moment", ["docindex.cli.main", "typer", "docindex.engines.whoosh.engine"])
def test_ctrl_c_ends_in_silence_also_while_docindex_is_loaded(archive: Path, run, moment: str) -> None:
    run("build")
    package, _, module = moment.rpartition(".")
    code = (
        "import builtins, os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # as a terminal has it
        "usual = builtins.__import__\n"
        "def load(name, *more):\n"
        f"    if name == {moment!r} or (name, more[2]) == {(package, (module,))!r}:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return usual(name, *more)\n"
        "builtins.__import__ = load\n"
        "sys.argv = ['docindex', 'search', 'Belmokhtar', '--no-pager']\n"
        "from docindex.cli.startup import run; run()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_help_is_for_people_and_starts_without_the_engine(archive: Path) -> None:
    ran = docindex("--help")
    assert ran.returncode == 0
    assert b'docindex search "Belmokhtar"' in ran.stdout
    code = (
        "import sys, docindex.cli.main; print(sorted({'whoosh', 'rich', 'markdown_it', 'yaml'} & sys.modules.keys()))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def loaded(*arguments: str) -> set[str]:
    """The modules that a run of its own has loaded when it ends, its answer going to a pipe."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = {['docindex', *arguments]!r}\n"
        "from docindex.cli.main import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stderr.splitlines()[-1].split())


FOR_BUILDS = {
    "charset_normalizer",
    "eld",
    "isal",
    "markdown_it",
    "numpy",
    "pathspec",
    "pebble",
    "yaml",
}
FOR_BUILDS |= {
    f"docindex.{room}"
    for room in ("analysis.language_detection", "indexing.build", "indexing.plan", "indexing.worker_pool")
}
FOR_BUILDS |= {"docindex.manifest.load", "docindex.readers.read"}
FOR_SOME_QUERIES = {
    "rapidfuzz",
    "json",
    "tomllib",
    "docindex.metadata.dates",
    "docindex.search.explain",
    "docindex.search.diagnosis",
}
FOR_TERMINALS = {"rich", "docindex.render.theme"}
SLOW = {"dataclasses", "email", "multiprocessing", "unittest"}


def test_a_search_in_a_pipe_loads_only_what_it_uses(archive: Path, run) -> None:
    for number in range(9):  # so that the word is none that may be a slip
        (archive / f"press/{number}.txt").write_text(f"Belmokhtar, {number}")
    run("build", "press")
    found = loaded("search", "Belmokhtar", "--index", "press/.docindex")
    others = {
        f"docindex.cli.{name}" for name in ("search_many", "build", "check", "kwic", "man_page", "show", "timeline")
    }
    assert found & (FOR_BUILDS | FOR_SOME_QUERIES | FOR_TERMINALS | SLOW | others) == set()
    assert {name for name in found if name.startswith(("whoosh.qparser", "whoosh.query", "whoosh.searching"))} == set()


def test_a_search_loads_nothing_that_is_only_for_older_pythons(archive: Path, run) -> None:
    run("build", "press")
    command = [sys.executable, "-X", "importtime", "-m", "docindex", "search", "Belmokhtar"]
    environment = os.environ | {"DOCINDEX_INDEX": "press/.docindex"}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "msgspec" in loaded
    assert "inspect" not in loaded  # typing_extensions loads it


def test_a_build_that_finds_nothing_new_loads_nothing_that_writes(archive: Path, run) -> None:
    (archive / "press/empty.txt").write_text("")  # tried again by each build
    run("build", "press")
    code = (
        "import sys\n"
        "from docindex.cli.main import main\n"
        "sys.argv = ['docindex', 'build', 'press']\n"
        "try: main()\n"
        "finally: print(*{'numpy', 'isal', 'eld', 'pebble'} & sys.modules.keys())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "")
    assert "empty.txt" in ran.stdout + ran.stderr


def test_words_alone_are_searched_without_what_reads_flags_and_just_as_with_it(archive: Path, run) -> None:
    run("build")
    assert "typer" not in loaded("search", "Belmokhtar", "accord")
    assert "typer" in loaded("search", "Belmokhtar", "accord", "-P")
    for words in (
        ["Belmokhtar"],
        ["title:accord", "NOT", "secret"],
        ['"accord', "NOT"],
        ["zzzz"],
        ["title:accord"],
        [""],
    ):
        assert run("search", *words) == run("search", "--", *words) == run("search", "-P", *words)


@pytest.mark.parametrize("name", options.COMMANDS)
def test_typer_hands_each_command_the_defaults_of_its_table(name: str) -> None:
    rows = options.flags(options.COMMANDS[name].flags)
    given = typer_app.command(name).make_context(name, ["x" for row in rows if row.required]).params
    assert given.keys() == {row.field for row in rows}
    assert [row.field for row in rows if not row.required and (given[row.field] or None) != (row.default or None)] == []


@pytest.mark.parametrize("name", options.COMMANDS)
def test_a_help_groups_its_flags_and_ends_with_examples_and_exit_codes_of_its_command(name: str) -> None:
    shown = docindex(name, "--help", env={**os.environ, "COLUMNS": "60"}).stdout.decode()
    assert max(map(len, shown.splitlines())) <= 60
    command = options.COMMANDS[name]
    for row in options.flags(command.flags):
        assert row.flag.is_argument or f"\n{row.flag.group}:\n" in shown
    _, _, end = shown.partition("Examples:\n")
    examples, _, codes = end.partition("Exit codes:\n")
    assert [line.strip() for line in examples.splitlines() if line.strip()] == list(command.examples)
    assert [line.split(maxsplit=1) for line in codes.splitlines()] == [[str(code), s] for code, s in command.exit_codes]


def test_the_examples_of_the_help_are_commands_that_typer_reads() -> None:
    for name, command in options.COMMANDS.items():
        for example in command.examples:
            program, typed, *arguments = shlex.split(example)
            assert (program, typed) == ("docindex", name)
            typer_app.command(name).make_context(name, arguments)


def test_a_word_that_is_no_command_was_meant_to_be_searched(archive: Path, run) -> None:
    code, out, err = run("accord secret", "-n", "3")
    assert (code, out) == (2, "")
    assert err.endswith("No such command 'accord secret'.\n  try: docindex search 'accord secret' -n 3\n")


def test_the_tree_of_errors_is_drawn_with_the_exit_code_of_each() -> None:
    drawn = re.findall(r"^ {4,}(\w+) +(\d+)", str(errors.__doc__), re.MULTILINE)
    defined = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.DocindexError)]
    assert {name: int(code) for name, code in drawn} == {one.__name__: one.exit_code for one in defined}


def test_a_search_loads_what_its_query_wants_and_no_more(archive: Path, run) -> None:
    run("build")
    found = loaded("search", "belmoktar~", "--since", "mars 2012", "--color", "always")
    assert found & (FOR_BUILDS | FOR_SOME_QUERIES | FOR_TERMINALS) == FOR_TERMINALS | {
        "rapidfuzz",
        "docindex.metadata.dates",
    }


def test_help_loads_neither_an_engine_nor_what_answers(archive: Path) -> None:
    found = loaded("--help")
    assert found & (FOR_BUILDS | FOR_SOME_QUERIES | FOR_TERMINALS | SLOW) == set()
    assert {name for name in found if name.startswith(("whoosh", "docindex.render", "docindex.engines"))} == {
        "docindex.render",
        "docindex.render.formats",
    }  # the names of formats


def test_the_version_is_said() -> None:
    assert docindex("--version").stdout == b"docindex 0.2.0\n"


def test_closed_streams_cost_the_answer_and_nothing_else(archive: Path, run) -> None:
    run("build")
    command = f"{sys.executable} -m docindex search Belmokhtar"
    for closed, left in ((">&-", "stderr"), ("2>&-", "stdout"), ("<&- >&- 2>&-", None)):
        ran = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True, check=False)
        assert ran.returncode == 0
        assert b"Traceback" not in ran.stderr
        assert [name for name in ("stdout", "stderr") if getattr(ran, name)] == ([left] if left else [])


def test_a_query_is_understood_where_the_locale_has_no_such_letters(archive: Path, run) -> None:
    run("build")
    old = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for asked in (
        ["search", "بلمختار"],
        ["search", "-c", "-e", "بلمختار"],
        ["kwic", "بلمختار"],
        ["timeline", "بلمختار"],
    ):
        assert docindex(*asked, env=old).returncode == 0
    assert docindex("search", "-c", "-f", "-", input="بلمختار\n".encode(), env=old).returncode == 0


def test_a_check_that_finds_nothing_says_so(archive: Path, run) -> None:
    (archive / "press/INDEX.md").write_text("- `a.txt`\n")
    assert list(run("check", "press/INDEX.md")) == [0, "", "1 source, nothing to report\n"]
    assert list(run("check", "press/INDEX.md", "--json"))[2] == ""


@pytest.mark.parametrize("columns", [60, 80])
def test_the_list_of_commands_is_whole_and_no_line_is_broken(archive: Path, columns: int) -> None:
    shown = docindex("--help", env={**os.environ, "COLUMNS": str(columns)}).stdout.decode()
    _, _, listed = shown.partition("Commands:\n")
    assert "..." not in listed
    assert max(map(len, listed.splitlines())) <= columns
    assert [line for line in listed.splitlines() if line[:1] == " " and line[1] != " "] == []


def test_an_index_without_records_is_searched_and_built_again(archive: Path, run) -> None:
    (archive / "none").mkdir()
    (archive / "none/a.txt").write_text("")
    assert run("build", "none").code == 0
    for query in ("Belmokhtar", "*", "Belm*", "Belmokhtar~", '"Belmokhtar talks"'):
        for command in ("search", "kwic", "timeline"):
            assert run(command, query, "--index", "none/.docindex").code == 1
    assert run("status", "--index", "none/.docindex").code in {0, 1}
    (archive / "none/a.txt").write_text("Belmokhtar")
    assert run("build", "none").code == 0
    assert run("search", "Belmokhtar", "--index", "none/.docindex").code == 0
