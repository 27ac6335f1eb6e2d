"""Commit points: `commit-N.json` names all files of one state of the index, each with its size and
checksum.

A commit is four lines: the CRC-32 of the rest, the versions that decide whether the rest can be
read, the files, and the description of the index. It gets its name last, when all files are on the
disk.
"""

from __future__ import annotations

import os
import sys
import zlib
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct

from docindex.analysis import analyzer
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec.mmap_file import REBUILD_COMMAND, FileStamp, damaged, raises_damage
from docindex.engines.whoosh.codec.segment import SegmentInfo
from docindex.engines.whoosh.directory import (
    COMMIT_NAME,
    COMMIT_UNFINISHED,
    COMMITTED_NAME,
    FORMER_COMMIT_NAME,
    SEGMENT_NAME,
)
from docindex.errors import DocindexError, IndexDamaged, IndexMissing, IndexOutdated
from docindex.model.documents import IndexState
from docindex.model.serialization import dumps, loads
from docindex.ranking import index_reader, near_duplicates, threads

if TYPE_CHECKING:
    from docindex.engines.whoosh.directory import Directory

MAX_COMMIT_BYTES = 1 << 26
_MAX_HEAD_BYTES = 1 << 16


def fingerprint() -> str:
    """Return what must be equal for an index to be read: versions of files, postings and
    analysis, byte order.
    """
    ranks = f"scoring {index_reader.VERSION}, alike {near_duplicates.VERSION}, threads {threads.VERSION}"
    layers = f"whoosh {schema.VERSION}, {ranks}"
    return f"{layers}, analysis {analyzer.fingerprint()}, {sys.byteorder}"


class _Head(Struct, frozen=True):
    """The first line of a commit.

    Its shape never changes, so that every docindex can tell another's index.
    """

    recipe: str
    version: str  # of docindex


class CommitFiles(Struct, frozen=True):
    """The files of a commit."""

    segments: tuple[SegmentInfo, ...]
    sources_name: str
    sources: FileStamp
    families_name: str
    families: FileStamp

    def names(self) -> set[str]:
        """Return the names of all files."""
        own = {self.sources_name, self.families_name}
        return own | {one.name + ending for one in self.segments for ending in one.files}

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return self.sources[0] + self.families[0] + sum(size for one in self.segments for size, _ in one.files.values())


class Commit(Struct, frozen=True):
    """State of the index that a commit file describes."""

    generation: int
    files: CommitFiles
    state: IndexState


def latest_generation(directory: Directory) -> int:
    """Return the latest commit's number.

    Raises IndexMissing, IndexOutdated or IndexDamaged if there is none.
    """
    names = directory.names()
    generations = [int(found[1]) for name in names if (found := COMMIT_NAME.fullmatch(name))]
    if generations:
        return max(generations)
    former = sorted(name for name in names if FORMER_COMMIT_NAME.fullmatch(name))
    if former:
        version = _former_version(directory, former)
        raise IndexOutdated(
            f"{directory.path}: this index was made in another way, by docindex {version}", "docindex build"
        )
    if any(map(SEGMENT_NAME.fullmatch, names)):
        raise IndexDamaged(f"{directory.path}: files of the index are missing", REBUILD_COMMAND)
    raise IndexMissing(f"{directory.path}: there is no index here", "docindex build")


def _former_version(directory: Directory, names: list[str]) -> str:
    """Return the docindex that wrote an index in a former format, as far as it says so in JSON."""
    for name in reversed([name for name in names if name.endswith(".json")]):
        try:
            lines = directory.read_small(name, MAX_COMMIT_BYTES).split(b"\n", 2)
            return loads(lines[1], _Head).version
        except (DocindexError, OSError, DecodeError, IndexError):
            continue
    return "of another version"


def read_commit(directory: Directory, generation: int) -> Commit:
    """Read a commit. Raises IndexOutdated or IndexDamaged."""
    name = f"commit-{generation}.json"
    path = str(directory.path / name)
    checksum, _, rest = directory.read_small(name, MAX_COMMIT_BYTES).partition(b"\n")
    if checksum != b"%08x" % zlib.crc32(rest):
        raise damaged(path)
    head, _, rest = rest.partition(b"\n")
    found = _decoded_head(head)
    if found.recipe != fingerprint():
        raise IndexOutdated(
            f"{directory.path}: this index was made in another way, by docindex {found.version}", "docindex build"
        )
    commit = _decoded(generation, *rest.partition(b"\n")[::2])
    if not all(map(COMMITTED_NAME.fullmatch, commit.files.names())):
        raise damaged(path)
    return commit


@raises_damage
def _decoded_head(head: bytes) -> _Head:
    return loads(head, _Head)


@raises_damage
def _decoded(generation: int, files: bytes, state: bytes) -> Commit:
    return Commit(generation, loads(files, CommitFiles), loads(state, IndexState))


def write_commit(directory: Directory, commit: Commit) -> None:
    """Write a commit. All its files must be on the disk."""
    head = dumps(_Head(fingerprint(), commit.state.version))
    rest = b"\n".join([head, dumps(commit.files), dumps(commit.state)])
    directory.sync()
    with directory.create(COMMIT_UNFINISHED) as file:
        file.write(b"%08x\n" % zlib.crc32(rest) + rest)
        file.flush()
        os.fsync(file.fileno())
    directory.rename(COMMIT_UNFINISHED, f"commit-{commit.generation}.json")
    directory.sync()
