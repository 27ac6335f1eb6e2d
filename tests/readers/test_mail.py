"""Mail: headers to metadata, the best text on the lines of its file, attachments, mboxes,
Maildirs, hostile mail.
"""

from __future__ import annotations

import importlib.util
import os
from base64 import b64encode
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import detection
from docindex.readers import read as readers_read
from docindex.readers.base import PartFailure

Reading = Callable[..., list[Record]]
Outline = Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]

PLAIN = """\
Received: from a by b; Sun, 20 Mar 2016 22:00:00 +0000
From: "Doe, Jane" <jane@example.org>
Reply-To: list@example.org
To: =?utf-8?q?Ren=C3=A9?= <rene@example.org>,
  max@example.org
Cc: ann@example.org
Subject: The talks
  go on
Date: Sun, 20 Mar 2016 23:15:00 +0100
Message-ID: <one@example.org>

Yes.

> Did they end?
--
Jane
"""
HEAD = "From: a@example.org\nSubject: S\nMIME-Version: 1.0\n"


def mixed(*parts: str, kind: str = "mixed") -> str:
    """A message of several parts."""
    inner = "".join(f"--edge\n{part}\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="edge"\n\n{inner}--edge--\n'


def text(body: str, kind: str = "plain", more: str = "") -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\n{more}\n{body}"


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> str:
    head = f'Content-Type: {kind}\nContent-Disposition: attachment; filename="{name}"'
    return f"{head}\nContent-Transfer-Encoding: base64\n\n{b64encode(content).decode()}"


def test_a_message_is_a_record_with_those_it_is_to_and_its_quotations(read: Reading, outline: Outline) -> None:
    records = read("a.eml", PLAIN)
    assert outline(records) == [
        (
            "a.eml",
            "The talks go on",
            [
                (4, "To: René <rene@example.org>; max@example.org"),
                (6, "Cc: ann@example.org"),
                (12, ""),
                (12, "Yes."),
                (13, ""),
                (14, "> Did they end?"),
                (15, "--"),
                (16, "Jane"),
            ],
        )
    ]
    said = records[0].metadata
    assert (said.creator, said.date and (said.date.value, said.date.origin)) == (
        "Doe, Jane <jane@example.org>",
        ("2016-03-20T23:15", "header"),
    )


@pytest.mark.parametrize(
    ("field", "creator", "title", "date"),
    [
        ("From: =?iso-8859-1?Q?J=F6rg?= <j@x.org>", "Jörg <j@x.org>", None, None),
        ("From: J\udcf6rg <j@x.org>", "Jörg <j@x.org>", None, None),
        ("From: a@x.org, B <b@x.org>", "a@x.org; B <b@x.org>", None, None),
        ("Sender: a@x.org", "a@x.org", None, None),
        ("From: " + "(" * 5_000, "(" * 5_000, None, None),
        ("Subject: =?utf-8?B?w4l0w6k=?= =?utf-8?Q?_=E2=82=AC?=", None, "Été €", None),
        ("Subject: =?utf-8?B?4oI=?= =?utf-8?B?rA==?=", None, "€", None),
        ("Subject: =?nonsense?Q?caf=C3=A9?= \\u1", None, "café \\u1", None),
        ("Subject: =?utf-8?B?x?=", None, "=?utf-8?B?x?=", None),
        ("Subject: caf\udcc3\udca9", None, "café", None),
        ("Date: 31 Jul 08 14:57 EDT", None, None, "2008-07-31T14:57"),
        ("Date: 2012-12-08 00:48", None, None, "2012-12-08T00:48"),
        ("Date: soon", None, None, None),
        ("Delivery-Date: Fri, 11 May 2012 16:22:03 +0300 (EEST)", None, None, "2012-05-11T16:22"),
    ],
)
def test_a_header_is_decoded_as_well_as_can_be(
    read: Reading, field: str, creator: str | None, title: str | None, date: str | None
) -> None:
    (made,) = read("a.eml", f"{field}\n\nbody".encode("ascii", "surrogateescape"))
    said = made.metadata
    assert (said.creator, said.title, said.date and said.date.value) == (creator, title, date)


@pytest.mark.parametrize(
    ("message", "body"),
    [
        (mixed(text("plain"), text("<p>marked", "html"), kind="alternative"), [(9, "plain")]),
        (mixed(text("\n"), text("<p>marked", "html"), kind="alternative"), [(14, "marked")]),
        (mixed(text("one"), text("two")), [(9, "one"), (13, "two")]),
        (mixed(text("\none\n\n\n"), text("two\n")), [(10, "one"), (17, "two")]),
        (
            mixed(text("caf=C3=A9 =\nau lait\nthe=\n end", more="Content-Transfer-Encoding: quoted-printable\n")),
            [(10, "café au lait"), (12, "the end")],
        ),
        (
            mixed(text(b64encode(b"one\ntwo").decode(), more="Content-Transfer-Encoding: base64\n")),
            [(10, "one"), (10, "two")],
        ),
        (
            mixed(text("signed"), "Content-Type: application/pgp-signature; name=s.asc\n\nx", kind="signed"),
            [(9, "signed")],
        ),
        (mixed("Content-Type: application/pgp-encrypted\n\n", kind="encrypted"), [(4, "(The text is encrypted.)")]),
        (f"{HEAD}Content-Type: text/html\n\n<p>a<br>b\n<p>c", [(6, "a"), (6, "b"), (7, "c")]),
        (f"{HEAD}Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B%5!<%P\x1b(B", [(6, "サーバ")]),
        (f"{HEAD}Content-Type: text/plain; charset=nonsense\n\ncafé", [(6, "café")]),
        (f"{HEAD}Content-Type: text/plain; charset=utf-8\n\nnul \0 nul", [(6, "nul \ufffd nul")]),
        (f"{HEAD}Content-Type: multipart/mixed\n\nno edge", [(6, "no edge")]),
        (HEAD, [(3, "S")]),
        ("no header at all", [(1, "no header at all")]),
        (mixed(text("windows")).replace("\n", "\r\n"), [(9, "windows")]),
    ],
)
def test_the_best_text_is_taken_with_the_lines_of_the_file(
    read: Reading, message: str, body: list[tuple[int, str]]
) -> None:
    if "html" in message and not importlib.util.find_spec("lxml"):
        pytest.skip("trafilatura and lxml are not installed")
    (made,) = read("a.eml", message)
    shown = list(zip(made.lines, made.body.split("\n"), strict=True))
    assert [row for row in shown if row[1]] == [row for row in body if row[1]]
    assert shown[0] == body[0]


def test_attachments_are_records_by_the_readers_of_their_formats(read: Reading, outline: Outline) -> None:
    message = mixed(
        text("See below."),
        attached("../list.csv", b"title,place\nOne,Algiers\n"),
        attached("notes.C", b"A text.", "text/x-c"),
        attached("p.jpg", b"\xff\xd8\0", "image/jpeg"),
        "Content-Type: message/rfc822\n\nFrom: b@example.org\nSubject: Inner\n\nWithin.",
        "Content-Type: text/csv\n\ntitle,place\nTwo,Oran",
    )
    unread: list[PartFailure] = []
    records = readers_read.read(Source("a.eml"), message.encode(), unread.append)
    names = "list.csv, notes.C, p.jpg, message-4.eml, attachment-5.csv"
    assert outline(records) == [
        ("a.eml", "S", [(9, "See below."), (9, ""), (9, f"Attached: {names}")]),
        ("a.eml#list.csv/row-1", "One", [(2, "place: Algiers")]),
        ("a.eml#notes.C", "notes.C", [(1, "A text.")]),
        ("a.eml#message-4.eml", "Inner", [(34, "Within.")]),
        ("a.eml#attachment-5.csv/row-1", "Two", [(2, "place: Oran")]),
    ]
    assert [record.metadata.creator for record in records] == ["a@example.org"] * 3 + ["b@example.org", "a@example.org"]
    assert [(part.reason, part.left_out) for part in unread] == [("1 file in it left out: .jpg 1", "files in files")]


def test_what_is_declared_of_a_mail_holds_for_its_attachments_but_not_the_title(read: Reading) -> None:
    message = mixed(text("x"), attached("a.txt", b"No title."))
    records = read("a.eml", message, title="Letter", creator="Jane")
    assert [(made.title, made.metadata.creator) for made in records] == [("Letter", "Jane"), ("a.txt", "Jane")]


def test_files_that_lie_too_deep_in_files_are_left_out() -> None:
    message = mixed(text("innermost"))
    for _ in range(6):
        message = mixed(text("outer"), attached("m.eml", message.encode()))
    unread: list[PartFailure] = []
    records = readers_read.read(Source("a.eml"), message.encode(), unread.append)
    assert [record.part for record in records] == [None, *("/".join(["m.eml"] * depth) for depth in range(1, 5))]
    assert [part.reason for part in unread] == ["lies too deep in other files"]


MBOX = """\
From jane@example.org Sun Mar 20 23:15:00 2016
From: a@example.org
Subject: First
Message-ID: <1@example.org>

One.
>From now on.

From here it goes on.

From max@example.org Mon Mar 21 08:00:00 2016
From: b@example.org
Subject: Second

Two.

From max@example.org Mon Mar 21 08:00:00 2016
Subject: Again the first
Message-ID: <1@example.org>

Three.
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_each_message_of_an_mbox_is_a_record_by_its_id(read: Reading, outline: Outline, newline: str) -> None:
    assert outline(read("a.mbox", MBOX.replace("\n", newline), title="The box")) == [
        ("a.mbox#1@example.org", "First", [(6, "One."), (7, "From now on."), (8, ""), (9, "From here it goes on.")]),
        ("a.mbox#message-2", "Second", [(15, "Two.")]),
        ("a.mbox#1@example.org-2", "Again the first", [(21, "Three.")]),
    ]


def test_a_message_of_an_mbox_that_cannot_be_read_is_said_and_the_others_are_read() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2_000))
    unread: list[PartFailure] = []
    box = f"{MBOX}\nFrom a@example.org Mon Mar 21 08:00:00 2016\n{deep}\n\n{MBOX}"
    records = readers_read.read(Source("a.mbox"), box.encode(), unread.append)
    assert (len(records), [part.part for part in unread]) == (6, ["message-4"])


@pytest.mark.parametrize(
    ("path", "content", "name"),
    [
        ("mail/cur/1220863042.12663_1.host:2,S", None, "mail"),
        ("mail/cur/1220863042.12663_1.host!2,", None, "mail"),
        ("mail/new/1220863042", None, "mail"),
        ("mail/new/readme.txt", None, "text"),
        ("newest/readme", None, "text"),
        ("mail/new/1220863042", "X-Header: cut sho", "mail"),
        ("letter", PLAIN, "mail"),
        ("letter.1", PLAIN, "mail"),
        ("letter.txt", PLAIN, "mail"),
        ("letter.md", PLAIN, "mail"),
        ("letter", "From: A\nSubject: B\n\nText", "mail"),
        ("letter.txt", "From: A\nSubject: B\n\nText", "text"),
        ("letter", "From: A\nno field\nSubject: B\n\nText", "text"),
        ("letter", "Title: A\nNote: B\n\nText", "text"),
        ("box", MBOX, "mail"),
        ("box", "From 2016 on:\n\nit rained.", "text"),
        ("box.xyz", "Text", "text"),
    ],
)
def test_a_mail_is_told_by_where_it_lies_and_by_its_header(path: str, content: str | None, name: str | None) -> None:
    found = detection.format_of(path, (content or "").encode())
    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("message", "message_of_error"),
    [
        ("", "empty"),
        ("Received: from a\n\n", "empty"),
        ("MZ\0\0", "holds NUL bytes, so it is not text"),
        ("Content-Type: message/rfc822\n\n" * 3_000 + "x", "is nested too deeply"),
    ],
)
def test_a_file_that_holds_no_message_says_why(read: Reading, message: str, message_of_error: str) -> None:
    with pytest.raises(ReaderError) as failure:
        read("a.eml", message)
    assert failure.value.message == message_of_error


@pytest.mark.parametrize(
    "head",
    [
        "To: " + ", ".join(f"p{n}@example.org" for n in range(5_000)) + "\n",
        "Subject: " + "=?a?q?" * 100_000 + "\n",
        "From: " + '"' * 100_001 + "<" * 100_000 + "\n",
        "".join(f"X-{n}: y\n" for n in range(50_000)),
    ],
)
def test_a_header_of_any_size_is_read(read: Reading, head: str) -> None:
    assert read("a.eml", f"{head}\nthe body")[0].body.endswith("the body")


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("name", ["a.eml", "a.mbox"])
def test_a_mail_cut_short_gives_the_text_up_to_there(read: Reading, name: str, tenth: int) -> None:
    whole = MBOX if name == "a.mbox" else mixed(text("One."), text("Two."), attached("a.txt", b"Three."))
    part = whole[: len(whole) * tenth // 10]
    records = read(name, part) if "\n" in part else []
    shown = "\n".join(f"{made.title}\n{made.body}" for made in records)
    assert [word for word in ("One.", "Two.") if word in part and word not in shown] == []


@pytest.mark.skipif("DOCINDEX_CORPORA" not in os.environ, reason="DOCINDEX_CORPORA names no folder of corpora")
def test_all_mails_of_a_real_maildir_are_read_with_sender_and_subject() -> None:
    folder = Path(os.environ["DOCINDEX_CORPORA"], "formats", "maildir-mu")
    mails = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    first = [readers_read.read(Source(str(path.relative_to(folder))), path.read_bytes())[0] for path in mails]
    assert len(first) > 40
    assert [made.path for made in first if not made.metadata.title] == []
    assert sum(made.metadata.creator is None for made in first) == 1  # one has an empty From
    for path, made in zip(mails, first, strict=True):  # as another parser has it
        header = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert (path, made.title) == (path, " ".join(str(header["subject"]).split()))
        if header["date"] and (day := header["date"].datetime):
            assert made.metadata.date
            assert (path, made.metadata.date.value) == (path, f"{day:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Yes.\n\n> Will it hold?\n\nJane\n-- \nThe Daily Paper\n", ["> Will it hold?", "-- \nThe Daily Paper"]),
        ("> Nothing but what another wrote.", []),
    ],
)
def test_what_a_mail_quotes_and_its_signature_are_told_from_its_own_words(
    read: Reading, body: str, told: list[str]
) -> None:
    (made,) = read("a.eml", f"From: a@example.org\nTo: b@example.org\nCc: c@example.org\n\n{body}")
    assert [made.body[span.start : span.stop] for span in made.quoted] == told


def test_what_a_mail_of_html_quotes_is_told_as_in_plain_mail(read: Reading) -> None:
    pytest.importorskip("lxml", reason="trafilatura and lxml are not installed")
    page = "<p>Yes.</p>On Monday Jane wrote:<blockquote><div>Will it <b>hold</b>?</div><p>x</p></blockquote>No."
    (made,) = read("a.eml", f"From: a@example.org\nContent-Type: text/html\n\n{page}")
    assert made.body == "Yes.\n\nOn Monday Jane wrote:\n\n> Will it hold?\n\n> x\n\nNo."
    assert [made.body[span.start : span.stop] for span in made.quoted] == ["> Will it hold?", "> x"]


def test_what_is_named_a_mail_and_is_none_is_read_as_text(read: Reading) -> None:
    (made,) = read("a.eml", '{"title": "One"}\n{"title": "Two"}\n')
    assert made.body == '{"title": "One"}\n{"title": "Two"}'
