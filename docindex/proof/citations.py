"""Citations of records, and seals: digests that tell later if a source is still what was cited.

A seal is made from the file as it is at that moment, and not from the index. Digests are SHA-256
(FIPS 180-4).
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct

from docindex.engines.base import SearchRequest
from docindex.errors import ReaderError, RecordError, UsageError
from docindex.indexing import trust
from docindex.model.documents import Record
from docindex.model.serialization import loads
from docindex.query.ast import Prefix
from docindex.search import record_lines, record_lookup
from docindex.system import files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docindex.engines.base import Searcher
    from docindex.search.record_lines import RecordLine

MAX_SEALED_BYTES = 2_000_000_000
MAX_SEAL_FILE_BYTES = 50_000_000
MAX_SLUG_CHARACTERS = 40
KEY_DIGEST_CHARACTERS = 6
_ID_AND_LINE = re.compile(r"(?P<id>.+):(?P<line>\d{1,9})", re.DOTALL)


class Seal(Struct, frozen=True):
    """Digests of a source file and of the cited passage."""

    path: str  # of the source, relative to the manifest's folder
    part: str | None
    line: int | None  # of the passage in the file; None for the whole record
    passage: str
    passage_sha256: str
    file_sha256: str
    file_bytes: int
    read: str  # UTC, ISO 8601


class Citation(Struct, frozen=True):
    """A record, or a line of it, as it is cited."""

    record: Record
    line: int | None
    page: int | None
    passage: str
    seal: Seal | None = None

    @property
    def key(self) -> str:
        """The stable key of the record."""
        return key(self.record.id)


class SealCheck(Struct, frozen=True):
    """The state of a sealed source now."""

    seal: Seal
    state: str  # same, file changed, passage changed, gone or unreadable
    reason: str | None = None  # if it is unreadable


def key(record_id: str) -> str:
    """Return the key under which bibliographies hold a record. It depends on nothing but the
    record's id.

    It holds only ASCII letters, digits and hyphens, which BibTeX, RIS and pandoc all take.
    """
    ascii_id = unicodedata.normalize("NFKD", record_id).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_id.lower()).strip("-")
    digest = hashlib.sha256(record_id.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGEST_CHARACTERS]
    return f"{slug[-MAX_SLUG_CHARACTERS:].strip('-') or 'record'}-{digest}"


def cite(name: str, index: Searcher, ids_by_rank: Mapping[int, str]) -> Citation:
    """Return the citation of a record, or of a line of it if the name ends in `:LINE`.

    Raises RecordError.
    """
    found = _ID_AND_LINE.fullmatch(name)
    try:
        record = record_lookup.find_record(name, index, ids_by_rank)
    except RecordError:
        if found is None:
            raise
    else:
        return Citation(record, None, record.page, record.body)
    number = int(found["line"])
    record, line = _record_with_line(found["id"], number, index, ids_by_rank)
    return Citation(record, number, line.page, line.text.strip("\f"))


def _record_with_line(
    name: str, number: int, index: Searcher, ids_by_rank: Mapping[int, str]
) -> tuple[Record, RecordLine]:
    """Return the record that has a line. A path of several records means the one with that line."""
    request = SearchRequest(Prefix(name, "id"), None, sort="path")
    of_path = [record for record in index.records(request) if record.path == name]
    records = of_path or [record_lookup.find_record(name, index, ids_by_rank)]
    for record in records:
        for line in record_lines.numbered_lines(record, ()):
            if line.number == number and line.text.strip():
                return record, line
    raise RecordError(f"{name} has no text on line {number}", "a line that docindex show prints")


def sealed(citation: Citation, root: str) -> Citation:
    """Return the citation with a seal of the file as it is now.

    Raises UsageError if the file cannot be read.
    """
    from msgspec.structs import replace

    record = citation.record
    try:
        data = _content(record.path, root)
    except OSError as error:
        hint = "docindex build brings the index in step"
        raise UsageError(f"{record.path}: cannot be read: {error.strerror}", hint) from error
    seal = Seal(
        path=record.path,
        part=record.part,
        line=citation.line,
        passage=citation.passage,
        passage_sha256=_digest(citation.passage.encode("utf-8", "surrogatepass")),
        file_sha256=_digest(data),
        file_bytes=len(data),
        read=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return replace(citation, seal=seal)


def _content(path: str, root: str) -> bytes:
    if trust.leads_out(path):  # a manifest may name files outside its folder
        return files.read_file(os.path.join(root, path), MAX_SEALED_BYTES)
    return files.read_file(path, MAX_SEALED_BYTES, root)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class _Sealed(Struct, frozen=True):
    seal: Seal


class _SealFile(Struct, frozen=True):
    citations: list[_Sealed]


def read_seals(path: str) -> list[Seal]:
    """Return the seals of a file that `docindex cite --json` wrote. Raises UsageError."""
    hint = "a file that docindex cite --json has written"
    try:
        return [one.seal for one in loads(files.read_file(path, MAX_SEAL_FILE_BYTES), _SealFile).citations]
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint) from error
    except DecodeError as error:
        raise UsageError(f"{path}: holds no seals: {error}", hint) from error


def check_seals(seals: Sequence[Seal], index: Searcher, folder: Path) -> list[SealCheck]:
    """Return the state of each sealed source, below the root that the index in a folder names.

    A path that leads out of the root is read only if the index has that source, and the user's word
    for it: seals may be a stranger's, and an index too.
    """
    outside = {seal.path for seal in seals if trust.leads_out(seal.path)}
    known = outside.intersection(path for path, _ in index.sources()) if outside else outside
    state = index.state
    return [
        SealCheck(seal, "unreadable", "is outside of the archive")
        if seal.path in outside - known or not trust.may_read(seal.path, state, folder)
        else check_seal(seal, state.root)
        for seal in seals
    ]


def check_seal(seal: Seal, root: str) -> SealCheck:
    """Return the state of a sealed source below a root.

    If the file has changed, it is read again and the passage is looked for in its text.
    """
    if _digest(seal.passage.encode("utf-8", "surrogatepass")) != seal.passage_sha256:
        return SealCheck(seal, "unreadable", "the seal's own passage does not match its digest")
    try:
        data = _content(seal.path, root)
    except FileNotFoundError:
        return SealCheck(seal, "gone")
    except OSError as error:
        return SealCheck(seal, "unreadable", error.strerror)
    if _digest(data) == seal.file_sha256:
        return SealCheck(seal, "same")
    from docindex.indexing import single_read  # most sources are the same

    try:
        if trust.leads_out(seal.path):
            records = single_read.read_records(os.path.join(root, seal.path))
        else:
            records = single_read.read_records(seal.path, root)
    except ReaderError as error:
        return SealCheck(seal, "unreadable", error.message)
    held = any(seal.passage in text for record in records for text in (record.body, record.title))
    return SealCheck(seal, "file changed" if held else "passage changed")
