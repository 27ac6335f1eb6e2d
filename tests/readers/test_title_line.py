"""A first line set apart is the title, also with a full stop; noise and running text are none."""

from __future__ import annotations

import pytest

from docindex.readers.text_headers import title_line

BELOW = ["", "The harbour was closed for three days.", "Ships waited outside."]


@pytest.mark.parametrize(
    "line",
    [
        "The closing of the harbour",
        "the flow of water around a moving hull .",
        "LIBRARIES IN SMALL TOWNS: A PROPOSAL FOR DISCUSSION.",
        "Die Schließung des Hafens.",
        "إغلاق الميناء",
        "港口关闭三天",
        "IBM",
        "U.S. policy in the region.",
    ],
)
def test_a_line_set_apart_is_a_title(line: str) -> None:
    assert title_line([line, *BELOW], sentence=True) == line


@pytest.mark.parametrize(
    "line",
    [
        "AAAAA",
        "cc6oc AH",
        "4 1 l1 0",
        "Dear friends,",
        "Goodbye.",
        "The harbour is closed. Ships are waiting.",
        "First of all, we went to the harbour and saw that it was closed, and " + "then we waited " * 12 + "there.",
    ],
)
def test_noise_and_running_text_are_no_title(line: str) -> None:
    assert title_line([line, *BELOW], sentence=True) is None


def test_a_sentence_alone_is_text_and_no_title() -> None:
    assert title_line(["The harbour is closed."], sentence=True) is None
    assert title_line(["The harbour is closed.", "Ships are waiting."], sentence=True) is None


def test_a_sentence_is_a_title_only_where_it_is_asked_for() -> None:
    assert title_line(["The closing of the harbour.", *BELOW]) is None
