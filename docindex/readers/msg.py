"""Outlook's messages (.msg: MS-OXMSG) to records: they are written as RFC 5322 and read as mail.

The properties lie in a compound file. Recipients, attachments and embedded messages are storages
of their own.
"""

from __future__ import annotations

import re
import struct
from base64 import encodebytes
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.utils import format_datetime
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import compressed_rtf, mail, rtf
from docindex.readers.base import EmbeddedFile, PartFailure
from docindex.readers.charset import decode
from docindex.readers.compound_file import CompoundFile

_WHAT = "Outlook message"
MAX_EMBEDDED_MESSAGES = 20
"""Levels of messages within messages."""
MAX_PARTS = 2_000
"""Recipients, and attachments, of one message."""

_PROPERTIES = "__properties_version1.0"
_RECIPIENT, _ATTACHMENT = "__recip_version1.0_#", "__attach_version1.0_#"
_TOP_HEADER_BYTES, _EMBEDDED_HEADER_BYTES, _PART_HEADER_BYTES = 32, 24, 8
_UNICODE, _TEXT, _BINARY, _OBJECT, _TIME = 0x001F, 0x001E, 0x0102, 0x000D, 0x0040

_SUBJECT, _SENT, _DELIVERED, _TRANSPORT_HEADERS = 0x0037, 0x0039, 0x0E06, 0x007D
_MESSAGE_ID, _ANSWERED, _REFERENCES = 0x1035, 0x1042, 0x1039
_PLAIN, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_CODEPAGES = (0x3FFD, 0x3FDE)
_SENDER = ((0x0042, 0x0C1A), (0x5D02, 0x5D01, 0x0065, 0x0C1F))
"""The names of the author and of who sent it, and their addresses."""
_PERSON = ((0x3001,), (0x39FE, 0x3003))
_RECIPIENT_KIND, _RECIPIENT_FIELDS = 0x0C15, {1: "To", 2: "Cc", 3: "Bcc"}
_ATTACHED_DATA, _ATTACHED_NAMES, _ATTACHED_TYPE = 0x3701, (0x3707, 0x3704, 0x3001), 0x370E
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_TICKS_PER_MICROSECOND = 10
_KEPT_HEADERS = ("from", "sender", "reply-to", "date", "message-id", "in-reply-to", "references", "list-id")


def read(source: Source, data: bytes) -> Iterator[Record | EmbeddedFile | PartFailure]:
    """Yield the record of a message, then its attachments. Raises ReaderError."""
    storage = _Storage(CompoundFile(data, _WHAT), "", _TOP_HEADER_BYTES)
    if not storage.has_properties:
        raise ReaderError("holds no message", "save it as a message, or take it off the list")
    for found in mail.read(source, _written(storage, 0)):
        # The lines of the message as it is written here are nobody's.
        yield replace(found, lines=range(1, len(found.lines) + 1)) if isinstance(found, Record) else found


class _Storage(Struct, frozen=True):
    """Properties of a message, a recipient or an attachment."""

    file: CompoundFile
    path: str  # with a slash at its end, or ""
    header_bytes: int

    @property
    def has_properties(self) -> bool:
        return bool(self.file.stream(self.path + _PROPERTIES))

    def storages(self, prefix: str, header_bytes: int) -> Iterator[_Storage]:
        """Yield the storages within whose names begin so, in order."""
        names = sorted(name for name in self.file.children(self.path.rstrip("/")) if name.startswith(prefix))
        for name in names[:MAX_PARTS]:
            yield _Storage(self.file, f"{self.path}{name}/", header_bytes)

    def embedded(self) -> _Storage | None:
        """Return the message that an attachment is, or None."""
        path = f"{self.path}__substg1.0_{_ATTACHED_DATA:04X}{_OBJECT:04X}/"
        found = _Storage(self.file, path, _EMBEDDED_HEADER_BYTES)
        return found if found.has_properties else None

    def number(self, tag: int) -> int:
        """Return the value of a property of fixed size, or 0."""
        rows = self.file.stream(self.path + _PROPERTIES)[self.header_bytes :]
        for at in range(0, len(rows) - 15, 16):
            _, own_tag, _, value = struct.unpack_from("<HHIQ", rows, at)
            if own_tag == tag:
                return int(value)
        return 0

    def binary(self, tag: int) -> bytes:
        return self.file.stream(f"{self.path}__substg1.0_{tag:04X}{_BINARY:04X}")

    def text(self, *tags: int) -> str:
        """Return the first of some texts that is not empty."""
        for tag in tags:
            wide = self.file.stream(f"{self.path}__substg1.0_{tag:04X}{_UNICODE:04X}")
            narrow = b"" if wide else self.file.stream(f"{self.path}__substg1.0_{tag:04X}{_TEXT:04X}")
            found = wide.decode("utf-16-le", "replace") if wide else self._decoded(narrow)
            if found := found.rstrip("\0"):
                return found
        return ""

    def time(self, *tags: int) -> datetime | None:
        """Return the first of some times that is known."""
        ticks = next(filter(None, map(self.number, tags)), 0)
        try:
            return _EPOCH + timedelta(microseconds=ticks // _TICKS_PER_MICROSECOND) if ticks else None
        except OverflowError:
            return None

    def _decoded(self, data: bytes) -> str:
        codepage = next(filter(None, map(self.number, _CODEPAGES)), 0) & 0xFFFF
        name = {0: "", 65001: "utf-8", 20127: "ascii", 28591: "latin-1"}.get(codepage, f"cp{codepage}")
        try:
            return data.decode(name or "utf-8", "strict" if not name else "replace")
        except (LookupError, UnicodeDecodeError):
            return decode(data)[0] if data else ""


def _written(storage: _Storage, depth: int) -> bytes:
    """Return a message as RFC 5322 has it. All content is base64, which holds no boundary."""
    boundary = f"=_{depth}_"
    body, kind = _body(storage)
    parts = [_part(f"text/{kind}; charset=utf-8", body.encode("utf-8", "replace"))]
    for number, part in enumerate(storage.storages(_ATTACHMENT, _PART_HEADER_BYTES), 1):
        embedded = part.embedded()
        if embedded is not None:
            if depth < MAX_EMBEDDED_MESSAGES:
                parts.append(b"Content-Type: message/rfc822\r\n\r\n" + _written(embedded, depth + 1))
        elif content := part.binary(_ATTACHED_DATA):
            name = _one_line(part.text(*_ATTACHED_NAMES)) or f"attachment-{number}"
            kind = part.text(_ATTACHED_TYPE).lower()
            known = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
            parts.append(_part(f"{known}\r\nContent-Disposition: attachment; filename*=utf-8''{quote(name)}", content))
    fields = [f"{name}: {value}" for name, value in _header(storage)]
    head = "\r\n".join([*fields, f'Content-Type: multipart/mixed; boundary="{boundary}"', "", ""])
    line = f"--{boundary}\r\n".encode()
    return head.encode("utf-8", "replace") + b"".join(line + part + b"\r\n" for part in parts) + line[:-2] + b"--\r\n"


_TYPE = re.compile(r"(?!multipart|message)[a-z]+/[a-z0-9.+-]+")


def _part(kind: str, content: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode("ascii", "replace") + encodebytes(content)


def _header(storage: _Storage) -> Iterator[tuple[str, str]]:
    """Yield the fields of a message, from its transport or else from its properties."""
    sent = message_from_string(storage.text(_TRANSPORT_HEADERS))
    kept = {name.lower(): _one_line(value) for name, value in sent.raw_items() if name.lower() in _KEPT_HEADERS}
    time = storage.time(_SENT, _DELIVERED)
    made = {
        "from": _person(storage, *_SENDER),
        "date": format_datetime(time) if time else "",
        "message-id": storage.text(_MESSAGE_ID),
        "in-reply-to": storage.text(_ANSWERED),
        "references": storage.text(_REFERENCES),
    }
    for name, value in (made | {name: value for name, value in kept.items() if value}).items():
        if value := _one_line(value):
            yield name.title(), value
    yield "Subject", _one_line(storage.text(_SUBJECT))
    people: dict[str, list[str]] = {}
    for recipient in storage.storages(_RECIPIENT, _PART_HEADER_BYTES):
        field = _RECIPIENT_FIELDS.get(recipient.number(_RECIPIENT_KIND) & 0xF, "To")
        people.setdefault(field, []).append(_person(recipient, *_PERSON))
    for name, own in people.items():
        yield name, ", ".join(filter(None, own))


def _person(storage: _Storage, names: tuple[int, ...], addresses: tuple[int, ...]) -> str:
    """Return a person as a header names one. An address of Exchange's own directory is no help."""
    name = _one_line(storage.text(*names))
    found = (_one_line(storage.text(tag)) for tag in addresses)
    address = next((one for one in found if "@" in one and " " not in one), "")
    quoted = '"{}"'.format(name.replace("\\", "").replace('"', "'")) if name and name != address else ""
    return f"{quoted} <{address}>".lstrip() if address else quoted


def _body(storage: _Storage) -> tuple[str, str]:
    """Return the body and the subtype of its text: plain, else HTML, else the words of the RTF."""
    if plain := storage.text(_PLAIN):
        return plain, "plain"
    if html := storage.text(_HTML):
        return html, "html"
    if packed := storage.binary(_HTML):
        return decode(packed)[0], "html"
    unpacked = compressed_rtf.decompressed(storage.binary(_RTF))
    try:
        found = [record.body for record in rtf.read(Source(""), unpacked)] if unpacked else []
    except ReaderError:
        found = []
    return "\n".join(found), "plain"


def _one_line(value: str) -> str:
    return " ".join(value.replace("\0", " ").split())
