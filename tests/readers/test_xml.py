"""XML: the text of its elements, and as it is written where it is broken."""

from __future__ import annotations

import pytest
from packages import Outline, Reading

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def test_elements_apart_are_lines_and_elements_within_text_are_not(read: Reading, outline: Outline) -> None:
    page = (
        HEAD
        + "<book>\n<title>A ledger</title>\n<para>The <em>harbour</em> master,\nso called.</para>"
        + "<para>Ships</para>\n</book>"
    )
    ((_, title, rows),) = outline(read("a.xml", page))
    assert title == "A ledger"
    assert rows == [(3, "A ledger"), (4, "The harbour master, so called."), (5, "Ships")]


def test_values_without_blanks_between_them_stay_apart(read: Reading) -> None:
    assert read("a", HEAD + "<a><b>one</b><c>two</c></a>")[0].body == "one\ntwo"


def test_sentences_in_attributes_are_text(read: Reading) -> None:
    page = HEAD + '<l><sms date="12" address="+33" body="See you at the harbour"/></l>'
    assert read("a.xml", page)[0].body == "body: See you at the harbour"


def test_a_declared_encoding_is_believed(read: Reading) -> None:
    assert read("a.xml", '<?xml version="1.0" encoding="ISO-8859-1"?><a>été</a>'.encode("latin-1"))[0].body == "été"


@pytest.mark.parametrize(
    "page",
    [
        HEAD + "<a>A word, but no end",
        HEAD + "<a>A word &undefined;</a>",
        HEAD + '<!DOCTYPE a [<!ENTITY x "y">]><a>A word &x;</a>',
        HEAD + '<a b="word"/>',
    ],
)
def test_what_cannot_be_parsed_is_read_as_it_is_written(read: Reading, page: str) -> None:
    (record,) = read("a.xml", page)
    assert "word" in record.body
    assert "<a" in record.body
