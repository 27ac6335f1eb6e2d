"""People: whom a message names, in its header or in a block of labels, one form for one person,
and dates of memos.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from docindex.metadata.people import people, person
from docindex.model.documents import Record
from docindex.readers.text_headers import mail_headers

Reading = Callable[..., list[Record]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("H <h@mail.example >", "H <h@mail.example>"),
        ("H  <h@mail.example>", "H <h@mail.example>"),
        ("Doe, Jane (doej@mail.example>", "Doe, Jane <doej@mail.example>"),
        ("Jane Doe [mailto:jane@mail.example]", "Jane Doe <jane@mail.example>"),
        ("'jane@mail.example'", "jane@mail.example"),
        ("<jane@mail. example>", "jane@mail.example"),
        ('"Doe, Jane J."', "Doe, Jane J."),
        ("Jane Doe < B6", "Jane Doe"),
        ("Jane Doe <jane©mail.example›", "Jane Doe <jane@mail.example>"),
        ("jane@mail.example <jane@mail.example>", "jane@mail.example"),
    ],
)
def test_a_person_is_written_in_one_form(text: str, shown: str) -> None:
    assert person(text) == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Doe, Jane; Roe, Max", ("Doe, Jane", "Roe, Max")),
        ("a@x.example, b@x.example", ("a@x.example", "b@x.example")),
        ("Jane <a@x.example>, Max <b@x.example>", ("Jane <a@x.example>", "Max <b@x.example>")),
        ("Doe, Jane; Doe, Jane", ("Doe, Jane",)),
        ("B6", ()),
        ("undisclosed-recipients:;", ()),
    ],
)
def test_the_people_of_a_list_are_told_apart(text: str, found: tuple[str, ...]) -> None:
    assert people(text) == found


def test_all_whom_a_header_names_are_in_the_record(read: Reading) -> None:
    head = (
        "From: A <a@x.example>\nTo: B <b@x.example>, c@x.example\nCc: D <d@x.example>\nBcc: e@x.example\n"
        "Reply-To: f@x.example\nResent-To: g@x.example\nX-Original-To: h@x.example\nDelivered-To: g@x.example"
    )
    (made,) = read("a.eml", f"{head}\nSubject: S\n\nText.\n")
    said = made.metadata
    assert (said.to, said.cc, said.bcc) == (("B <b@x.example>", "c@x.example"), ("D <d@x.example>",), ("e@x.example",))
    assert (said.reply_to, said.resent) == (("f@x.example",), ("g@x.example", "h@x.example"))
    assert len(said.people()) == 8


def test_the_columns_of_a_table_name_people(read: Reading) -> None:
    (made,) = read("a.jsonl", '{"from": "A <a@x.example >", "to": "Doe, Jane; Roe, Max", "cc": "B", "text": "T"}\n')
    said = made.metadata
    assert (said.creator, said.to, said.cc) == ("A <a@x.example>", ("Doe, Jane", "Roe, Max"), ("B",))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("From: A\nSent: Wednesda March 2 2011 7:19 AM\nTo: B\nSubject: C", "2011-03-02T07:19"),
        ("From: A\nSent:\nTo: B\nPART B6\nMonday, March 7, 2011\nSubject: C", "2011-03-07"),
        ("From: A\nTo: B\nSent:\n      PART B6\n      Monday, March 7, 2011\nSubject: C", "2011-03-07"),
        ("MEMO\n\nJanuary 18, 2013\n\nFor: B\nFrom: A\nRe: C", "2013-01-18"),
        ("18 janvier 2013\nPour : B\nDe : A\nObjet : C", "2013-01-18"),
        ("من: أحمد\nإلى: محمد\nتاريخ الإرسال: 21 مارس 2016\nالموضوع: الاجتماع", "2016-03-21"),
        ("De : A\nEnvoyé le : 21 mars 2016\nÀ : B\nObjet : C", "2016-03-21"),
        ("От: A\nОтправлено: 21.03.2016 10:15\nКому: B\nТема: C", "2016-03-21T10:15"),
        ("From: A\nTo: B\nSubject: C\n\nWe met on January 18, 2013 in Gao.", None),
        ("From: A\nSent: 20ll-03-02\nTo: B\nSubject: C", "2011-03-02"),
    ],
)
def test_the_date_of_a_block_of_labels_is_read(text: str, date: str | None) -> None:
    found = mail_headers(text.split("\n"))
    assert found
    assert (found.date.value if found.date else None) == date


def test_the_recipients_of_a_label_block_are_read_over_several_lines() -> None:
    found = mail_headers(
        "From: A\nSent: 2 March 2011\nTo:  Doe, Jane; Roe,\n     Max; Poe, Ann\nSubject: C".split("\n")
    )
    assert found
    assert found.to == ("Doe, Jane", "Roe, Max", "Poe, Ann")
