"""The header of a message: people, subject, date and the links to other messages (RFC 5322, RFC
2047).
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_tz

from docindex.errors import ReaderError
from docindex.metadata import dates
from docindex.metadata.people import MAX_PEOPLE
from docindex.model.documents import Date, Metadata
from docindex.readers.charset import decode, decode_as

_MAX_ID_CHARS = 200
_MAX_FIELD_CHARS = 200_000  # some thousand addresses; the rest is cut
_MAX_WORDS_CHARS = 10_000  # of a subject or a name


def metadata_of(message: Message) -> Metadata:
    sender = people_of(_header(message, "from")) or people_of(_header(message, "sender"))
    return Metadata(
        title=decoded_words(_header(message, "subject")) or None,
        creator=sender or None,
        date=_date(_header(message, "date")) or _date(_header(message, "delivery-date")),
        to=_recipients(message, "to", "apparently-to"),
        cc=_recipients(message, "cc"),
        bcc=_recipients(message, "bcc"),
        reply_to=_recipients(message, "reply-to", "mail-followup-to"),
        resent=_recipients(message, *_RESENT),
    )


_RESENT = (
    "resent-from resent-to resent-cc resent-bcc x-original-to delivered-to envelope-to x-envelope-to x-rcpt-to"
).split()


def _recipients(message: Message, *names: str) -> tuple[str, ...]:
    """Return the people in all fields of these names, each once."""
    values = (str(value) for name, value in message.raw_items() if name.lower() in names)
    found = (one for value in values for one in people_of(value).split("; "))
    return tuple(dict.fromkeys(one for one in found if one and not one.lower().startswith("undisclosed")))[:MAX_PEOPLE]


def _header(message: Message, name: str) -> str:
    """Return the first field of a name as written, or ""."""
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")[:_MAX_FIELD_CHARS]


def _date(value: str) -> Date | None:
    plain = " ".join(value.split())
    if found := dates.parse(plain, origin="header"):
        return found
    try:
        parsed = parsedate_tz(plain)
    except (ValueError, LookupError, TypeError):
        return None
    return parsed and dates.parse("{:04}-{:02}-{:02} {:02}:{:02}".format(*parsed), origin="header")


def people_of(value: str) -> str:
    """Return `Name <address>; Name <address>` in the order given."""
    text = _unescaped(value[:_MAX_FIELD_CHARS])
    try:
        people = getaddresses([text])
    except (RecursionError, LookupError, ValueError):
        people = []
    shown = [
        f"{decoded_words(name)} <{address}>" if name and address else decoded_words(name or address)
        for name, address in people
    ]
    return "; ".join(filter(None, shown)) or decoded_words(text)


def decoded_words(value: str) -> str:
    """Return a field's text with its encoded words (RFC 2047) decoded."""
    text = _unescaped(value[:_MAX_WORDS_CHARS])
    try:
        pieces = decode_header(text) if text.isascii() and "=?" in text else [(text, None)]
    except (MessageError, ValueError):
        pieces = [(text, None)]
    return " ".join("".join(_piece(piece, charset) for piece, charset in pieces).split())


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return decode_as(piece, charset) if charset else piece.decode("latin-1")
    except ReaderError:
        return piece.decode("utf-8", "replace")


def _unescaped(value: str) -> str:
    """Return a field's text on one line, with raw bytes over 127 decoded.

    A header should have none.
    """
    line = " ".join(value.split())
    try:
        return line if line.isascii() else decode(line.encode("utf-8", "surrogateescape"))[0]
    except ReaderError:
        return line.encode("utf-8", "replace").decode("utf-8")


def message_id(message: Message) -> str:
    """Return the id of a message without its angle brackets, or ""."""
    return "".join(_header(message, "message-id").split())[:_MAX_ID_CHARS].strip("<>")


_REFERENCE = re.compile(r"<([^<>\s]{1,200})>")
_MAX_REFERENCES = 50  # the last ones: the nearest


def references(message: Message) -> tuple[str, ...]:
    """Return the ids of the messages above a message, the one that it answers last."""
    above = _REFERENCE.findall(_header(message, "references"))[-_MAX_REFERENCES:]
    answered = _REFERENCE.findall(_header(message, "in-reply-to"))[:1]
    return tuple(dict.fromkeys(one for one in [*above, *answered] if one not in answered)) + tuple(answered)
