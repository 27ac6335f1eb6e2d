"""Cache of recognized pages, so that no page is read twice by OCR: also after `--full` or a move.

It is the user's own and may be deleted at any time. A file that is damaged counts as missing.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from docindex.system import files

MAX_TABLE_BYTES = 50_000_000


def folder(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the user's folder for recognized pages, or None without a home."""
    base = environment.get("XDG_CACHE_HOME")
    home = environment.get("HOME")
    if not (base and os.path.isabs(base)):
        base = os.path.join(home, ".cache") if home else None
    return os.path.join(base, "docindex", "ocr") if base else None


def key(*parts: str) -> str:
    """Return the name under which a page is kept: a digest of all that decides its text."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def load(place: str, name: str) -> bytes | None:
    """Return what was kept under a name, or None."""
    try:
        packed = files.read_file(_path(place, name), MAX_TABLE_BYTES)
        with gzip.GzipFile(fileobj=BytesIO(packed)) as unpacked:
            return unpacked.read(MAX_TABLE_BYTES) if packed else None
    except (OSError, EOFError, ValueError, zlib.error):
        return None


def store(place: str, name: str, table: bytes) -> None:
    """Keep a page's table. Without room or permission it is not kept."""
    path = _path(place, name)
    with suppress(OSError):
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=Path(path).parent)
        try:
            with open(descriptor, "wb") as file:
                file.write(gzip.compress(table, mtime=0))
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


def _path(place: str, name: str) -> str:
    return os.path.join(place, name[:2], f"{name[2:]}.tsv.gz")
