"""An index's commit, read and written with a right checksum, as a stranger may."""

from __future__ import annotations

import json
import zlib
from pathlib import Path


def read_commit(index: Path) -> list[bytes]:
    """Return the lines of an index's commit: its head, its files, and what it says of itself."""
    return next(index.glob("commit-*.json")).read_bytes().split(b"\n", 3)[1:]


def write_commit(index: Path, *lines: bytes) -> None:
    """Write lines as an index's commit."""
    rest = b"\n".join(lines)
    next(index.glob("commit-*.json")).write_bytes(b"%08x\n" % zlib.crc32(rest) + rest)


def rewrite_state(index: Path, **changes: object) -> None:
    """Change what an index says of itself."""
    head, listed, state = read_commit(index)
    write_commit(index, head, listed, json.dumps({**json.loads(state), **changes}).encode())
