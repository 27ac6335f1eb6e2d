"""The postings of one opened Whoosh index, as `docindex.ranking.index_reader` asks for them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import date as Day
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from docindex.engines.base import FACETS
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec import postings_reader, term_dictionary_reader
from docindex.serialization import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from whoosh.reading import IndexReader, SegmentReader

    from docindex.ranking.index_reader import Scores
    from docindex.ranking.term_list import TermList


class WhooshIndexReader:
    """Reads each term once: its weights and, still packed, its positions."""

    def __init__(self, reader: IndexReader, segments: Sequence[Mapping[str, term_dictionary_reader.Words]]) -> None:
        self._reader = reader
        leaves = cast("list[tuple[SegmentReader, int]]", reader.leaf_readers())
        self._leaves = [(leaf, offset) for leaf, offset in leaves if leaf.segment()]  # an empty index has none
        self._offsets = [offset for _, offset in self._leaves]
        self._opened: dict[str, Sequence[Any]] = {}
        self._segments = segments
        self._term_lists = term_dictionary_reader.folded(segments)
        self._terms: dict[tuple[str, str], tuple[Scores, dict[int, bytes]]] = {}
        self._lengths: dict[int, float] = {}

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """The languages of the index and how many records each has (removed ones count until their segment goes)."""
        names = [name.decode() for name in self._reader.lexicon("language")]
        return {name: self._reader.doc_frequency("language", name) for name in names}

    @cached_property
    def average_doc_length(self) -> float:
        """The mean of all records' lengths."""
        return float(self._reader.field_length("words")) / max(1, self._reader.doc_count_all())

    def doc_length(self, document: int) -> float:
        """A record's length in words, as exactly as Whoosh keeps it (one byte)."""
        known = self._lengths.get(document)
        if known is None:
            known = self._lengths[document] = float(self._reader.doc_field_length(document, "words", 1))
        return known

    def doc_freq(self, language: str, term: str) -> int:
        """How many records of the language hold the term."""
        return len(self.term_freqs(language, term))

    def term_freqs(self, language: str, term: str) -> Scores:
        """The records that hold the term, with its weight in each."""
        return self._term(language, term)[0]

    def positions(self, language: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """Where the term stands in those of the documents that hold it."""
        packed = self._term(language, term)[1]
        return {document: postings_reader.places(packed[document]) for document in documents if document in packed}

    def term_lists(self, language: str) -> Sequence[TermList]:
        """The folded forms of the language, in each segment."""
        return self._term_lists.get(language, ())

    def docs_with_keyword(self, field: str, matches: Callable[[str], bool]) -> set[int]:
        """The records whose `language`, `path` or `id` is one that `matches`."""
        if field == "id":
            return {document for document, value in self._column("id") if matches(id_of(value))}
        documents: set[int] = set()
        for name in self._reader.lexicon(field):
            if matches(name.decode("utf-8", "surrogateescape")):
                documents.update(self._walk(field, name))
        return documents

    def docs_in_date_range(self, earliest: Day | None, latest: Day | None, *, certain: bool) -> set[int]:
        """The records whose date may lie between two days, both included; `certain`: must lie there."""
        first = earliest.toordinal() if earliest else schema.UNDATED + 1
        last = latest.toordinal() if latest else 1 << 30
        begins: dict[int, Any] = dict(self._column("earliest"))
        ends: dict[int, Any] = dict(self._column("latest"))
        return {
            document
            for document, end in ends.items()
            if end != schema.UNDATED
            and (first <= begins[document] and end <= last if certain else first <= end and begins[document] <= last)
        }

    def live_docs(self) -> set[int]:
        """All records."""
        return set(self._reader.all_doc_ids())

    def docs_with_value(self, facet: str, matches: Callable[[str], bool]) -> set[int]:
        """The records that count under a value of a facet that `matches`."""
        place = FACETS.index(facet)
        known: dict[bytes, bool] = {}
        found: set[int] = set()
        for document, packed in self._column("facets"):
            value = bytes(cast("bytes", packed))
            if value not in known:
                known[value] = any(map(matches, loads(value, list[list[str]])[place]))
            if known[value]:
                found.add(document)
        return found

    def facets(self, documents: Collection[int], names: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many of the documents have each value of the facets, the most frequent first."""
        if not names:
            return {}
        packed = Counter(bytes(value) for document, value in self._column("facets") if document in documents)
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        for value, count in packed.items():
            held = dict(zip(FACETS, loads(value, list[list[str]]), strict=True))
            for name in names:
                counts[name].update(dict.fromkeys(held[name] or [""], count))
        return {name: dict(sorted(found.items(), key=lambda one: (-one[1], one[0]))) for name, found in counts.items()}

    def value(self, field: str, document: int) -> bytes | int:
        """What a column holds for one record."""
        leaf = bisect_right(self._offsets, document) - 1
        return cast("bytes | int", self._columns(field)[leaf][document - self._offsets[leaf]])

    def id(self, document: int) -> str:
        """A record's id."""
        return id_of(self.value("id", document))

    def ids(self, documents: Collection[int]) -> dict[int, str]:
        """The records' ids."""
        return dict(zip(documents, map(id_of, self._values("id", documents)), strict=True))

    def signatures(self, documents: Collection[int]) -> Iterator[tuple[int, bytes]]:
        """The documents, in their order, with what each is known by beside others (`ranking.near_duplicates`)."""
        return zip(documents, cast("Iterable[bytes]", self._values("alike", documents)), strict=True)

    def record(self, document: int) -> bytes:
        """A record as `schema.pack` made it."""
        return cast("bytes", self.value("record", document))

    def _column(self, field: str) -> Iterator[tuple[int, bytes | int]]:
        for (reader, offset), column in zip(self._leaves, self._columns(field), strict=True):
            yield from ((document + offset, column[document]) for document in reader.all_doc_ids())

    def _values(self, field: str, documents: Collection[int]) -> Iterable[bytes | int]:
        """What a column holds for each of the documents."""
        columns = self._columns(field)
        if len(columns) == 1:  # as nearly always: then nothing has to be said of each in Python
            return map(columns[0].__getitem__, documents)
        return (self.value(field, document) for document in documents)

    def _columns(self, field: str) -> Sequence[Any]:
        """A column of each segment; opening one takes as long as reading a hundred of its values."""
        found = self._opened.get(field)
        if found is None:
            undated: defaultdict[int, int] = defaultdict(lambda: schema.UNDATED)
            found = self._opened[field] = [
                # What a column holds is what is kept: a translation would only hand it on.
                leaf.column_reader(field, translate=False) if leaf.has_column(field) else undated
                for leaf, _ in self._leaves
            ]
        return found

    def _term(self, language: str, term: str) -> tuple[Scores, dict[int, bytes]]:
        known = self._terms.get((language, term))
        if known is None:
            weights: Scores = {}
            packed: dict[int, bytes] = {}
            for (leaf, offset), segment in zip(self._leaves, self._segments, strict=True):
                for posted in segment[language].posted(term) if language in segment else ():
                    found = self._find(leaf, offset, "words", schema.term(language, posted))
                    _put_together(found, weights, packed)
            known = self._terms[language, term] = weights, packed
        return known

    def _walk(self, field: str, text: bytes) -> Iterator[int]:
        for leaf, offset in self._leaves:
            yield from self._find(leaf, offset, field, text).documents

    def _find(self, leaf: SegmentReader, offset: int, field: str, text: bytes) -> postings_reader.Found:
        """A term's postings in one segment, with the documents' numbers in the whole index, those deleted left out."""
        found = postings_reader.find(leaf, field, text)
        if leaf.has_deletions():
            kept = [not leaf.is_deleted(document) for document in found.documents]
            found = found.only(kept)
        return found._replace(documents=[document + offset for document in found.documents]) if offset else found


def _put_together(found: postings_reader.Found, weights: Scores, packed: dict[int, bytes]) -> None:
    """Add one form's postings to those of others of the same word."""
    both = weights.keys() & set(found.documents) if weights else ()
    if not both:
        weights.update(zip(found.documents, found.weights, strict=True))
        packed.update(zip(found.documents, found.values, strict=True))
        return
    for document, weight, value in zip(*found, strict=True):
        weights[document] = weights.get(document, 0.0) + weight
        held = packed.get(document)
        packed[document] = value if held is None else postings_reader.merged(held, value)


def id_of(value: bytes | int) -> str:
    """A record's id as its column holds it."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else ""
