"""Quoted and forwarded messages are found by the headers within a text, with whom they quote."""

from __future__ import annotations

import pytest

from docindex.readers.quoted_messages import MAX_QUOTED_MESSAGES, quoted_messages

BLOCK = "From: Jane Doe\nSent: Monday, January 3, 2011 9:15 AM\nTo: Max Roe\nSubject: The talks"


def found(text: str) -> list[tuple[str | None, str | None, str]]:
    """Return the author, the date and the text of each quoted message."""
    return [
        (
            one.metadata.creator,
            one.metadata.date and one.metadata.date.value,
            text[one.text_start : one.span.stop].strip(),
        )
        for one in quoted_messages(text.split("\n"))
    ]


def test_a_block_of_labels_begins_a_quoted_message() -> None:
    assert found(f"Yes.\n\n{BLOCK}\n\nNo, never.") == [("Jane Doe", "2011-01-03T09:15", "No, never.")]


def test_each_of_several_quoted_messages_ends_where_the_next_begins() -> None:
    older = BLOCK.replace("Jane Doe", "Max Roe").replace("9:15", "8:00")
    text = f"Yes.\n\n{BLOCK}\n\nNo.\n\n-----Original Message-----\n{older}\n\nCan you?"
    assert found(text) == [("Jane Doe", "2011-01-03T09:15", "No."), ("Max Roe", "2011-01-03T08:00", "Can you?")]


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 3 Jan 2011 at 09:15, Jane Doe <jane@mail.example> wrote:",
        "On Mon, Jan 3, 2011 at 9:15 AM, Jane Doe <jane@mail.example>\nwrote:",
        "Le 3 janvier 2011 à 09:15, Jane Doe <jane@mail.example> a écrit :",
        "Am 03.01.2011 um 09:15 schrieb Jane Doe <jane@mail.example>:",
        "El lun, 3 ene 2011 a las 9:15, Jane Doe (<jane@mail.example>) escribió:",
    ],
)
def test_a_line_that_announces_a_quotation_says_whose_it_is(line: str) -> None:
    text = f"Yes.\n\n{line}\n> No.\n> Never.\n\nMine again."
    assert found(text) == [("Jane Doe <jane@mail.example>", "2011-01-03T09:15", "> No.\n> Never.")]


def test_a_header_may_stand_behind_quotation_marks() -> None:
    quoted = "\n".join(f"> {line}" for line in f"{BLOCK}\n\nNo.".split("\n"))
    assert found(f"Yes.\n{quoted}\nMine.") == [("Jane Doe", "2011-01-03T09:15", "> \n> No.")]


@pytest.mark.parametrize(
    "text", ["From: here to there.\nAnd back.", "He wrote:\nno quotation", "> only quoted\n> lines"]
)
def test_other_text_is_no_quoted_message(text: str) -> None:
    assert found(text) == []


def test_quoted_messages_are_bounded() -> None:
    assert len(found("\n\n".join([BLOCK] * (MAX_QUOTED_MESSAGES + 9)))) == MAX_QUOTED_MESSAGES
