"""Quotations of a draft: which marks open one, what is left out, and the draft's lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from packages import docx, p

from docindex.errors import UsageError
from docindex.proof.drafts import MAX_DRAFT_BYTES, read_draft
from docindex.proof.quotations import quotations


def texts(draft: str) -> list[str]:
    return [found.text for found in quotations(draft)]


@pytest.mark.parametrize(
    "marked",
    [
        "«\u00a0the harbour was closed\u00a0»",
        "«\u202fthe harbour was closed\u202f»",
        "“the harbour was closed”",
        "„the harbour was closed“",
        "„the harbour was closed”",
        "‹the harbour was closed›",
        "»the harbour was closed«",
        "‘the harbour was closed’",
        '"the harbour was closed"',
        "“*the harbour* was **closed**”",
        "“the harbour\nwas closed”",
    ],
)
def test_each_languages_marks_hold_a_quotation(marked: str) -> None:
    assert texts(f"They wrote {marked}, and left.") == ["the harbour was closed"]


@pytest.mark.parametrize(
    "draft",
    [
        "```\nprint(“not a quotation at all”)\n```",
        "Run `grep “not a quotation at all”` first.",
        "A word[^1].\n\n[^1]: The note says “not a quotation at all”.\n    It goes on “here and here too”.",
        "<!-- “not a quotation at all” -->",
        '[link](http://example.org "not a quotation")',
        "---\ntitle: “not a quotation at all”\n---\n\nText.",
        "It measured 5\" by 7\" and 8' by 9'.",
        "An opening mark “that is never closed",
        "The dogs’ bowl and the cats’ bowl",
        "“…” and « »",
    ],
)
def test_code_notes_targets_and_lone_marks_hold_none(draft: str) -> None:
    assert texts(draft) == []


def test_a_nested_quotation_belongs_to_the_outer_one() -> None:
    assert texts("« Il a dit « je pars ce soir » et il est resté. »") == [
        "Il a dit « je pars ce soir » et il est resté."
    ]


def test_an_apostrophe_closes_no_single_quotes() -> None:
    assert texts("‘it wasn’t their harbour’") == ["it wasn’t their harbour"]


def test_a_quotation_does_not_go_on_over_an_empty_line() -> None:
    assert texts("He said “that they\n\nwere gone” by then.") == []


def test_a_block_quote_bears_its_attribution() -> None:
    (found,) = quotations("Before.\n\n> The harbour was closed\n> until the spring.\n> — *The harbour master*\n")
    assert (found.text, found.attribution, found.line) == (
        "The harbour was closed until the spring.",
        "The harbour master",
        3,
    )


def test_ellipses_and_brackets_part_a_quotation_into_pieces() -> None:
    draft = "« [L]e port [de la ville] fut fermé […] au printemps [...] de l'année (…) suivante [sic] »"
    (found,) = quotations(draft)
    assert found.pieces == ("Le port fut fermé", "au printemps", "de l'année", "suivante")


def test_lines_are_those_of_the_draft() -> None:
    draft = "---\na: b\n---\n\n“one two three four”\n\n```\ncode\n```\r\n“five six\nseven eight”\n> nine ten\n"
    assert [(found.line, found.text) for found in quotations(draft)] == [
        (5, "one two three four"),
        (10, "five six seven eight"),
        (12, "nine ten"),
    ]


def test_a_word_document_is_a_draft_without_its_footnotes(tmp_path: Path) -> None:
    path = tmp_path / "draft.docx"
    body = p("A first line.") + p("They wrote “the harbour was closed” there.")
    path.write_bytes(docx(body, footnotes=p("See “the note is not judged here”.")))
    found = read_draft(str(path))
    assert [(one.text, one.line) for one in found.quotations] == [("the harbour was closed", 2)]


def test_a_draft_in_an_older_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes("Il a écrit : « le port était fermé l'été dernier ».\n".encode("cp1252"))
    assert [one.text for one in read_draft(str(path)).quotations] == ["le port était fermé l'été dernier"]


@pytest.mark.parametrize("name", ["absent.md", "."])
def test_a_draft_that_cannot_be_read_is_told_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_draft(str(tmp_path / name))


def test_a_damaged_word_document_is_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "draft.docx"
    path.write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(UsageError, match=r"draft\.docx"):
        read_draft(str(path))


def test_a_draft_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    with path.open("wb") as file:
        file.truncate(MAX_DRAFT_BYTES + 1)
    with pytest.raises(UsageError, match="larger than"):
        read_draft(str(path))


def test_each_paragraph_of_a_long_quotation_that_opens_anew_belongs_to_it() -> None:
    draft = "He wrote: “The harbour was closed in May.\n\n“The boats stayed out until June.” Then he left.\n"
    found = [(one.line, one.text) for one in quotations(draft)]
    assert found == [(1, "The harbour was closed in May."), (3, "The boats stayed out until June.")]
    assert quotations("A lone “mark stays open.\n\nThe next paragraph begins.\n") == []


@pytest.mark.parametrize(
    "draft", ["Hon sade: ”hamnen var stängd länge”, och gick.", "قال: ”الميناء مغلق منذ زمن“ ثم ذهب."]
)
def test_marks_that_open_as_they_close_hold_a_quotation(draft: str) -> None:
    assert len(quotations(draft)) == 1
    assert quotations("It was “closed” and ”open” again")[1:] == quotations("It was closed and ”open” again")
