"""Files in a winmail.dat: the Transport Neutral Encapsulation Format of Outlook and Exchange
(MS-OXTNEF).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum

_SIGNATURE = b"\x78\x9f\x3e\x22"
_FIRST_ATTRIBUTE = 6  # bytes of the signature and the key


class _Attribute(IntEnum):
    BODY = 0x0002800C
    NEW_ATTACHMENT = 0x00069002
    TITLE = 0x00018010
    DATA = 0x0006800F
    PROPERTIES = 0x00069005


_LONG_NAMES = (b"\x1f\x00\x07\x37", b"\x1e\x00\x07\x37")  # PidTagAttachLongFilename, UTF-16 and 8-bit
_MAX_FILES = 1_000
_MAX_NAME_BYTES = 1_000


def files(data: bytes) -> list[tuple[str, bytes]]:
    """Return the attached files and the plain body of a TNEF stream, each with its name.

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
            case _Attribute.NEW_ATTACHMENT:
                found += [(name or "attachment", content)] if content else []
                name, content = "", b""
            case _Attribute.TITLE:
                name = name or _text(value)
            case _Attribute.DATA:
                content = value
            case _Attribute.PROPERTIES:
                name = _long_name(value) or name
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


def _long_name(properties: bytes) -> str:
    """Return the long file name among an attachment's MAPI properties, or an empty string."""
    for tag, encoding in zip(_LONG_NAMES, ("utf-16-le", "cp1252"), strict=True):
        at = properties.find(tag)
        if at < 0 or at + 12 > len(properties):
            continue
        (size,) = struct.unpack_from("<I", properties, at + 8)
        if 0 < size <= _MAX_NAME_BYTES:
            return _base_name(properties[at + 12 : at + 12 + size].decode(encoding, "replace"))
    return ""


def _text(value: bytes) -> str:
    return _base_name(value[:_MAX_NAME_BYTES].decode("cp1252", "replace"))


def _base_name(name: str) -> str:
    plain = "".join(sign for sign in name.replace("\\", "/") if sign.isprintable())
    return plain.rsplit("/", 1)[-1].strip()
