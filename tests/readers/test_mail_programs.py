"""Mail as programs write it: mbox separators, encodings, charsets, alternatives, reports,
Maildir++, winmail.dat.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from docindex.manifest.walk import Walk
from docindex.model.documents import Record, Source
from docindex.readers import read as readers_read
from docindex.readers import tnef
from docindex.readers.base import PartFailure

Reading = Callable[..., list[Record]]

HEAD = "From: a@example.org\nSubject: S\nMIME-Version: 1.0\n"


def box(separator: str, gap: str = "\n") -> str:
    messages = (f"{separator}\nFrom: a@example.org\nSubject: {name}\n\nText of {name}.\n" for name in ("one", "two"))
    return gap.join(messages)


def alternatives(plain: str, markup: str) -> str:
    parts = (("plain", plain), ("html", markup))
    inner = "".join(f"--edge\nContent-Type: text/{kind}; charset=utf-8\n\n{body}\n\n" for kind, body in parts)
    return f'{HEAD}Content-Type: multipart/alternative; boundary="edge"\n\n{inner}--edge--\n'


@pytest.mark.parametrize(
    "separator",
    [
        "From ",
        "From -",
        "From a@example.org",
        "From a@example.org 2019-03-12T10:11:12Z",
        "From a@example.org Tue Mar 12 10:11:12 98",
        "From MAILER-DAEMON Tue Mar  5 10:11:12 2019",
        "From - Tue Mar 12 10:11:12 2019",
        "From ???@??? Tue Mar 12 10:11:12 2019",
        "From 123456@xxx Tue Mar 12 10:11:12 +0000 2019",
        "From Jane Doe Tue, 12 Mar 2019 10:11:12 +0100",
        "From host!jane Tue Mar 12 10:11 CET 2019 remote from host",
    ],
)
def test_every_form_of_separator_begins_a_message(read: Reading, separator: str) -> None:
    assert [record.title for record in read("a.mbox", box(separator))] == ["one", "two"]


def test_a_dated_separator_needs_no_blank_line(read: Reading) -> None:
    assert len(read("a.mbox", box("From a@example.org Tue Mar 12 10:11:12 2019", gap=""))) == 2


def test_an_mbox_with_windows_newlines_or_blank_lines_before_it_is_read(read: Reading) -> None:
    separator = "From a@example.org Tue Mar 12 10:11:12 2019"
    assert len(read("a.mbox", box(separator).replace("\n", "\r\n"))) == 2
    assert len(read("a.mbox", "\n\n" + box(separator))) == 2


@pytest.mark.parametrize(
    "line",
    [
        "From the president 2019 we heard",
        "From Paris",
        "From now on",
        "From 10:00 to 12:30",
        "From Tuesday to Thursday",
        "From the ministry, 12 March 2019",
    ],
)
def test_a_line_of_text_that_begins_with_from_stays_in_its_message(read: Reading, line: str) -> None:
    text = box("From a@example.org Tue Mar 12 10:11:12 2019").replace("Text of one.", f"Text.\n\n{line}\nNote: he said")
    one, two = read("a.mbox", text)
    assert one.body.endswith(f"{line}\nNote: he said")
    assert two.title == "two"


@pytest.mark.parametrize("name", ["base64 ", "base64 (binary)", "BASE64;", '"base64"', "base-64"])
def test_a_body_is_decoded_though_its_encoding_has_a_comment_or_a_blank(read: Reading, name: str) -> None:
    packed = b64encode("déjà vu".encode()).decode()
    (made,) = read(
        "a.eml", f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {name}\n\n{packed}\n"
    )
    assert made.body == "déjà vu"


@pytest.mark.parametrize("name", ["quoted-printable (as ever)", "Quoted_Printable", "quoted printable"])
def test_a_quoted_printable_body_is_decoded_however_its_name_is_written(read: Reading, name: str) -> None:
    head = f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {name}"
    (made,) = read("a.eml", f"{head}\n\nd=C3=A9j=C3=A0\n")
    assert made.body == "déjà"


def test_the_footer_that_a_list_puts_below_base64_is_text(read: Reading) -> None:
    packed = b64encode(b"The text of the message, longer than one line.").decode()
    head = f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64"
    (made,) = read("a.eml", f"{head}\n\n{packed}\n\n_______________\nTalk mailing list\ntalk@example.org\n")
    assert made.body.startswith("The text of the message, longer than one line.\n")
    assert made.body.endswith("_______________\nTalk mailing list\ntalk@example.org")


@pytest.mark.parametrize(
    ("plain", "markup", "body"),
    [
        (
            "This message needs HTML.",
            "<p>Two witnesses saw the minister in Gao.",
            "Two witnesses saw the minister in Gao.",
        ),
        ("See https://example.org/5", "<h1>News</h1><p>Many words that stand only here.", "News"),
        (
            "Two witnesses saw him.",
            "<style>p {color: red}</style><p>Two <b>witnesses</b> saw him.",
            "Two witnesses saw him.",
        ),
        ("Full text, with all of the words.", "<p>See the text.", "Full text, with all of the words."),
    ],
)
def test_the_alternative_with_the_words_is_taken(read: Reading, plain: str, markup: str, body: str) -> None:
    pytest.importorskip("lxml")
    (made,) = read("a.eml", alternatives(plain, markup))
    assert made.body.split("\n")[0] == body


def test_lines_broken_with_a_blank_to_delete_are_joined(read: Reading) -> None:
    head = f"{HEAD}Content-Type: text/plain; charset=utf-8; format=flowed; DelSp=yes"
    (made,) = read("a.eml", f"{head}\n\nhttps://example.org/a- \nb/c\n\n> 外 \n> 務\nend\n-- \nme")
    assert made.body.split("\n") == ["https://example.org/a-b/c", "", "> 外務", "end", "-- ", "me"]


def test_an_attached_text_is_read_in_the_charset_that_it_declares(read: Reading) -> None:
    parts = "".join(
        f'--e\nContent-Type: text/{kind}; charset={charset}\nContent-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{b64encode(text.encode(charset)).decode()}\n"
        for kind, charset, name, text in [
            ("plain", "windows-1256", "a.txt", "سر"),
            ("html", "iso-8859-2", "b.html", "<p>Łódź"),
            ("csv", "koi8-r", "c.csv", "имя\nЖук"),
        ]
    )
    _, *made = read("a.eml", f"{HEAD}Content-Type: multipart/mixed; boundary=e\n\n--e\n\nSee.\n{parts}--e--\n")
    assert [
        text in f"{record.title} {record.body}" for record, text in zip(made, ("سر", "Łódź", "Жук"), strict=True)
    ] == [
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("unicode-1-1-utf-7", "utf-7", "déjà"),
        ("gb2312", "gb18030", "朱镕基"),
        ("x-sjis", "cp932", "①東京"),
        ("ks_c_5601-1987", "cp949", "똠방"),
        ("iso-8859-8-i", "iso-8859-8", "שלום"),
        ("iso-8859-9", "cp1254", "Şişli “x”"),
    ],
)
def test_a_declared_charset_is_believed_in_the_sense_of_mail_programs(
    read: Reading, charset: str, codec: str, text: str
) -> None:
    (made,) = read("a.eml", f"{HEAD}Content-Type: text/plain; charset={charset}\n\n".encode() + text.encode(codec))
    assert made.body == text


def test_a_delivery_report_says_whom_the_message_did_not_reach(read: Reading) -> None:
    report = (
        "--e\nContent-Type: text/plain\n\nIt failed.\n"
        "--e\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        "Final-Recipient: rfc822; lost@example.net\nStatus: 5.1.1\n\n"
        "--e\nContent-Type: text/rfc822-headers\n\nFrom: b@example.org\nSubject: The lost one\n\n--e--\n"
    )
    first, second = read("a.eml", f"{HEAD}Content-Type: multipart/report; boundary=e\n\n{report}")
    assert "Final-Recipient: rfc822; lost@example.net" in first.body.split("\n")
    assert (second.title, second.metadata.creator) == ("The lost one", "b@example.org")


def test_apple_mail_writes_a_length_before_and_a_list_behind_a_message(read: Reading) -> None:
    message = f"{HEAD}\nThe text.\n"
    (made,) = read("1.emlx", f"{len(message)}        \n{message}<?xml version='1.0'?><plist><dict/></plist>")
    assert (made.title, made.body, list(made.lines)) == ("S", "The text.", [6])


def attribute(level: int, number: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def test_the_files_in_a_winmail_dat_are_read(read: Reading) -> None:
    stream = b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        [
            attribute(1, 0x0002800C, b"The body.\0"),
            attribute(2, 0x00069002, b"\0" * 14),
            attribute(2, 0x00018010, b"REPORT~1.TXT\0"),
            attribute(2, 0x0006800F, b"The report."),
            attribute(
                2, 0x00069005, b"\x01\0\0\0\x1e\x00\x07\x37\x01\0\0\0" + struct.pack("<I", 11) + b"report.txt\0\0"
            ),
        ]
    )
    assert tnef.files(stream) == [("message.txt", b"The body."), ("report.txt", b"The report.")]
    assert tnef.files(stream[:40]) == [("message.txt", b"The body.")]
    head = "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64"
    made = read("a.eml", f"{HEAD}{head}\n\n{b64encode(stream).decode()}\n")
    assert [record.part for record in made] == [None, "winmail.dat/message.txt", "winmail.dat/report.txt"]


def test_a_winmail_dat_without_files_is_told() -> None:
    head = "Content-Type: application/ms-tnef; name=winmail.dat"
    unread: list[PartFailure] = []
    readers_read.read(Source("a.eml"), f"{HEAD}{head}\n\nx".encode(), unread.append)
    assert [failure.part for failure in unread] == ["winmail.dat"]


def test_the_folders_of_a_maildir_begin_with_a_dot_and_are_walked(tmp_path: Path) -> None:
    paths = ("md/cur/1:2,S", "md/.Sent/cur/2:2,S", "md/.Sent.2019/new/3", "md/.cache/x", "md/cur/.hidden")
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    (tmp_path / "md/.Sent.2019/cur").mkdir()
    assert list(Walk(tmp_path)) == ["md/.Sent.2019/new/3", "md/.Sent/cur/2:2,S", "md/cur/1:2,S"]
