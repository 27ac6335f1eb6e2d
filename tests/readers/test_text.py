"""Plain text: press articles and digests, mails, title lines, pages; and that no word is lost."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import date as Day
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from docindex.errors import ReaderError
from docindex.model.documents import Date, Metadata, Record, Source
from docindex.readers import read as readers_read
from docindex.readers.text_headers import mail_headers, publisher

Reading = Callable[..., list[Record]]
Outline = Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]

MARCH_20 = Day(2016, 3, 20)

DIGEST = """\
Press review

20-03-2016 23:15 - First: a title

AFP - The body of the first article.
It has two lines.

2016-03-20 – Second

A body.

-----
2016-03-20 – Third

Another body.

Not a header, as text follows at once:
2016-03-22 - x

20/03/2016: Fourth
"""


def test_a_press_article_gives_title_date_and_publisher(read: Reading) -> None:
    (made,) = read(
        "a.txt", "20-03-2016 23:15 - Mali: talks - again\n\nHuffington Post Maghreb - Talks have begun today.\n"
    )
    assert made.metadata == Metadata(
        title="Mali: talks - again",
        publisher="Huffington Post Maghreb",
        date=Date("2016-03-20T23:15", MARCH_20, MARCH_20, "minute", "header"),
        language="en",
    )
    assert (made.id, made.body) == ("a.txt", "Huffington Post Maghreb - Talks have begun today.")
    assert made.lines == range(3, 4)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("2016-03-20 - T", "2016-03-20"),
        ("20/03/2016 – T", "2016-03-20"),
        ("20.03.2016 — T", "2016-03-20"),
        ("20-03-2016: T", "2016-03-20"),
        ("  20.03.2016 08:05 -T", "2016-03-20T08:05"),
        ("2016-03-20 08:05: T", "2016-03-20T08:05"),
        ("\ufeff20/03/2016  8:05   -   T  ", "2016-03-20T08:05"),
    ],
)
def test_a_press_header_may_be_written_in_many_ways(read: Reading, header: str, value: str) -> None:
    (made,) = read("a.txt", f"{header}\n\nBody\n")
    assert (made.title, made.metadata.date and made.metadata.date.value, made.body) == ("T", value, "Body")


@pytest.mark.parametrize(
    "header",
    [
        "2016-03-20 T",
        "2016-03-20-T",
        "2016-13-40 - T",
        "20-03.2016 - T",
        "2016-03-20 - --",
        "1 - T",
        "2016-03-20 - " + "t" * 300,
    ],
)
def test_what_is_no_press_header_stays_text(read: Reading, header: str) -> None:
    (made,) = read("a.txt", f"{header}\n\nBody")
    assert made.metadata.date is None
    assert re.sub(r"\W", "", made.title + made.body).count("Body") == 1


def test_each_header_of_a_digest_opens_a_record(read: Reading, outline: Outline) -> None:
    assert outline(read("d.txt", DIGEST)) == [
        ("d.txt", "Press review", [(1, "Press review")]),
        (
            "d.txt#2016-03-20T23:15",
            "First: a title",
            [(5, "AFP - The body of the first article."), (6, "It has two lines.")],
        ),
        ("d.txt#2016-03-20", "Second", [(10, "A body."), (11, ""), (12, "-----")]),
        (
            "d.txt#2016-03-20-2",
            "Third",
            [(15, "Another body."), (16, ""), (17, "Not a header, as text follows at once:"), (18, "2016-03-22 - x")],
        ),
        ("d.txt#2016-03-20-3", "Fourth", [(20, "20/03/2016: Fourth")]),
    ]


def test_an_article_of_a_digest_has_its_own_title_and_date_whatever_is_declared(read: Reading) -> None:
    declared = Date("2015", Day(2015, 1, 1), Day(2015, 12, 31), "year", "manifest")
    records = read("d.txt", DIGEST, title="March", publisher="Press office", date=declared)
    said = [(made.title, made.metadata.publisher, made.metadata.date and made.metadata.date.value) for made in records]
    assert said == [
        ("March", "Press office", "2015"),
        ("First: a title", "Press office", "2016-03-20T23:15"),
        ("Second", "Press office", "2016-03-20"),
        ("Third", "Press office", "2016-03-20"),
        ("Fourth", "Press office", "2016-03-20"),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "2013-01-16: the attack begins\n2013-01-17: the army storms\n2013-01-19: the end\n\nMore text.",
        "2013-01-16: the attack begins\n\n2013-01-17: the army storms\n\n2013-01-19: the end\n\nMore text.",
        "2013-01-16 - the attack begins, as a report tells\nthat goes on.\n\n2013-01-17 - it goes on\nand on.",
        "Before.\n\n2013-01-16: the attack begins\n\nMore text.",
    ],
)
def test_a_chronology_is_no_digest(read: Reading, lines: str) -> None:
    title = "A note on the events, with a chronology."
    found = [(made.id, made.title, made.body) for made in read("note.txt", f"{title}\n\n{lines}")]
    assert found == [("note.txt", title, lines)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("AFP - ", "AFP"),
        ("Reuters – ", "Reuters"),
        ("(Reuters) - ", "Reuters"),
        ("ALGER (APS) — ", "APS"),
        ("PARIS, 20 mars (AFP) - ", "AFP"),
        ("NEW TOWN (Nowhere Wire) - ", "Nowhere Wire"),
        ("Le Quotidien d'Oran - ", "Le Quotidien d'Oran"),
        ("Agence France-Presse -- ", "Agence France-Presse"),
        ("Süddeutsche Zeitung - ", "Süddeutsche Zeitung"),
        ("وكالة الأنباء الجزائرية - ", "وكالة الأنباء الجزائرية"),
        ("Alger - ", None),
        ("CAIRO — ", None),
        ("New York - ", None),
        ("Jean Dupont (PS) - ", None),
        ("Press freedom, they say - ", None),
        ("The Post Office of the whole country - ", None),
        ("the press - ", None),
        ("AFP-", None),
        ("() - ", None),
    ],
)
def test_a_dateline_names_a_publisher_only_if_it_plainly_is_one(line: str, name: str | None) -> None:
    assert publisher(f"{line}The minister said on Tuesday that talks had begun.") == name


def test_a_dash_behind_a_few_words_is_no_dateline() -> None:
    assert publisher("The Press - an essay") is None


MAIL = """\
UNCLASSIFIED Case No. 1  Date: 08/31/2015
                                                        RELEASE IN PART

 From:                 Doe, Jane D <jane@example.org>
.Sent                  Sunday, February 7, 2010 6:05 PM              B1
 To:
 Subject                Re: Trip    to a place with such a long
                       name that it goes on
                                                                     B5
 Importance:           High

Yes.

From: Someone else
Subject: Trip
"""


def test_a_mails_headers_give_creator_date_and_title_and_stay_in_the_body(read: Reading) -> None:
    (made,) = read("m.txt", MAIL)
    sent = Day(2010, 2, 7)
    assert made.metadata == Metadata(
        title="Re: Trip to a place with such a long name that it goes on",
        creator="Doe, Jane D <jane@example.org>",
        date=Date("2010-02-07T18:05", sent, sent, "minute", "header"),
        language="en",
    )
    assert (made.body, made.lines) == (MAIL.rstrip("\n"), range(1, 16))


@pytest.mark.parametrize(
    ("head", "creator", "title"),
    [
        ("De : A\nEnvoyé : jeudi\nÀ : B\nObjet : C", "A", "C"),
        ("Von: A\nGesendet: gestern\nAn: B\nBetreff: C", "A", "C"),
        ("De: A\nEnviado: ayer\nPara: B\nAsunto: C", "A", "C"),
        ("من: ا\nإلى: ب\nالموضوع: ج", "ا", "ج"),
        ("Received: x\nFrom: A\nX-Mailer: y\nSubject: C\n\nBody", "A", "C"),
        ("MEMORANDUM\n\nTO: B\n\nFROM: A\n\nRE: C", "A", "C"),
        ("From: A\nTo: B\n\n\nSubject: of another mail", "A", None),
        ("*From:* A\n*Subject:* C", "A", "C"),
    ],
)
def test_a_mails_labels_may_be_in_other_languages_and_layouts(head: str, creator: str, title: str | None) -> None:
    found = mail_headers(head.split("\n"))
    assert found
    assert replace(found, to=()) == Metadata(title=title, creator=creator)


@pytest.mark.parametrize(
    "text",
    [
        "From: nowhere\n\nText",
        "Date: 2016-03-20\nTo: B",
        "Thanks.\n\n-----Original Message-----\nFrom: A\nSubject: C",
        "Text\n" * 41 + "From: A\nSubject: C",
        "Text " * 900 + "\nFrom: A\nSubject: C",
        "From here to there\nSubject to change",
    ],
)
def test_labels_elsewhere_make_no_mail(text: str) -> None:
    assert mail_headers(text.split("\n")) is None


@pytest.mark.parametrize(
    ("text", "title", "body", "first"),
    [
        ("\nA title\n\n\nThe body.\n", "A title", "The body.", 5),
        ("A title, and no more", "A title, and no more", "A title, and no more", 1),
        ("هل هذا عنوان؟\n\nنص", "هل هذا عنوان؟", "نص", 3),
        ("A sentence.\n\nThe body.", "A sentence.", "The body.", 3),
        ("Dear friend,\n\nI write.", "a.txt", "Dear friend,\n\nI write.", 1),
        ("Running text\nthat goes on", "a.txt", "Running text\nthat goes on", 1),
        ("====\n\nThe body", "a.txt", "====\n\nThe body", 1),
        ("1234\n\nThe body", "a.txt", "1234\n\nThe body", 1),
        ("Page head\n\nText.\n\nPage head", "a.txt", "Page head\n\nText.\n\nPage head", 1),
        ("w" * 121 + "\n\nText", "a.txt", "w" * 121 + "\n\nText", 1),
    ],
)
def test_a_first_line_is_the_title_if_it_looks_like_one(
    read: Reading, text: str, title: str, body: str, first: int
) -> None:
    (made,) = read("a.txt", text)
    assert (made.title, made.body, made.lines[0]) == (title, body, first)


@pytest.mark.parametrize("head", ["A title", "2016-03-20 - A title"])
def test_a_title_stays_in_the_body_if_the_record_goes_by_another(read: Reading, head: str) -> None:
    text = f"{head}\n\nThe body."
    assert [(made.title, made.body) for made in read("a.txt", text, title="Other")] == [("Other", text)]
    assert [(made.title, made.body) for made in read("a.txt", text, title="A title")] == [("A title", "The body.")]


def test_form_feeds_begin_pages(read: Reading) -> None:
    pages = "Text of one\fand two.\n\n\f2016-03-20 - A\n\nthree\f\nfour\n\f2016-03-21 - B\n\nfive"
    assert [(made.part, made.page, made.body) for made in read("a.txt", pages)] == [
        (None, 1, "Text of one\fand two."),
        ("2016-03-20", 3, "three\f\nfour"),
        ("2016-03-21", 5, "five"),
    ]
    assert [made.page for made in read("a.txt", "No pages")] == [None]


def test_all_newlines_end_lines_but_only_an_editors_are_counted(read: Reading, outline: Outline) -> None:
    assert outline(read("a.txt", "Title\r\n\rone\r\ntwo\u2028two\x85two\nthree")) == [
        ("a.txt", "Title", [(3, "one"), (4, "two"), (4, "two"), (4, "two"), (5, "three")])
    ]


PIECES = st.sampled_from(
    [
        "2016-03-20 - Alpha\n\n",
        "20/03/2016 10:30: Beta\n\n",
        "Gamma\n\n",
        "delta epsilon.\n",
        "\n",
        "-----\n",
        "\f",
        "\r\n",
        "From: Zeta\n",
        "Sent: Eta\n",
        "Subject    Theta\n",
        "   iota\n",
        "AFP - kappa lambda mu nu xi omicron pi\n",
        "\u2028",
    ]
)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_no_word_is_lost(text: str) -> None:
    try:
        records = readers_read.read(Source("a.txt", Metadata(language="en")), text.encode())
    except ReaderError:
        records = []
    kept = " ".join(f"{made.metadata.title or ''} {made.body}" for made in records)
    assert set(re.findall(r"[^\W\d_]+", text)) <= set(re.findall(r"[^\W\d_]+", kept))


@pytest.mark.skipif("DOCINDEX_CORPORA" not in os.environ, reason="DOCINDEX_CORPORA names no folder of corpora")
def test_released_mails_agree_with_an_extraction_by_other_rules() -> None:
    """Of the values that the corpus gives, nine in ten are found just so; the rest is mostly its
    noise.
    """
    corpus = Path(os.environ["DOCINDEX_CORPORA"], "foia-emails", "docs.jsonl")
    named, same = Counter[str](), Counter[str]()
    for line in corpus.read_text(encoding="utf-8").splitlines():
        mail = json.loads(line)
        found = mail_headers(mail["text"].split("\n")) or Metadata()
        day = str(found.date.earliest) if found.date else None
        for term, value, ours in (
            ("creator", mail.get("from"), found.creator),
            ("title", mail.get("title"), found.title),
            ("date", mail.get("date"), day),
        ):
            named[term] += bool(value)
            same[term] += bool(value) and value.split() == (ours or "").split()
    assert {term: same[term] / named[term] > 0.9 for term in named} == {"creator": True, "title": True, "date": True}


def test_a_speck_before_a_date_and_a_semicolon_in_it_are_read_over() -> None:
    head = "From: Jane Doe\nSent:      {}\nTo: Max Roe\nSubject: The talks"
    for sent in ("S            Friday, July 3, 2009 10:44 AM", "Friday; July 3, 2009 10:44 AM"):
        found = mail_headers(head.format(sent).split("\n"))
        assert found
        assert found.date
        assert found.date.value == "2009-07-03T10:44"
