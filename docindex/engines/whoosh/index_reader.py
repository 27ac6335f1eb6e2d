"""The postings and columns of all segments of one commit, as `docindex.ranking.index_reader`
asks for them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from datetime import date as Day
from functools import cached_property
from itertools import accumulate, compress
from typing import TYPE_CHECKING

from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec.mmap_file import raises_damage
from docindex.model.choices import FACETS, PEOPLE_FACETS
from docindex.model.serialization import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from docindex.engines.whoosh.codec.postings_reader import Postings
    from docindex.engines.whoosh.codec.segment import Segment
    from docindex.engines.whoosh.codec.term_dictionary_reader import SegmentTermList
    from docindex.ranking.index_reader import Scores
    from docindex.ranking.threads import ThreadLinks

_decode_facets = raises_damage(loads)


class _Term:
    """The postings of all that one term of a query stands for, in all segments."""

    def __init__(self) -> None:
        self.weights: Scores = {}
        self.parts: list[tuple[int, Postings]] = []  # with the first document of the segment


class WhooshIndexReader:
    """Reads each term once. Positions are decoded only for documents that are asked for."""

    def __init__(self, segments: Sequence[Segment], families: memoryview) -> None:
        self._segments = segments
        self._families = families
        self._offsets = list(accumulate((segment.doc_count for segment in segments), initial=0))
        self._terms: dict[tuple[str, str], _Term] = {}

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """The languages of the index and how many records each has (deleted ones count until
        their segment goes).
        """
        counts: Counter[str] = Counter()
        for segment in self._segments:
            for block in segment.terms.blocks("language"):
                counts.update(dict(zip(map(bytes.decode, block.names), block.doc_freqs, strict=True)))
        return dict(sorted(counts.items()))

    @cached_property
    def average_doc_length(self) -> float:
        """The mean length of all documents."""
        return float(sum(segment.total_length for segment in self._segments)) / max(1, self._offsets[-1])

    @cached_property
    def _norms(self) -> bytes:
        return b"".join(segment.norms()[0] for segment in self._segments)

    @cached_property
    def _lengths(self) -> Sequence[float]:
        return self._segments[0].norms()[1]

    def doc_lengths(self, documents: Iterable[int]) -> Iterable[float]:
        """Return the documents' lengths in words, as exactly as one byte has them."""
        if not self._segments:
            return ()
        return map(self._lengths.__getitem__, map(self._norms.__getitem__, documents))

    def doc_freq(self, language: str, term: str) -> int:
        """Return how many documents of the language contain the term."""
        return len(self.term_freqs(language, term))

    def term_freqs(self, language: str, term: str) -> Scores:
        """Return the documents that contain the term, with its weight in each."""
        return self._term(language, term).weights

    def positions(self, language: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """Return the term's positions in those of the documents that contain it."""
        found: dict[int, Sequence[int]] = {}
        for offset, postings in self._term(language, term).parts:
            own = postings.positions((document - offset for document in documents) if offset else documents)
            for number, places in own.items():
                document = number + offset
                found[document] = sorted([*found[document], *places]) if document in found else places
        return found

    def term_lists(self, language: str) -> Sequence[SegmentTermList]:
        """Return the folded terms of the language, one list per segment."""
        return [segment.term_list(language) for segment in self._segments]

    def docs_with_keyword(self, field: str, matches: Callable[[str], bool]) -> set[int]:
        """Return the documents whose `language`, `path` or `id` satisfies `matches`."""
        if field == "id":
            return {document for document, value in self._column("id") if matches(id_of(value))}
        documents: set[int] = set()
        for segment, offset in self._placed():
            for block in segment.terms.blocks(field):
                for name in block.names:
                    if matches(name.decode("utf-8", "surrogateescape")):
                        postings = segment.terms.postings(field, name)
                        own = postings.documents if postings else ()
                        documents.update(one + offset for one in own if one not in segment.deleted)
        return documents

    def docs_in_date_range(self, earliest: Day | None, latest: Day | None, *, certain: bool) -> set[int]:
        """Return the documents whose date may lie between two days, both included; `certain`:
        must lie there.
        """
        first = earliest.toordinal() if earliest else schema.NO_DATE + 1
        last = latest.toordinal() if latest else 1 << 30
        found: set[int] = set()
        for segment, offset in self._placed():
            dates = zip(segment.numbers("earliest"), segment.numbers("latest"), strict=True)
            if certain:
                own = (end != schema.NO_DATE and first <= begin and end <= last for begin, end in dates)
            else:
                own = (end != schema.NO_DATE and first <= end and begin <= last for begin, end in dates)
            matched = compress(range(segment.doc_count), own)
            found.update(one + offset for one in matched if one not in segment.deleted)
        return found

    def live_docs(self) -> set[int]:
        """Return all documents that are not deleted."""
        found = set(range(self._offsets[-1]))
        for segment, offset in self._placed():
            found.difference_update(one + offset for one in segment.deleted)
        return found

    def docs_with_value(self, facet: str, matches: Callable[[str], bool]) -> set[int]:
        """Return the documents with a facet value for which `matches` is true."""
        place = FACETS.index(facet)
        known: dict[bytes, bool] = {}
        found: set[int] = set()
        for document, value in self._column("facets"):
            if value not in known:
                known[value] = any(map(matches, _decode_facets(value, list[list[str]])[place]))
            if known[value]:
                found.add(document)
        return found

    def facets(
        self, documents: Collection[int], names: Sequence[str], persons: Mapping[str, str]
    ) -> dict[str, dict[str, int]]:
        """Return how many of the documents have each value of the facets, the most frequent
        first. Forms of one person count as the form that `persons` names.
        """
        if not names:
            return {}
        packed = Counter(value for document, value in self._column("facets") if document in documents)
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        for value, count in packed.items():
            held = dict(zip(FACETS, _decode_facets(value, list[list[str]]), strict=True))
            for name in names:
                own = held[name] or [""]
                if persons and name in PEOPLE_FACETS:
                    own = [persons.get(form, form) for form in own]
                counts[name].update(dict.fromkeys(own, count))
        return {name: dict(sorted(found.items(), key=lambda one: (-one[1], one[0]))) for name, found in counts.items()}

    def titles(self, documents: Collection[int]) -> dict[int, bytes]:
        """Return the folded titles of documents."""
        return dict(zip(documents, self._values("title", documents), strict=True))

    def earliest_days(self, documents: Collection[int]) -> dict[int, int]:
        """Return the earliest day of each document's date, or NO_DATE."""
        days = array("i", b"".join(segment.numbers("earliest").tobytes() for segment in self._segments))
        return {document: days[document] for document in documents}

    def id(self, document: int) -> str:
        """Return a record's id."""
        return self.ids([document])[document]

    def ids(self, documents: Collection[int]) -> dict[int, str]:
        """Return the records' ids."""
        return dict(zip(documents, map(id_of, self._values("id", documents)), strict=True))

    def families(self, documents: Iterable[int]) -> list[int]:
        """Return the documents' families (`ranking.duplicate_families`)."""
        return list(map(self._families.__getitem__, documents))

    def signatures(self, documents: Collection[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the documents, in their order, each with its signature
        (`ranking.near_duplicates`).
        """
        return zip(documents, self._values("alike", documents), strict=True)

    def doc_count(self) -> int:
        """Return how many documents there are, deleted ones included."""
        return self._offsets[-1]

    def docs_with_thread_key(self, key: str) -> list[int]:
        """Return the documents with a key of a conversation."""
        found: list[int] = []
        for segment, offset in self._placed():
            postings = segment.terms.postings("thread", key.encode())
            own = postings.documents if postings else ()
            found += [one + offset for one in own if one not in segment.deleted]
        return found

    def thread_links(self, documents: Collection[int]) -> dict[int, ThreadLinks | None]:
        """Return the links of documents to others of their conversations."""
        return dict(zip(documents, map(schema.decode_links, self._values("links", documents)), strict=True))

    def all_thread_links(self) -> dict[int, ThreadLinks | None]:
        """Return the links of all documents."""
        return {document: schema.decode_links(value) for document, value in self._column("links")}

    def record(self, document: int) -> bytes:
        """Return a record as `schema.encode_stored` made it."""
        place = bisect_right(self._offsets, document) - 1
        return self._segments[place].column("record")[document - self._offsets[place]]

    def _placed(self) -> Iterable[tuple[Segment, int]]:
        return zip(self._segments, self._offsets, strict=False)

    def _column(self, name: str) -> Iterator[tuple[int, bytes]]:
        for segment, offset in self._placed():
            for number, value in enumerate(segment.column(name)):
                if number not in segment.deleted:
                    yield number + offset, value

    def _values(self, name: str, documents: Collection[int]) -> Iterable[bytes]:
        """Return what a column holds for each of the documents."""
        if len(self._segments) == 1:
            return self._segments[0].column(name).values(documents)
        found: dict[int, bytes] = {}
        for segment, offset in self._placed():
            own = [one - offset for one in documents if offset <= one < offset + segment.doc_count]
            found.update(zip((one + offset for one in own), segment.column(name).values(own), strict=True))
        return map(found.__getitem__, documents)

    def _term(self, language: str, term: str) -> _Term:
        known = self._terms.get((language, term))
        if known is None:
            known = self._terms[language, term] = _Term()
            for segment, offset in self._placed():
                for form in segment.terms.exact_forms(language, term):
                    postings = segment.terms.postings("words", form)
                    if postings:
                        known.parts.append((offset, postings))
                        _add(known.weights, postings, offset, segment.deleted)
        return known


def _add(weights: Scores, postings: Postings, offset: int, deleted: Collection[int]) -> None:
    """Add the weights of one form to those of other forms of the same term."""
    documents: Iterable[int] = postings.documents
    own: Iterable[float] = postings.weights()
    if deleted:
        live = [document not in deleted for document in documents]
        documents, own = compress(documents, live), compress(own, live)
    if offset:
        documents = [document + offset for document in documents]
    if not weights:
        weights.update(zip(documents, own, strict=True))
        return
    for document, weight in zip(documents, own, strict=True):
        weights[document] = weights.get(document, 0.0) + weight


def id_of(value: bytes) -> str:
    """Return a record's id from the bytes of its column."""
    return value.decode("utf-8", "surrogateescape")
