"""What of a message is its sender's own: quoted replies, what is below them, signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.readers.quoted_text import MAX_QUOTES, quoted


def shown(text: str) -> str:
    """The text with what is quoted in brackets."""
    for span in reversed(quoted(text.split("\n"))):
        text = f"{text[: span.start]}[{text[span.start : span.stop]}]{text[span.stop :]}"
    return text


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Yes.\n\nOn Monday Jane wrote:\n> Will it hold?\n> > Who knows\nNo.", None),
        ("> Will it hold?\nYes.", "[> Will it hold?]\nYes."),
        ("Yes.\n-- \nJane Doe\nThe Daily Paper", "Yes.\n[-- \nJane Doe\nThe Daily Paper]"),
        ("Yes.\n--\nJane", "Yes.\n[--\nJane]"),
        ("Oui.\n-----Message d'origine-----\nTient-il ?", "Oui.\n[-----Message d'origine-----\nTient-il ?]"),
        ("Yes.\n\n---- Original Message ----\nx", "Yes.\n\n[---- Original Message ----\nx]"),
        ("Oui.\nDe : Jane\nEnvoyé : lundi\nTient-il ?", "Oui.\n[De : Jane\nEnvoyé : lundi\nTient-il ?]"),
        ("Ja.\n*Von:* Jane\n*Gesendet:* Montag\nx", "Ja.\n[*Von:* Jane\n*Gesendet:* Montag\nx]"),
        ("From: where I stand\nDate: unknown", "From: where I stand\nDate: unknown"),
        ("From: Paris\nwe went on -- slowly", "From: Paris\nwe went on -- slowly"),
        ("a\n---\nb\n----\nc", "a\n---\nb\n----\nc"),
        ("> only\n> quoted", "> only\n> quoted"),
        ("-- \nonly a signature", "-- \nonly a signature"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_quoted_is_told(text: str, marked: str | None) -> None:
    if marked is None:
        marked = "Yes.\n\nOn Monday Jane wrote:\n[> Will it hold?\n> > Who knows]\nNo."
    assert shown(text) == marked


@given(st.lists(st.sampled_from(["a", "> b", "", "-- ", "From: x", "Date: y", ">"]), max_size=12))
def test_spans_are_whole_lines_in_order_and_leave_some_words(lines: list[str]) -> None:
    text = "\n".join(lines)
    done = 0
    for span in quoted(lines):
        assert done <= span.start <= span.stop <= len(text)
        assert span.start == 0 or text[span.start - 1] == "\n"
        assert span.stop == len(text) or text[span.stop] == "\n"
        done = span.stop + 1
    own = [line for line in text.split("\n") if not line.startswith(">")]
    assert shown(text).replace("[", "").replace("]", "") == text
    assert quoted(lines) == () or any(line.strip() for line in own)


def test_a_message_of_a_million_stretches_has_a_bounded_number_of_them() -> None:
    assert len(quoted(["> a", "b"] * 10_000)) == MAX_QUOTES
