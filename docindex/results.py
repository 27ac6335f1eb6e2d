"""Answers of docindex to a search, a build or a check: frozen, complete, and free of markup.

Matches are character positions in the original text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from docindex.model import Failure, IndexState, Record, Span


class Passage(Struct, frozen=True):
    """An excerpt of a record's body, as it stands there, and the matches in it."""

    text: str
    start: int  # the excerpt's first character in the body
    line: int  # of the file, from 1, where the first match stands
    page: int | None
    marks: tuple[Span, ...]  # within `text`, in order, not overlapping


class Hit(Struct, frozen=True):
    """One record that matches, with what to show of it."""

    record: Record
    score: float
    passages: tuple[Passage, ...] = ()
    title_marks: tuple[Span, ...] = ()  # within the title
    stale: bool = False  # the file has changed since it was indexed
    alike: tuple[str, ...] = ()  # ids of the matches that it stands for, being alike; best first
    metadata_marks: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)  # of DESCRIBED, those with a match


class Groups(Struct, frozen=True):
    """How many there are where matches that are alike count as one."""

    count: int
    records: int  # in all of them


class Staleness(Struct, frozen=True):
    """How far the index is behind the files: paths of sources."""

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    new: int = 0  # files that a build would take in
    manifest: bool = False  # the manifest has changed, and was not read again
    unseen: int = 0  # sources that were not looked at, for there was no time

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone or self.new or self.manifest)


class Candidate(Struct, frozen=True):
    """A word of the index that may be meant, and how many records a search for it finds."""

    word: str  # as the records write it
    records: int


class Suggestion(Struct, frozen=True):
    """What may be meant by a word of the query that hardly any record holds."""

    word: str  # as typed
    records: int  # that a search for it finds
    instead: tuple[Candidate, ...]  # best first
    clear: bool  # the first is the only one in question


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
    """One change of a query, and what it would find."""

    how: str  # without it, as words, spelt nearly so ...
    query: str  # in canonical syntax, what flags add included
    records: int


class ClauseCount(Struct, frozen=True):
    """One of the parts of a query that a record must all match: a word, a filter ..."""

    text: str  # in canonical syntax
    records: int  # that match it, whatever the other parts
    changes: tuple[Relaxation, ...]


class Diagnosis(Struct, frozen=True):
    """Why a query finds what it finds."""

    parts: tuple[ClauseCount, ...]
    more: int  # parts that were not looked into
    unsearched: int  # documents that could not be searched


class Results(Struct, frozen=True):
    """The answer to one query, complete: what was asked, what was understood, what was found, and in what index."""

    query: str  # as typed
    parsed: str  # as understood, in canonical syntax
    hits: tuple[Hit, ...]  # best first
    total: int  # of all matches, also those outside the slice
    offset: int
    limit: int | None  # None = all
    elapsed_ms: float
    index: IndexState
    behind: Staleness
    repairs: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    why: Diagnosis | None = None  # where it was asked for, or nothing was found
    facets: Mapping[str, Mapping[str, int]] = {}  # all matches, counted by what was asked for
    expanded: tuple[Expansion, ...] = ()  # words searched, or offered, in other forms
    groups: Groups | None = None  # where what is listed, and what `offset` and `limit` count, are groups of matches

    @property
    def listed(self) -> int:
        """How many the whole list has: matches, or groups of them."""
        return self.total if self.groups is None else self.groups.count

    def ranked(self) -> Iterator[tuple[int, Hit]]:
        """The hits and their ranks; those of one group share theirs."""
        rank = self.offset
        group: set[str] = set()
        for hit in self.hits:
            if hit.record.id not in group:
                rank += 1
                group = set(hit.alike)
            yield rank, hit


class ExpandedLeaf(Struct, frozen=True):
    """A word, phrase or pattern of a query, and what is looked up for it."""

    text: str  # in canonical syntax
    terms: Mapping[str, tuple[tuple[str, ...], ...]]  # by language: the terms for each of its words


class Explanation(Struct, frozen=True):
    """What was understood of a query."""

    query: str  # as typed
    parsed: str  # in canonical syntax, what flags add included
    meaning: tuple[str, ...]  # in words, a line for each part, indented
    sought: tuple[ExpandedLeaf, ...]
    repairs: tuple[str, ...]


class BuildReport(Struct, frozen=True):
    """What a build did, counted after it was done."""

    added: tuple[str, ...]  # paths of sources
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failures: tuple[Failure, ...]
    skipped: Mapping[str, int]  # files of a folder in formats that docindex does not read: suffix and how many
    state: IndexState
    elapsed_s: float
    notes: tuple[str, ...] = ()


class Finding(Struct, frozen=True):
    """Something in a collection that its keeper may want to mend."""

    place: str  # the manifest, or the file
    line: int | None  # of the manifest
    kind: str  # dead, twice, orphan, undated, language, date, unreadable, mojibake, decomposed ...
    message: str
    path: str | None = None  # of an orphan
