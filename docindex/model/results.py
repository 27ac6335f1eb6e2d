"""Answers of docindex to a search, a build or a check: frozen, complete, and without markup.

Matches are character positions in the original text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from docindex.model.documents import Failure, IndexState, Metadata, Record, Span


class Passage(Struct, frozen=True):
    """An unchanged excerpt of a record's body, and the matches in it."""

    text: str
    start: int  # offset of the excerpt in the body
    line: int  # of the first match in the file, from 1
    page: int | None
    marks: tuple[Span, ...]  # within `text`, in order, not overlapping
    quoted: Metadata | None = None  # of the quoted message that holds the first match


class Hit(Struct, frozen=True):
    """Match: a record with its score, passages and marks."""

    record: Record
    score: float
    passages: tuple[Passage, ...] = ()
    title_marks: tuple[Span, ...] = ()  # within the title
    stale: bool = False  # the file has changed since it was indexed
    alike: tuple[str, ...] = ()  # ids of its near-duplicates, or of matches of its conversation, that are not listed
    metadata_marks: Mapping[str, tuple[Span, ...]] = field(
        default_factory=dict
    )  # of METADATA_FIELDS, those with a match

    @property
    def id(self) -> str:
        """The record's id: `path`, or `path#part`."""
        return self.record.id

    @property
    def title(self) -> str:
        """The record's title, or else the file's name."""
        return self.record.title


class Groups(Struct, frozen=True):
    """Counts of groups of near-duplicates, or of conversations."""

    count: int
    records: int  # in all groups


class Staleness(Struct, frozen=True):
    """Differences between the index and the files, as paths of sources.

    It also says what was not looked at.
    """

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    new: int = 0  # files that a build would add
    manifest: bool = False  # the manifest has changed and was not read again
    unseen: int = 0  # sources that were not looked at
    unlisted: bool = False  # files may have come or gone unseen
    foreign: bool = False  # nothing was looked at: the root that the index names is not believed

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone or self.new or self.manifest)

    @property
    def fresh(self) -> bool | None:
        """False if the index is known to be behind, None if not all was looked at."""
        if self:
            return False
        return None if self.unseen or self.unlisted or self.foreign else True


class Candidate(Struct, frozen=True):
    """A word of the index that may be meant, and the number of records that a search for it
    finds.
    """

    word: str  # in the records' spelling
    records: int


class Suggestion(Struct, frozen=True):
    """Spelling candidates for a rare word of the query."""

    word: str  # as typed
    records: int  # that a search for the word finds
    candidates: tuple[Candidate, ...] = field(name="instead")  # best first; the name is the JSON key
    clear: bool  # True if only the first can be meant


class Variant(Struct, frozen=True):
    """Another form of a word of the query, as the records hold it."""

    form: str  # folded; several words for an alias
    written: str  # as most of the records looked at write it
    records: int  # that hold the form
    score: float  # 0 to 1: how sure it is that the form spells the same name; 1 for an alias
    by: str  # typed, sound, join (written as one word or apart) or alias


class Expansion(Struct, frozen=True):
    """A word of the query and its other forms."""

    word: str  # as typed
    form: str  # folded
    records: int  # that hold the word as typed
    variants: tuple[Variant, ...]  # best first
    searched: bool = True  # False if they are only offered
    dropped: bool = False  # the word as typed is not searched

    @property
    def forms(self) -> tuple[Variant, ...]:
        """All forms, the word as typed first."""
        typed = () if self.dropped else (Variant(self.form, self.word, self.records, 1.0, "typed"),)
        return (*typed, *self.variants)


class Relaxation(Struct, frozen=True):
    """Weaker form of a query, and the number of records that it finds."""

    how: str  # description: without it, as words, spelt nearly so ...
    query: str  # in canonical syntax, with the filters of the flags
    records: int


class ClauseCount(Struct, frozen=True):
    """Clause of a query, such as a word or a filter, with its own count.

    A match satisfies all clauses.
    """

    text: str  # in canonical syntax
    records: int  # that match this clause alone
    changes: tuple[Relaxation, ...]


class Diagnosis(Struct, frozen=True):
    """Diagnosis of a query's result by its clauses."""

    parts: tuple[ClauseCount, ...]
    more: int  # clauses that were not counted
    unsearched: int  # documents that could not be searched


class Results(Struct, frozen=True):
    """The complete answer to one query, with the query as typed and parsed, and the index's
    state.
    """

    query: str  # as typed
    parsed: str  # as understood, in canonical syntax
    hits: tuple[Hit, ...]  # best first
    total: int  # all matches, including those outside the slice
    offset: int
    limit: int | None  # None = all
    elapsed_ms: float
    index: IndexState
    staleness: Staleness
    repairs: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    why: Diagnosis | None = None  # if requested, or if there is no match
    facets: Mapping[str, Mapping[str, int]] = {}  # counts of all matches by the requested fields
    expanded: tuple[Expansion, ...] = ()  # words searched, or offered, in other forms
    groups: Groups | None = None  # if groups are listed; `offset` and `limit` then count groups
    by_thread: bool = False  # the groups are conversations

    @property
    def listed(self) -> int:
        """Length of the whole list, in matches or in groups of them."""
        return self.total if self.groups is None else self.groups.count

    def ranked(self) -> Iterator[tuple[int, Hit]]:
        """Yield the hits with their ranks. Hits of one group share a rank."""
        rank = self.offset
        group: set[str] = set()
        for hit in self.hits:
            if hit.record.id not in group:
                rank += 1
                group = set(hit.alike)
            yield rank, hit


class ExpandedLeaf(Struct, frozen=True):
    """A word, phrase or pattern of a query, with its expanded terms."""

    text: str  # in canonical syntax
    terms: Mapping[str, tuple[tuple[str, ...], ...]]  # by language: the terms for each of its words


class Explanation(Struct, frozen=True):
    """Explanation of a parsed query."""

    query: str  # as typed
    parsed: str  # in canonical syntax, with the filters of the flags
    meaning: tuple[str, ...]  # in words, a line for each part, indented
    sought: tuple[ExpandedLeaf, ...]
    repairs: tuple[str, ...]


class BuildReport(Struct, frozen=True):
    """Counts and failures of a finished build."""

    added: tuple[str, ...]  # paths of sources
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failures: tuple[Failure, ...]
    skipped: Mapping[str, int]  # files and parts left out: their kind and how many
    state: IndexState
    elapsed_s: float
    notes: tuple[str, ...] = ()
    generation: int = 0  # number of the commit
    unlisted: tuple[str, ...] = ()  # files beside the manifest that no entry names, at most MAX_UNLISTED + 1


class Finding(Struct, frozen=True):
    """Defect of a collection that its keeper may want to repair."""

    place: str  # the manifest, or the file
    line: int | None  # of the manifest
    kind: str  # dead, twice, orphan, undated, language, date, unreadable, mojibake, decomposed ...
    message: str
    path: str | None = None  # of an orphan
