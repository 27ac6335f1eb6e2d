"""Record of searches: one line of JSON each, with what was found and what could not be searched. A
search that found nothing is a line like any other.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, Struct
from msgspec.structs import replace

from docindex import __version__
from docindex.errors import OutputError, UsageError
from docindex.model.serialization import dumps, loads
from docindex.search import search
from docindex.system import files

if TYPE_CHECKING:
    from docindex.engines.base import Searcher
    from docindex.model.results import Results, Staleness
    from docindex.search.search import SearchOptions

MAX_RECORDED_HITS = 100
MAX_RECORD_FILE_BYTES = 500_000_000
RECORD_VERSION = 1


class RecordedHit(Struct, frozen=True):
    """A match: its record's id and its score."""

    id: str
    score: float


class Unsearched(Struct, frozen=True):
    """Sources that a search could not see, or saw in an older state."""

    failed: tuple[str, ...] = ()  # messages about documents that could not be read
    changed: tuple[str, ...] = ()  # since they were indexed
    gone: tuple[str, ...] = ()
    new: int = 0  # files that are not indexed yet
    unchecked: int = 0  # sources not looked at for changes


class RecordedSearch(Struct, frozen=True):
    """Search with all that is needed to run it again."""

    version: int
    time: str  # UTC, ISO 8601
    docindex: str  # its version
    command: tuple[str, ...]
    query: str
    parsed: str
    flags: Mapping[str, Any]  # of the query, as the command line's table names them
    expanded: Any  # words searched in other forms
    fingerprint: str  # of the index
    built: str
    records: int
    sources: int
    total: int
    hits: tuple[RecordedHit, ...]  # the first
    unsearched: Unsearched


class Replay(Struct, frozen=True):
    """A recorded search beside its answer now."""

    recorded: RecordedSearch
    total: int
    added: tuple[str, ...]  # ids among the first hits now
    lost: tuple[str, ...]  # ids among the recorded hits
    same_index: bool

    @property
    def outcome(self) -> str:
        """The word for the difference: same, more, fewer or other."""
        if self.total == self.recorded.total and not self.added and not self.lost:
            return "same"
        if self.total > self.recorded.total and not self.lost:
            return "more"
        return "fewer" if self.total < self.recorded.total and not self.added else "other"


def index_fingerprint(index: Searcher) -> str:
    """Return the SHA-256 over the paths and contents of all sources, in the order of the paths."""
    digest = hashlib.sha256()
    for path, source in index.sources():
        digest.update(f"{path}\0{source.content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def check_writable(path: str) -> None:
    """Raise OutputError if nothing can be added to a record, before a search is run for it."""
    append(path, [])


def append(path: str, searches: list[RecordedSearch]) -> None:
    """Add searches to a record, in one write. Raises OutputError, also for a link: it may lead
    anywhere.
    """
    try:
        with open(files.open_to_append(path), "ab", buffering=0) as file:
            file.write(b"".join(dumps(one) + b"\n" for one in searches))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}", "name another file for --record") from error


def recorded(
    query: str,
    flags: Mapping[str, Any],
    options: SearchOptions,
    index: Searcher,
    staleness: Staleness,
    fingerprint: str,
) -> RecordedSearch:
    """Return one search with its first hits. Raises QueryError as `search` does."""
    answer = first_hits(query, options, index, staleness)
    state = index.state
    return RecordedSearch(
        version=RECORD_VERSION,
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        docindex=__version__,
        command=("docindex", *sys.argv[1:]),
        query=query,
        parsed=answer.parsed,
        flags=flags,
        expanded=_builtins(answer.expanded),
        fingerprint=fingerprint,
        built=state.built,
        records=state.records,
        sources=state.sources,
        total=answer.total,
        hits=tuple(RecordedHit(hit.record.id, round(hit.score, 4)) for hit in answer.hits),
        unsearched=Unsearched(
            tuple(str(failure) for failure in state.failures if failure.lost),
            staleness.changed,
            staleness.gone,
            staleness.new,
            staleness.unseen,
        ),
    )


def _builtins(value: object) -> Any:
    from msgspec import to_builtins

    return to_builtins(value)


def first_hits(query: str, options: SearchOptions, index: Searcher, staleness: Staleness) -> Results:
    """Return the answer whose hits a record holds: each match by itself, the best first, without
    passages.
    """
    narrowed = replace(
        options,
        limit=MAX_RECORDED_HITS,
        offset=0,
        sort="score",
        reverse=False,
        passages=0,
        facets=(),
        why=False,
        advice=False,
        alike="show",
    )
    return search.search(query, index, narrowed, staleness=staleness)


def load(path: str) -> list[RecordedSearch]:
    """Return the searches of a record. Raises UsageError with file and line."""
    hint = "a file that docindex search --record has written"
    try:
        lines = files.read_file(path, MAX_RECORD_FILE_BYTES).splitlines()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint) from error
    found: list[RecordedSearch] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = loads(line, RecordedSearch)
        except DecodeError as error:
            raise UsageError(f"{path}:{number}: is no recorded search: {error}", hint) from error
        if one.version != RECORD_VERSION:
            raise UsageError(f"{path}:{number}: is of version {one.version}", "replay it with the docindex it names")
        found.append(one)
    return found


def replay(
    one: RecordedSearch, options: SearchOptions, index: Searcher, staleness: Staleness, fingerprint: str
) -> Replay:
    """Run a recorded search again and compare. Raises QueryError as `search` does."""
    answer = first_hits(one.query, options, index, staleness)
    now = [hit.record.id for hit in answer.hits]
    before = [hit.id for hit in one.hits]
    return Replay(
        one,
        answer.total,
        tuple(id for id in now if id not in set(before)),  # noqa: A001
        tuple(id for id in before if id not in set(now)),  # noqa: A001
        fingerprint == one.fingerprint,
    )
