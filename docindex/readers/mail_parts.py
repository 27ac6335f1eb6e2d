"""Parts of a message as mail programs write them: types, transfer encodings, charsets, flowed
lines, alternatives.
"""

from __future__ import annotations

import binascii
import re
from email.message import Message
from functools import partial

from docindex.errors import ReaderError
from docindex.model.documents import Metadata
from docindex.readers.base import EmbeddedFile
from docindex.readers.charset import decode_as

Rows = list[tuple[str, int]]
"""Lines of text, each with its line in the file."""

_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)\s*(?:\([^()]{0,200}\)\s*)*;?")
_ENCODINGS = {"quotedprintable": "quoted-printable", "xuuencode": "x-uuencode", "uuencode": "x-uuencode"}
_NAME = re.compile(r"[\w -]+")


def repair_header(part: Message) -> None:
    """Remove blanks, comments and mistakes from a part's type and transfer encoding, which RFC
    2045 allows or not.
    """
    kind = str(part.get("content-type", ""))
    if (found := _TYPE.match(kind)) and (clean := f"{found[1]}; {kind[found.end() :].strip()}".rstrip("; ")) != kind:
        part.replace_header("content-type", clean)
    written = str(part.get("content-transfer-encoding", ""))
    if written:
        name = _NAME.match(written.strip().strip("\"'"))
        plain = re.sub(r"[\W_]", "", name[0]).lower() if name else ""
        known = "base64" if plain.startswith("base64") else _ENCODINGS.get(plain, plain)
        if known != written:
            part.replace_header("content-transfer-encoding", known)


def encoding_of(part: Message) -> str:
    """Return the transfer encoding of a part, of which `repair_header` has been called."""
    return str(part.get("content-transfer-encoding", "")).strip().lower()


def decoded(part: Message) -> bytes:
    """Return the content of a part without its transfer encoding."""
    if encoding_of(part) == "base64" and isinstance(payload := part.get_payload(), str):
        return _from_base64(payload)
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


_BASE64_LINE = re.compile(r"[A-Za-z0-9+/=\s]*")


def _from_base64(payload: str) -> bytes:
    """Return the bytes of base64 and of the plain text that a mailing list has put below it.

    Text without a line of base64 is returned as it stands. Each run of base64 may end with its own
    padding.
    """
    lines = payload.split("\n")
    count = next((at for at, line in enumerate(lines) if not _is_base64(line)), len(lines))
    packed, plain = "".join("".join(lines[:count]).split()), "\n".join(lines[count:])
    try:
        data = b"".join(
            binascii.a2b_base64(run + "=" * (-len(run) % 4 if len(run) % 4 != 1 else 0))
            for run in re.findall(r"[^=]+", packed)
            if len(run) % 4 != 1 or len(run) > 4
        )
    except binascii.Error:
        data = binascii.a2b_base64(packed[: len(packed) // 4 * 4].replace("=", "A")) if len(packed) > 3 else b""
    tail = plain.encode("utf-8", "surrogateescape").strip()
    return b"\n\n".join(filter(None, (data, tail))) if tail else data


def _is_base64(line: str) -> bool:
    """Return True if a line can be base64. Words with blanks between them are text."""
    stripped = line.strip()
    return bool(_BASE64_LINE.fullmatch(stripped)) and not (" " in stripped and not stripped.endswith("="))


def unflowed(part: Message, rows: Rows) -> Rows:
    """Return the lines of a text with those joined that `format=flowed; delsp=yes` broke (RFC
    3676).
    """
    if str(part.get_param("delsp", "")).lower() != "yes" or str(part.get_param("format", "")).lower() != "flowed":
        return rows
    joined: Rows = []
    is_open, depth = False, 0
    for text, number in rows:
        content = text.lstrip(">")
        level = len(text) - len(content)
        content = content.removeprefix(" ")  # space-stuffing
        is_signature = content == "-- "
        if is_open and level == depth and not is_signature:
            before, first = joined[-1]
            joined[-1] = (before[:-1] + content, first)
        else:
            joined.append((f"{'>' * level} {content}" if level else content, number))
        is_open, depth = content.endswith(" ") and not is_signature, level
    return joined


def attachment(part: Message, name: str, file_name: str, said: Metadata) -> EmbeddedFile | None:
    """Return a part as a file.

    A text is written as UTF-8 if the part declares another charset for it.
    """
    data = decoded(part)
    if not data:
        return None
    is_text = part.get_content_maintype() == "text"
    charset = _charset(part) if is_text else ""
    if charset and not data.isascii():
        try:
            text = decode_as(data, charset)
        except ReaderError:
            pass
        else:
            data = f"\ufeff{text}".encode("utf-8", "replace")
    return EmbeddedFile(
        name, file_name, data, Metadata(creator=said.creator, date=said.date), "text" if is_text else None
    )


def _charset(part: Message) -> str:
    return part.get_content_charset() or ""


# Alternatives -------------------------------------------------------------------------------------

_MARKUP = re.compile(
    r"<!--.{0,2000}?-->|<(style|script|title)\b.{0,20000}?</\1>|<[^<>]{0,2000}>", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile(r"&#?\w{1,10};")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")
_WORD = re.compile(r"[^\W_]+")
_MAX_SAMPLE_CHARACTERS = 200_000
_MIN_NEW_WORDS = 4


def says_more(html: str, plain: str) -> bool:
    """Return True if most words of a message's HTML are missing in its plain text, which is then
    a stub.
    """
    if len(plain) > 5_000 and len(html) < 20 * len(plain):
        return False
    known = set(_WORD.findall(_ADDRESS.sub(" ", plain).casefold()))
    shown = _ADDRESS.sub(" ", _ENTITY.sub(partial(_unescape), _MARKUP.sub(" ", html[:_MAX_SAMPLE_CHARACTERS])))
    words = set(_WORD.findall(shown.casefold()))
    new = words - known
    return len(new) >= _MIN_NEW_WORDS and 2 * len(new) > len(words)


def _unescape(entity: re.Match[str]) -> str:
    from html import unescape  # here: most messages have no HTML

    return unescape(entity[0])


def text_of(part: Message) -> str:
    """Return the decoded text of a part."""
    data = decoded(part)
    try:
        return decode_as(data, _charset(part))
    except ReaderError:
        return data.decode("utf-8", "replace").replace("\0", "\ufffd")
