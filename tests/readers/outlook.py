"""Outlook's messages for the tests, put together byte by byte (MS-CFB, MS-OXMSG, MS-OXRTFCP)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil

Tree = Mapping[str, "bytes | Tree"]
Value = "str | bytes | int | datetime"

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


class _Entries:
    """Directory of a compound file with streams of any length and storages within storages."""

    def __init__(self, tree: Tree) -> None:
        self.rows: list[bytes] = []
        self.mini = b""
        self.mini_chains: list[int] = []
        self.large: list[bytes] = []
        self.sector = 0
        self._places: list[tuple[str, int, int, int, int, int]] = [("Root Entry", 5, _END, 0, _FREE, _FREE)]
        first = self._add(tree)
        self._places[0] = ("Root Entry", 5, _END, 0, first, _FREE)

    def _add(self, tree: Tree) -> int:
        """Add what lies in a storage. Return the number of its first entry."""
        names = sorted(tree, key=lambda name: (len(name), name.upper()))
        numbers = range(len(self._places), len(self._places) + len(names))
        self._places += [("", 0, 0, 0, _FREE, _FREE)] * len(names)
        for number, name in zip(numbers, names, strict=True):
            after = number + 1 if number + 1 in numbers else _FREE
            content = tree[name]
            if isinstance(content, bytes):
                start, size = self._stored(content), len(content)
                self._places[number] = (name, 2, start, size, _FREE, after)
            else:
                self._places[number] = (name, 1, 0, 0, self._add(content), after)
        return numbers[0] if names else _FREE

    def _stored(self, content: bytes) -> int:
        if len(content) >= _CUTOFF:
            self.large.append(content)
            return -len(self.large)
        first, count = len(self.mini_chains), ceil(len(content) / _MINI)
        self.mini += content + bytes(-len(content) % _MINI)
        self.mini_chains += [*range(first + 1, first + count), _END] if count else []
        return first if count else _END

    def written(self, starts: list[int], mini_start: int) -> bytes:
        """Return the directory. `starts` are the sectors of the large streams."""
        rows = b""
        for number, (name, kind, start, size, child, right) in enumerate(self._places):
            if number == 0:
                start, size = (mini_start, len(self.mini)) if self.mini else (_END, 0)
            elif kind == 2 and start < 0:
                start = starts[-start - 1]
            text = name.encode("utf-16-le")
            head = text + bytes(64 - len(text))
            rows += head + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, right, child) + bytes(36)
            rows += struct.pack("<IQ", start, size)
        return rows + bytes(-len(rows) % _SECTOR)


def compound_file(tree: Tree) -> bytes:
    """Return a compound file."""
    entries = _Entries(tree)
    size = len(entries.written([0] * len(entries.large), 0))
    mini_fat = struct.pack(f"<{len(entries.mini_chains)}I", *entries.mini_chains)
    mini_fat += b"\xff" * (-len(mini_fat) % _SECTOR)
    contents = [bytes(size), mini_fat, entries.mini + bytes(-len(entries.mini) % _SECTOR)]
    contents += [content + bytes(-len(content) % _SECTOR) for content in entries.large]
    counts = [len(content) // _SECTOR for content in contents]
    fat_sectors = next(number for number in range(1, 109) if number + sum(counts) <= number * _SECTOR // 4)
    starts, chains = [], [_FAT] * fat_sectors
    for count in counts:
        starts.append(len(chains) if count else _END)
        chains += [*range(len(chains) + 1, len(chains) + count), _END] if count else []
    contents[0] = entries.written(starts[3:], starts[2])
    fat = struct.pack(f"<{len(chains)}I", *chains)
    fat += b"\xff" * (fat_sectors * _SECTOR - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, starts[0], 0, _CUTOFF, starts[1], counts[1], _END, 0)
    header += struct.pack(f"<{fat_sectors}I", *range(fat_sectors))
    return header + b"\xff" * (_SECTOR - len(header)) + fat + b"".join(contents)


def properties(values: Mapping[int, object], *, header: int = 8, narrow: str = "") -> dict[str, bytes | Tree]:
    """Return the streams of properties. `narrow` is the encoding of texts that are not UTF-16."""
    made: dict[str, bytes | Tree] = {}
    rows = bytes(header)
    for tag, value in values.items():
        match value:
            case str() if narrow:
                made[f"__substg1.0_{tag:04X}001E"] = value.encode(narrow)
            case str():
                made[f"__substg1.0_{tag:04X}001F"] = value.encode("utf-16-le")
            case bytes():
                made[f"__substg1.0_{tag:04X}0102"] = value
            case datetime():
                ticks = int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
                rows += struct.pack("<HHIQ", 0x0040, tag, 6, ticks)
            case int():
                rows += struct.pack("<HHIQ", 0x0003, tag, 6, value)
    return made | {"__properties_version1.0": rows}


def message(
    values: Mapping[int, object],
    recipients: list[Mapping[int, object]] | None = None,
    attachments: list[Mapping[int, object] | Tree] | None = None,
    *,
    header: int = 32,
    narrow: str = "",
) -> dict[str, bytes | Tree]:
    """Return the storage of a message. An attachment with streams is an embedded message."""
    made = properties(values, header=header, narrow=narrow)
    for number, recipient in enumerate(recipients or []):
        made[f"__recip_version1.0_#{number:08X}"] = properties(recipient, narrow=narrow)
    for number, attachment in enumerate(attachments or []):
        within: dict[str, bytes | Tree]
        if any(isinstance(key, str) for key in attachment):
            within = properties({}) | {"__substg1.0_3701000D": attachment}  # type: ignore[dict-item]
        else:
            within = properties(attachment)  # type: ignore[arg-type]
        made[f"__attach_version1.0_#{number:08X}"] = within
    return made


def compressed_rtf(text: bytes) -> bytes:
    """Return RTF in the form of Outlook, with references wherever the window repeats."""
    window = bytearray(4096)
    head = (
        b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
        b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
        b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
    )
    window[: len(head)] = head
    place, at, made, tokens = len(head), 0, b"", []
    filled = len(head)
    while at < len(text):
        length = next((size for size in range(17, 1, -1) if text[at : at + size] in bytes(window[:filled])), 0)
        length = min(length, len(text) - at)
        if length >= 2:
            start = bytes(window[:filled]).find(text[at : at + length])
            tokens.append((1, struct.pack(">H", start << 4 | length - 2)))
            run = text[at : at + length]
        else:
            tokens.append((0, text[at : at + 1]))
            run = text[at : at + 1]
        for byte in run:
            window[place] = byte
            place += 1
            filled = max(filled, place)
        at += len(run)
    tokens.append((1, struct.pack(">H", place << 4)))
    for group in range(0, len(tokens), 8):
        eight = tokens[group : group + 8]
        made += bytes([sum(flag << bit for bit, (flag, _) in enumerate(eight))]) + b"".join(run for _, run in eight)
    return struct.pack("<IIII", len(made) + 12, len(text), 0x75465A4C, 0) + made
