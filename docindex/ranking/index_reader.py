"""The protocol `IndexReader`: the postings that an engine offers to ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from docindex.model.documents import RECIPIENT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date as Day

VERSION = 3
"""The format version of postings.

Raise it if their content changes: older indexes are then rebuilt.
"""

FIELDS = (
    "body",
    "title",
    "creator",
    "publisher",
    "subject",
    "collection",
    "quoted",
    "to",
    "cc",
    "bcc",
    "reply_to",
    "resent",
)
"""Fields whose words are searched. A field's number is the high bits of its words' positions."""
FIELD_WEIGHTS = {
    "body": 1,
    "title": 2,
    "creator": 1,
    "publisher": 1,
    "subject": 1,
    "collection": 1,
    "quoted": 0.25,
} | dict.fromkeys(RECIPIENT_FIELDS, 0.25)
"""Weight of one occurrence in each field.

`quoted` is the part of the body that a message quotes.
"""
FIELD_BITS = 28
"""Bits of a position within its field: a field has up to 2**28 words."""
POSITION_INCREMENT_GAP = 2048
"""Positions left free between two values of a field, so that no phrase spans them."""


class TermLookup(Protocol):
    """The folded terms of one language in one part of an index."""

    def with_prefix(self, prefix: str) -> str:
        """Return the terms that begin with the prefix, in order, each on a line."""

    def within_edits(self, term: str, max_edits: int, /) -> Iterator[tuple[str, int, int]]:
        """Yield the other terms within some edits, each with its edits and its document frequency.

        Rare terms may be left out where there are very many.
        """

    def doc_freqs(self, terms: Collection[str], prefix: str = "") -> dict[str, int]:
        """Return the document frequencies of the terms that are in the list.

        All must begin with the prefix.
        """


Scores = dict[int, float]
"""Document numbers, each with a score or a weighted term frequency."""


class IndexReader(Protocol):
    """The postings and columns of one state of an index.

    Documents have numbers. Terms are those of `analysis.analyzer`, kept per language.
    """

    @property
    def languages(self) -> Mapping[str, int]:
        """The languages of the index, and how many documents each has."""

    @property
    def average_doc_length(self) -> float:
        """The mean length of all documents."""

    def doc_lengths(self, documents: Iterable[int]) -> Iterable[float]:
        """Return the documents' lengths in words, in order.

        A word counts by its field's weight, at least once.
        """

    def doc_freq(self, language: str, term: str) -> int:
        """Return how many documents of the language contain the term."""

    def term_freqs(self, language: str, term: str) -> Scores:
        """Return the documents that contain the term, each with its occurrences weighted by
        field.
        """

    def positions(self, language: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """Return the term's positions, ascending, in those of the documents that contain it."""

    def term_lists(self, language: str) -> Sequence[TermLookup]:
        """Return the folded terms of the language, one list per segment."""

    def docs_with_keyword(self, field: str, matches: Callable[[str], bool]) -> set[int]:
        """Return the documents whose `language`, `path` or `id` satisfies `matches`."""

    def docs_with_value(self, facet: str, matches: Callable[[str], bool]) -> set[int]:
        """Return the documents with a facet value that satisfies `matches`."""

    def docs_in_date_range(self, earliest: Day | None, latest: Day | None, *, certain: bool) -> set[int]:
        """Return the documents dated between two days, both included.

        A document's date is an interval. It must overlap the range; if `certain`, it must lie
        inside.
        """

    def live_docs(self) -> set[int]:
        """Return all documents that are not deleted."""
