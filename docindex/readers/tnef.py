"""Files in a winmail.dat: the Transport Neutral Encapsulation Format of Outlook and Exchange
(MS-OXTNEF).

The body may be plain text, HTML or compressed RTF; the last two lie among the MAPI properties, as
embedded messages do.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum

from docindex.readers import compressed_rtf

_SIGNATURE = b"\x78\x9f\x3e\x22"
_FIRST_ATTRIBUTE = 6  # bytes of the signature and the key


class _Attribute(IntEnum):
    BODY = 0x0002800C
    MESSAGE_PROPERTIES = 0x00069003
    NEW_ATTACHMENT = 0x00069002
    TITLE = 0x00018010
    DATA = 0x0006800F
    PROPERTIES = 0x00069005


_PLAIN, _RTF, _HTML, _LONG_NAME, _OBJECT = 0x1000, 0x1009, 0x1013, 0x3707, 0x3701
_UNICODE, _TEXT, _BINARY, _EMBEDDED = 0x001F, 0x001E, 0x0102, 0x000D
_VARIABLE = (_UNICODE, _TEXT, _BINARY, _EMBEDDED)
_FIXED_BYTES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of a value by its type, filled up to a multiple of four."""
_MULTIPLE, _FIRST_NAMED, _GUID_BYTES = 0x1000, 0x8000, 16
_MAX_FILES = 1_000
_MAX_DEPTH = 4  # messages within messages
_MAX_PROPERTIES = 10_000
_MAX_NAME_BYTES = 1_000


def files(data: bytes, depth: int = 0) -> list[tuple[str, bytes]]:
    """Return the attached files and the body of a TNEF stream, each with its name.

    Skip what is damaged.
    """
    found: list[tuple[str, bytes]] = []
    name, content = "", b""
    for attribute, value in _attributes(data):
        match attribute:
            case _ if len(found) >= _MAX_FILES:
                break
            case _Attribute.BODY if value.strip(b"\0 \r\n"):
                found.append(("message.txt", value.rstrip(b"\0")))
            case _Attribute.MESSAGE_PROPERTIES if not found:
                found += _bodies(value)
            case _Attribute.NEW_ATTACHMENT:
                found += [(name or "attachment", content)] if content else []
                name, content = "", b""
            case _Attribute.TITLE:
                name = name or _base_name(value[:_MAX_NAME_BYTES].decode("cp1252", "replace"))
            case _Attribute.DATA:
                content = value
            case _Attribute.PROPERTIES:
                for tag, kind, own in _properties(value):
                    if tag == _LONG_NAME:
                        name = _base_name(_decoded(own[:_MAX_NAME_BYTES], kind)) or name
                    elif tag == _OBJECT and own[_GUID_BYTES:].startswith(_SIGNATURE) and depth < _MAX_DEPTH:
                        inner = files(own[_GUID_BYTES:], depth + 1)
                        found += [(f"{name or 'message'}/{part}", held) for part, held in inner]
                        content = b""
    return [*found, (name or "attachment", content)] if content else found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the value of each attribute up to the first damaged one."""
    if not data.startswith(_SIGNATURE):
        return
    at = _FIRST_ATTRIBUTE
    while at + 9 <= len(data):
        level, attribute, size = struct.unpack_from("<BII", data, at)
        stop = at + 9 + size
        if level not in (1, 2) or stop + 2 > len(data):
            return
        yield attribute, data[at + 9 : stop]
        at = stop + 2  # the checksum


def _bodies(properties: bytes) -> list[tuple[str, bytes]]:
    """Return the body of a message in its plainest form, as a file."""
    values = {tag: (kind, value) for tag, kind, value in _properties(properties)}
    for tag, name in ((_PLAIN, "message.txt"), (_HTML, "message.html"), (_RTF, "message.rtf")):
        kind, value = values.get(tag, (0, b""))
        text = compressed_rtf.decompressed(value) if tag == _RTF else value
        if kind in (_UNICODE, _TEXT) and text:
            text = _decoded(text, kind).encode("utf-8", "replace")
        if text.strip(b"\0 \r\n"):
            return [(name, text)]
    return []


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the tag, the type and the first value of each MAPI property up to a damaged one."""
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, _MAX_PROPERTIES)):
            kind, tag = struct.unpack_from("<HH", data, at)
            at += 4
            if tag >= _FIRST_NAMED:
                at = _after_name(data, at + _GUID_BYTES)
            values, plain = 1, kind & ~_MULTIPLE
            if kind & _MULTIPLE or plain in _VARIABLE:
                (values,) = struct.unpack_from("<I", data, at)
                at += 4
            for number in range(min(values, _MAX_PROPERTIES)):
                size = _FIXED_BYTES.get(plain, 0)
                if plain in _VARIABLE:
                    (size,) = struct.unpack_from("<I", data, at)
                    at += 4
                elif not size:
                    return
                if at + size > len(data):
                    return
                if number == 0:
                    yield tag, plain, data[at : at + size]
                at += size + -size % 4
    except struct.error:
        return


def _after_name(data: bytes, at: int) -> int:
    """Return where the value of a named property begins: behind its number or its name."""
    kind, size = struct.unpack_from("<II", data, at)
    return at + 8 + (size + -size % 4 if kind else 0)


def _decoded(value: bytes, kind: int) -> str:
    return value.decode("utf-16-le" if kind == _UNICODE else "cp1252", "replace").rstrip("\0")


def _base_name(name: str) -> str:
    plain = "".join(sign for sign in name.replace("\\", "/") if sign.isprintable())
    return plain.rsplit("/", 1)[-1].strip()
