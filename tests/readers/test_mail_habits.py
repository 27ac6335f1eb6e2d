"""Messages as mail programs write them, 125 in each kind of line ends: subject, date, people and
body are right in each combination of the oddities below (RFC 5322, RFC 2045 to 2047).
"""

from __future__ import annotations

import quopri
from base64 import b64encode, encodebytes
from itertools import product

import pytest

from docindex.model.documents import Record, Source
from docindex.readers.read import read

TEXTS = {
    "us-ascii": ("The talks in Gao", "Jane Doe", "The envoy is in Gao."),
    "iso-8859-15": ("Les négociations à Gao", "Hélène Œuvrard", "L'émissaire est à Gao."),
    "utf-8": ("المفاوضات في غاو", "سعيد بن علي", "المبعوث في غاو"),
    "koi8-r": ("Переговоры в Гао", "Иван Петров", "Посланник в городе Гао."),
    "iso-2022-jp": ("交渉について", "山田太郎", "使者はガオにいる。"),
}
DATES = {
    "Mon, 3 Jan 2011 09:15:00 +0100": "2011-01-03T09:15",
    "3 Jan 11 09:15 GMT": "2011-01-03T09:15",
    "Mon, 03 Jan 2011 09:15:00 -0000 (UTC)": "2011-01-03T09:15",
    "Monday, January 3, 2011 9:15 AM": "2011-01-03T09:15",
}
ENCODINGS = ("q", "b", "folded", "raw", "split")
BODIES = ("plain", "blank behind base64", "quoted-printable", "alternative", "nested")


def encoded_word(text: str, charset: str, how: str) -> str:
    """Return a text as a program writes it in a header."""
    data = text.encode(charset)
    if how == "q" and charset != "iso-2022-jp":
        return "=?{}?Q?{}?=".format(charset, "".join("_" if byte == 32 else f"={byte:02X}" for byte in data))
    if how == "split":  # several words, between which blanks do not count
        half = len(text) // 2
        words = (
            f"=?{charset.upper()}?b?{b64encode(part.encode(charset)).decode()}?=" for part in (text[:half], text[half:])
        )
        return "\n ".join(words)
    return f"=?{charset}?B?{b64encode(data).decode()}?="


def header(charset: str, how: str, date: str) -> bytes:
    """Return the header of a message up to its type."""
    subject, name, _ = TEXTS[charset]
    if how == "raw" and charset != "iso-2022-jp":
        written = f"Subject: {subject}\nFrom: {name} <a@mail.example>\n".encode()
    else:
        fold = "\n " if how == "folded" else " "
        word = encoded_word(name, charset, how)
        written = (
            f"Subject:{fold}{encoded_word(subject, charset, how)}\nFrom:{fold}{word}{fold}<a@mail.example>\n".encode()
        )
    to = (
        'To: group: max@mail.example,\n\t"Roe, Max" <roe@mail.example>;\n'
        if how == "folded"
        else ('To: max@mail.example, "Roe, Max" <roe@mail.example>\n')
    )
    return written + f"{to}Date: {date}\nMIME-Version: 1.0\n".encode()


def part(charset: str, body: str, kind: str = "plain") -> bytes:
    text = TEXTS[charset][2]
    data = (f"<html><body><p>{text}</p></body></html>" if kind == "html" else text).encode(charset)
    head = f'Content-Type: text/{kind}; charset="{charset}"\nContent-Transfer-Encoding: '.encode()
    match body:
        case "blank behind base64":
            return head + b"base64 (as ever)\n\n" + encodebytes(data)
        case "quoted-printable":
            return head + b"Quoted-Printable\n\n" + quopri.encodestring(data) + b"\n"
        case _:
            return head + b"8bit\n\n" + data + b"\n"


def message(charset: str, how: str, date: str, body: str) -> bytes:
    if body not in ("alternative", "nested"):
        return header(charset, how, date) + part(charset, body)
    plain, html = part(charset, "quoted-printable"), part(charset, "base64", "html")
    inner = b'Content-Type: multipart/alternative; boundary="in ner"\n\n'
    inner += b"--in ner\n" + plain + b"--in ner\n" + html + b"--in ner--\n"
    if body == "alternative":
        return header(charset, how, date) + inner
    outer = b"Content-Type: multipart/mixed;\n boundary=out\n\nNo MIME here.\n--out\n" + inner
    return header(charset, how, date) + outer + b"--out\nContent-Type: text/plain\n\n-- \nA list's footer\n--out--\n"


COMBINATIONS = [
    (charset, how, list(DATES)[(first + second) % 4], body)
    for first, (charset, how) in enumerate(product(TEXTS, ENCODINGS))
    for second, body in enumerate(BODIES)
]
"""Each combination of charset, header and body, with the dates in turn."""


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("charset", "how", "date", "body"), COMBINATIONS)
def test_subject_date_people_and_body_are_right(charset: str, how: str, date: str, body: str, line_end: bytes) -> None:
    found: list[Record] = read(Source("a.eml"), message(charset, how, date, body).replace(b"\n", line_end))
    subject, name, text = TEXTS[charset]
    metadata = found[0].metadata
    assert metadata.title == subject
    assert metadata.creator == f"{name} <a@mail.example>"
    assert metadata.date
    assert metadata.date.value == DATES[date]
    assert metadata.to == ("max@mail.example", "Roe, Max <roe@mail.example>")
    assert text in found[0].body
