"""Invert records: their values and the postings of all their words, term after term, for many
records at a time.

Worker processes do this. The writer process merges the postings of all batches.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from docindex.analysis import vectorized
from docindex.analysis.folding import fold
from docindex.analysis.vectorized import run_starts
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec.postings_batch import Postings, PostingsBatch, concat, run_sums
from docindex.engines.whoosh.codec.term_dictionary_reader import SEPARATOR
from docindex.model.documents import RECIPIENT_FIELDS
from docindex.model.serialization import dumps
from docindex.ranking import index_reader, near_duplicates, thread_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from docindex.engines.whoosh.codec.doc_values import ValueBlock
    from docindex.model.documents import Record

Value = TypeVar("Value")

MAX_RECORDS = 4096  # inverted together
MAX_CHARACTERS = 8_000_000  # of records inverted together, unless one has more by itself

_WEIGHTS = np.array([index_reader.FIELD_WEIGHTS[field] for field in index_reader.FIELDS], np.float32)
_LENGTHS = np.maximum(_WEIGHTS, 1).astype(np.intp)  # of a word: quoted ones make a record as long as others
_SAID = np.array([field in {"body", "quoted"} for field in index_reader.FIELDS])


class InvertedBatch(NamedTuple):
    """Records as the writer takes them: little enough to be sent from one process to another."""

    lengths: list[int]  # of each in words
    columns: Mapping[str, Sequence[ValueBlock]]  # compressed
    numbers: Mapping[str, Sequence[int]]
    postings: Mapping[str, PostingsBatch]  # by field; a document's number is its place among them


def invert(records: Iterable[Record]) -> list[InvertedBatch]:
    """Return what the writer takes for some records."""
    return [_invert(some) for some in portions(records, lambda record: len(record.body), MAX_RECORDS, MAX_CHARACTERS)]


def portions(values: Iterable[Value], weigh: Callable[[Value], int], most: int, heaviest: int) -> Iterator[list[Value]]:
    """Cut values into lists of limited length and weight.

    A value that weighs more has a list of its own.
    """
    some: list[Value] = []
    total = 0
    for value in values:
        weight = weigh(value)
        if some and (len(some) == most or total + weight > heaviest):
            yield some
            some, total = [], 0
        some.append(value)
        total += weight
    if some:
        yield some


def _invert(records: Sequence[Record]) -> InvertedBatch:
    languages: defaultdict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        languages[schema.language_of(record)].append(number)
    lengths = [0] * len(records)
    said: list[NDArray[np.uint32]] = [np.empty(0, np.uint32)] * len(records)  # hashes of distinct words
    postings = []
    for language, numbers in sorted(languages.items()):  # as their terms stand: each begins with its language
        found = _Inverted(language, [records[number] for number in numbers])
        postings.append(found.packed(np.array(numbers, np.uint32)))
        for number, length, hashes in zip(numbers, found.lengths(), found.said(), strict=True):
            lengths[number], said[number] = length, hashes
    paths: defaultdict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        paths[record.path].append(number)
    links = list(map(thread_keys.thread_links, records))
    threads: defaultdict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(links):
        for key in sorted({*own.keys, own.subject} - {""}) if own else ():
            threads[key].append(number)
    dates = [record.metadata.date for record in records]
    values = {
        "id": [record.id.encode("utf-8", "surrogateescape") for record in records],
        "title": [fold(record.title).encode("utf-8", "replace") for record in records],
        "facets": [dumps(schema.facets(record)) for record in records],
        "alike": [
            near_duplicates.signature_of_hashes(hashes, near_duplicates.duplicate_text(record))
            for record, hashes in zip(records, said, strict=True)
        ],
        "links": list(map(schema.encode_links, links)),
        "record": list(map(schema.encode_stored, records)),
    }
    return InvertedBatch(
        lengths,
        {name: schema.encode_column(name, own) for name, own in values.items()},
        {
            "earliest": [date.earliest.toordinal() if date else schema.NO_DATE for date in dates],
            "latest": [date.latest.toordinal() if date else schema.NO_DATE for date in dates],
        },
        {"words": concat(postings), "path": _listed(paths), "language": _listed(languages), "thread": _listed(threads)},
    )


def _listed(values: Mapping[str, Sequence[int]]) -> PostingsBatch:
    """Return the postings of a field without positions: its values, each with the documents that
    have it.
    """
    postings = {value.encode("utf-8", "surrogateescape"): held for value, held in values.items()}
    names = sorted(postings)
    documents = np.fromiter(chain.from_iterable(map(postings.__getitem__, names)), np.uint32)
    return PostingsBatch(
        SEPARATOR.join(names),
        Postings(
            np.fromiter((len(postings[name]) for name in names), np.intp, len(names)),
            documents,
            np.ones(len(documents), np.float32),
            np.zeros(len(documents), np.uint32),
            np.empty(0, np.uint32),
        ),
    )


class _Inverted:
    """The words of records in one language, sorted by term, document and position.

    A position's high bits are the number of its field (`ranking.index_reader.FIELDS`).
    """

    def __init__(self, language: str, records: Sequence[Record]) -> None:
        texts: list[str] = []
        documents: list[int] = []  # of each text
        fields: list[int] = []
        for number, record in enumerate(records):
            for field, own in enumerate(_fields(record)):
                texts += own
                documents += [number] * len(own)
                fields += [field] * len(own)
        found = vectorized.words(texts, language)
        order = np.fromiter(sorted(range(len(found.terms)), key=found.terms.__getitem__), np.intp, len(found.terms))
        self._terms = [found.terms[number] for number in order.tolist()]
        names = f"{SEPARATOR.decode()}{language} ".join(["", *self._terms])[1:]  # as `schema.term` has each
        self._names = names.encode("utf-8", "replace")
        ranks = np.empty(len(order), np.intp)
        ranks[order] = np.arange(len(order))
        numbers = ranks[found.term_ids]
        self._count = len(records)
        self._documents = np.array(documents, np.intp)
        self._fields = np.array(fields, np.intp)
        self._held = np.bincount(found.texts, minlength=len(texts))  # words of each text
        # So few terms are sorted several times as fast by numbers of 16 bits: that is a radix sort.
        keys = numbers.astype(np.uint16) if len(self._terms) <= 1 << 16 else numbers
        order = np.argsort(keys, kind="stable")
        terms, inside = numbers[order], found.texts[order]
        held = self._documents[inside]
        self._within = self._fields[inside]
        self._places = (self._bases(found)[inside] + found.positions[order]).astype(np.uint32)
        # A posting for each term and document, in their order.
        self._firsts = np.flatnonzero(run_starts(terms, held))
        self._posted, self._holders = terms[self._firsts], held[self._firsts]

    def _bases(self, found: vectorized.TokenBatch) -> NDArray[np.intp]:
        """Return where each text's positions begin.

        Positions of a field go on from value to value, after a gap.
        """
        last = np.zeros(len(self._held), np.intp)
        some = self._held > 0
        last[some] = found.positions[np.cumsum(self._held)[some] - 1]
        moved = last + index_reader.POSITION_INCREMENT_GAP
        before = np.cumsum(moved) - moved
        firsts = np.flatnonzero(run_starts(self._documents, self._fields))
        begun = np.repeat(before[firsts], np.diff(firsts, append=len(before)))
        return (self._fields << index_reader.FIELD_BITS) + before - begun

    def packed(self, numbers: NDArray[np.uint32]) -> PostingsBatch:
        """Return all postings. `numbers` are the documents'."""
        weights = _WEIGHTS[self._within]
        return PostingsBatch(
            self._names,
            Postings(
                np.bincount(self._posted, minlength=len(self._terms)),
                numbers[self._holders],
                run_sums(weights, self._firsts),
                np.diff(self._firsts, append=len(weights)).astype(np.uint32),
                self._places,
            ),
        )

    def lengths(self) -> list[int]:
        """Return the length of each record in words."""
        held = self._held * _LENGTHS[self._fields]
        lengths: list[int] = np.bincount(self._documents, held, self._count).astype(np.intp).tolist()
        return lengths

    def said(self) -> Iterator[NDArray[np.uint32]]:
        """Yield hashes of the distinct words of each record's body."""
        within = _SAID[self._within]
        held = np.logical_or.reduceat(within, self._firsts) if len(within) else within
        posted, holders = self._posted[held], self._holders[held]
        hashes = near_duplicates.term_hashes(self._terms)[posted[np.argsort(holders, kind="stable")]]
        stop = 0
        for size in np.bincount(holders, minlength=self._count).tolist():
            start, stop = stop, stop + size
            yield hashes[start:stop]


def _fields(record: Record) -> Iterator[Sequence[str]]:
    """Return the texts of each of `ranking.index_reader.FIELDS`."""
    metadata = record.metadata
    own, quoted = record.own_and_quoted()
    texts: dict[str, Sequence[str]] = {
        "body": own,
        "title": (record.title,),
        "creator": (metadata.creator or "",),
        "publisher": (metadata.publisher or "",),
        "subject": metadata.subject,
        "collection": (record.collection or "",),
        "quoted": quoted,
    } | {name: getattr(metadata, name) for name in RECIPIENT_FIELDS}
    return (texts[field] for field in index_reader.FIELDS)
