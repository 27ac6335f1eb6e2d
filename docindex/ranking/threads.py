"""Conversations: the messages that share keys, directly or through others. Pure.

Keys of ids, times and texts link messages (`ranking.thread_keys`). An answer that none of them
links belongs to the nearest message with its subject and one of its people (as in Zawinski,
Message Threading, 1997, which merges by subject last).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


VERSION = 1
"""The format version of links. Raise it if a key changes its meaning."""

MAX_KEY_MESSAGES = 1_000
"""Messages beyond which a key links none: it belongs to a mass mailing."""
MAX_THREAD_MESSAGES = 10_000
MAX_GAP_DAYS = 30
"""Days between an answer and the message with its subject."""
SCAN_SHARE = 20
"""Share of all documents, one of so many, from which on all links are read at once."""


class ThreadLinks(Struct, frozen=True, array_like=True):
    """Links of one message to others, as an index keeps them."""

    keys: tuple[str, ...]  # shared with messages of the same conversation
    subject: str  # key of the subject, "" if it is too short
    answers: bool  # True for an answer or a forwarded message
    has_parent: bool  # True if an id or a quoted header names the message above it
    is_distinct: bool  # True if the subject is long enough to be no other conversation's
    people: tuple[str, ...]  # names and addresses, as short hashes


class ThreadReader(Protocol):
    """The links of the messages of an index."""

    def doc_count(self) -> int:
        """Return how many documents there are."""

    def docs_with_thread_key(self, key: str) -> Sequence[int]:
        """Return the documents with a key or a subject's key."""

    def thread_links(self, documents: Collection[int]) -> Mapping[int, ThreadLinks | None]:
        """Return the links of documents, None for one that is no message."""

    def all_thread_links(self) -> Mapping[int, ThreadLinks | None]:
        """Return the links of all documents."""

    def earliest_days(self, documents: Collection[int]) -> Mapping[int, int]:
        """Return the earliest day of each document's date, or 0."""


class Threads:
    """Conversations of an index. Each is looked for once."""

    def __init__(self, reader: ThreadReader) -> None:
        self._reader = reader
        self._links: dict[int, ThreadLinks | None] = {}
        self._holders: dict[str, Sequence[int]] = {}
        self._knows_all = False
        self._parents: dict[str, Mapping[int, int]] = {}
        self._thread_of: dict[int, tuple[int, ...]] = {}

    def thread(self, document: int) -> tuple[int, ...]:
        """Return the documents of a document's conversation, itself among them, ascending."""
        if document not in self._thread_of:
            found = {document}
            waiting = [document]
            while waiting and len(found) < MAX_THREAD_MESSAGES:
                new = self._neighbours(waiting.pop()) - found
                found |= new
                waiting += new
            self._thread_of.update(dict.fromkeys(found, tuple(sorted(found))))
        return self._thread_of[document]

    def group(self, documents: Sequence[int]) -> list[list[int]]:
        """Return documents in their order, grouped with those of their conversation further
        down.
        """
        if len(documents) * SCAN_SHARE > self._reader.doc_count():
            self._read_all()
        groups: dict[int, list[int]] = {}
        for document in documents:
            groups.setdefault(self.thread(document)[0], []).append(document)
        return list(groups.values())

    def _read_all(self) -> None:
        """Read the links of all documents: for many documents that is faster than to look them
        up.
        """
        self._links = dict(self._reader.all_thread_links())
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for document, links in self._links.items():
            if links:
                for key in (*links.keys, links.subject):
                    holders[key].append(document)
        self._holders = dict(holders)
        self._knows_all = True

    def _links_of(self, document: int) -> ThreadLinks | None:
        if document not in self._links:
            self._links.update(self._reader.thread_links([document]))
        return self._links[document]

    def _holding(self, key: str) -> Sequence[int]:
        """Return the documents with a key, or none if it is a mass mailing's."""
        if key not in self._holders:
            self._holders[key] = () if self._knows_all else self._reader.docs_with_thread_key(key)
        found = self._holders[key]
        return found if len(found) <= MAX_KEY_MESSAGES else ()

    def _neighbours(self, document: int) -> set[int]:
        links = self._links_of(document)
        if links is None:
            return set()
        found = {other for key in links.keys for other in self._holding(key)}
        if links.subject:
            parents = self._parents_by_subject(links.subject)
            found |= {answer for answer, parent in parents.items() if parent == document}
            found |= {parents[document]} if document in parents else set()
        return found

    def _parents_by_subject(self, subject: str) -> Mapping[int, int]:
        """Return the message that each unlinked answer with a subject belongs to."""
        if subject not in self._parents:
            group = self._holding(subject)
            days = self._reader.earliest_days(group)
            parents = {}
            for document in group:
                links = self._links_of(document)
                if links and self._lacks_parent(links):
                    others = [other for other in group if other != document and self._share_a_person(document, other)]
                    parent = _nearest(days[document], others, days)
                    if parent is not None:
                        parents[document] = parent
            self._parents[subject] = parents
        return self._parents[subject]

    def _lacks_parent(self, links: ThreadLinks) -> bool:
        """Return True for an answer to an unknown message, unless it names one and its subject is
        an everyday one.
        """
        if not links.answers or (links.has_parent and not links.is_distinct):
            return False
        return all(len(self._holding(key)) <= 1 for key in links.keys)

    def _share_a_person(self, one: int, other: int) -> bool:
        first, second = self._links_of(one), self._links_of(other)
        return bool(first and second) and not set(first.people).isdisjoint(second.people)  # type: ignore[union-attr]


def _nearest(day: int, others: Iterable[int], days: Mapping[int, int]) -> int | None:
    """Return the last message before a day, or else the first one after it, within MAX_GAP_DAYS."""
    if not day:
        return None
    near = [other for other in others if days[other] and abs(days[other] - day) <= MAX_GAP_DAYS]
    return min(near, key=lambda other: (days[other] > day, abs(days[other] - day), other), default=None)
