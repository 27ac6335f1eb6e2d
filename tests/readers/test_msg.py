"""Outlook's messages: people, subject, date, links, body in each form, attachments, damage."""

from __future__ import annotations

import random
import struct
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from outlook import compound_file, compressed_rtf, message

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import compressed_rtf as compressed
from docindex.readers import tnef
from docindex.readers.read import read

SENT = datetime(2011, 1, 3, 9, 15, tzinfo=UTC)
VALUES: dict[int, object] = {
    0x0037: "Les pourparlers à Gao",
    0x0C1A: "Jane Doe",
    0x0C1F: "/O=ORG/OU=SITE/CN=RECIPIENTS/CN=JDOE",
    0x5D01: "jane@mail.example",
    0x0039: SENT,
    0x1035: "<1@mail.example>",
    0x1042: "<0@mail.example>",
    0x1000: "The envoy is in Gao.\r\nNobody knows.",
}
PEOPLE: list[dict[int, object]] = [
    {0x3001: "Max Roe", 0x39FE: "max@mail.example", 0x0C15: 1},
    {0x3001: "Poe, Ann", 0x3003: "ann@mail.example", 0x0C15: 2},
    {0x3001: "Хасан", 0x3003: "/O=ORG/CN=HASSAN", 0x0C15: 3},
]


def records(data: bytes) -> list[Record]:
    return read(Source("a.msg"), data)


def one(values: dict[int, object], **more: object) -> Record:
    (record,) = records(compound_file(message(values, **more)))  # type: ignore[arg-type]
    return record


def test_properties_are_the_header_of_a_mail() -> None:
    found = one(VALUES, recipients=PEOPLE)
    metadata = found.metadata
    assert (metadata.title, metadata.creator) == ("Les pourparlers à Gao", "Jane Doe <jane@mail.example>")
    assert metadata.date
    assert metadata.date.value == "2011-01-03T09:15"
    assert (metadata.to, metadata.cc, metadata.bcc) == (
        ("Max Roe <max@mail.example>",),
        ("Poe, Ann <ann@mail.example>",),
        ("Хасан",),
    )
    assert found.message
    assert (found.message.id, found.message.references) == ("1@mail.example", ("0@mail.example",))
    assert found.body.splitlines()[-2:] == ["The envoy is in Gao.", "Nobody knows."]
    assert list(found.lines) == list(range(1, len(found.body.splitlines()) + 1))


def test_the_header_of_the_transport_says_more_than_the_properties() -> None:
    head = "From: Jane <j@home.example>\r\nDate: Mon, 3 Jan 2011 11:15:00 +0200\r\nReferences: <a@x> <b@x>\r\n\r\n"
    found = one(VALUES | {0x007D: head})
    assert found.metadata.creator == "Jane <j@home.example>"
    assert found.metadata.date
    assert found.metadata.date.value == "2011-01-03T11:15"
    assert found.message
    assert found.message.references == ("a@x", "b@x", "0@mail.example")


@pytest.mark.parametrize(
    "body",
    [
        {0x1013: "<html><body><p>The envoy is in Gao.</p></body></html>"},
        {0x1013: b"<p>The envoy is in Gao.</p>"},
        {0x1009: compressed_rtf(rb"{\rtf1\ansi\deff0 The envoy\par\pard is in Gao.\par The envoy is in Gao.}")},
    ],
)
def test_a_body_may_be_html_or_compressed_rtf(body: dict[int, object]) -> None:
    values = {tag: value for tag, value in VALUES.items() if tag != 0x1000}
    assert "The envoy is in Gao." in one(values | body).body


def test_texts_in_a_codepage_are_decoded_by_it() -> None:
    found = one(VALUES | {0x0037: "Переговоры", 0x1000: "Гонец в Гао.", 0x3FFD: 1251}, narrow="cp1251")
    assert (found.metadata.title, found.body) == ("Переговоры", "Гонец в Гао.")


def test_attachments_and_embedded_messages_are_read() -> None:
    inner = message(VALUES | {0x0037: "Inner", 0x1000: "A word within."}, recipients=PEOPLE[:1], header=24)
    attached = {0x3707: "liste é.txt", 0x3701: b"Noms : Doe, Roe. " * 400}
    found = records(compound_file(message(VALUES, attachments=[attached, inner])))
    assert [record.metadata.title for record in found] == ["Les pourparlers à Gao", "liste é.txt", "Inner"]
    assert found[0].body.endswith("Attached: liste é.txt, message-2.eml")
    assert found[1].body.startswith("Noms : Doe, Roe.")
    assert (found[2].metadata.to, "A word within." in found[2].body) == (("Max Roe <max@mail.example>",), True)


@pytest.mark.parametrize("text", [b"", b"a", b"{\\rtf1\\ansi " + b"abcabc" * 300, bytes(range(256)) * 3])
def test_compressed_rtf_is_unpacked(text: bytes) -> None:
    assert compressed.decompressed(compressed_rtf(text)) == text


def test_a_reference_may_reach_its_own_bytes() -> None:
    # A literal "x", then a run of five bytes that begins one byte back.
    packed = bytes([0b110]) + b"x" + bytes([207 >> 4, (207 & 15) << 4 | 3]) + bytes([213 >> 4, (213 & 15) << 4])
    header = (len(packed) + 12).to_bytes(4, "little") + (6).to_bytes(4, "little") + b"LZFu" + bytes(4)
    assert compressed.decompressed(header + packed) == b"xxxxxx"


def test_damage_gives_records_or_a_reader_error() -> None:
    whole = compound_file(message(VALUES, recipients=PEOPLE, attachments=[{0x3707: "a.txt", 0x3701: b"Names."}]))
    chance = random.Random(5)  # noqa: S311
    spoilt = (bytes(byte if chance.random() > 0.01 else chance.randrange(256) for byte in whole) for _ in range(40))
    cut = (whole[: len(whole) * tenth // 10] for tenth in range(1, 10))
    for data in [*spoilt, *cut]:
        with suppress(ReaderError):
            read(Source("a.msg"), data)


def property_rows(*rows: tuple[int, int, bytes]) -> bytes:
    """Return MAPI properties of variable length as TNEF has them."""
    written = struct.pack("<I", len(rows))
    for tag, kind, value in rows:
        written += struct.pack("<HHII", kind, tag, 1, len(value)) + value + bytes(-len(value) % 4)
    return written


def tnef_stream(*attributes: tuple[int, int, bytes]) -> bytes:
    rows = (struct.pack("<BII", level, name, len(value)) + value + bytes(2) for level, name, value in attributes)
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(rows)


@pytest.mark.parametrize(
    ("row", "name", "text"),
    [
        ((0x1000, 0x001F, "Ein Wort.\0".encode("utf-16-le")), "message.txt", b"Ein Wort."),
        ((0x1013, 0x0102, b"<p>A word.</p>"), "message.html", b"<p>A word.</p>"),
        ((0x1009, 0x0102, compressed_rtf(b"{\\rtf1 A word.}")), "message.rtf", b"{\\rtf1 A word.}"),
    ],
)
def test_the_body_of_a_winmail_dat_may_lie_among_its_properties(
    row: tuple[int, int, bytes], name: str, text: bytes
) -> None:
    others = ((0x0070, 0x001E, b"Subject\0"), row, (0x0071, 0x0102, b"1234567"))
    stream = tnef_stream((1, 0x00069003, property_rows(*others)))
    assert tnef.files(stream) == [(name, text)]


def test_a_message_within_a_winmail_dat_is_read() -> None:
    inner = tnef_stream((1, 0x0002800C, b"The inner body.\0"))
    rows = property_rows((0x3701, 0x000D, bytes(16) + inner))
    stream = tnef_stream((2, 0x00069002, bytes(14)), (2, 0x00018010, b"Fwd\0"), (2, 0x00069005, rows))
    assert tnef.files(stream) == [("Fwd/message.txt", b"The inner body.")]
