"""What records become before they are written: documents, and the postings of all their words, term after term.

Made by the processes that read, for many records at a time: what is left to the one that writes is to put together
what each of them has found of a term.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, defaultdict, deque
from functools import partial
from itertools import chain, islice, repeat
from operator import add, rshift
from typing import TYPE_CHECKING, NamedTuple

from docindex import alike, analysis, scoring
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.gathered import Packed
from docindex.values import dumped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docindex.model import Record

BITS = 9  # of a document's number: so many are put together at once
MANY = 1 << BITS
PLACE_BITS = 32
_LOW, _HIGH = (0, 1) if sys.byteorder == "little" else (1, 0)


class Document(NamedTuple):
    """A record without its words."""

    path: str
    language: str
    columns: dict[str, bytes | int]
    length: int  # in words


class Prepared(NamedTuple):
    """Records as the writer is given them: little enough to be sent from one process to another."""

    documents: list[Document]
    postings: Packed  # of their words; a document's number is its place among them


def prepared(records: Iterable[Record]) -> list[Prepared]:
    """What the writer is given for some records."""
    coming = iter(records)
    made: list[Prepared] = []
    while some := list(islice(coming, MANY)):
        words = _Words()
        made.append(Prepared([_document(number, record, words) for number, record in enumerate(some)], words.packed()))
    return made


def _document(number: int, record: Record, words: _Words) -> Document:
    length, said = words.add(number, record)
    values: dict[str, bytes | int] = {
        "id": record.id.encode("utf-8", "surrogateescape"),
        "title": analysis.fold(record.title).encode("utf-8", "replace"),
        "facets": dumped(schema.facets(record)),
        "alike": alike.signature(said, alike.told(record)),
        "record": schema.pack(record),
    }
    if record.metadata.date:
        values["earliest"] = record.metadata.date.earliest.toordinal()
        values["latest"] = record.metadata.date.latest.toordinal()
    return Document(record.path, schema.language_of(record), values, length)


class _Words:
    """Takes the words of documents, their numbers rising from 0 to `MANY`, and gives them term after term.

    A position's high bits are the number of its field (`scoring.FIELDS`).
    """

    def __init__(self) -> None:
        # Of each language's terms, where they stand: the document's number and, in the lower bits, the position.
        self._languages: dict[str, defaultdict[str, array[int]]] = {}
        self._unlike: list[tuple[str, str, int, float]] = []  # what a term weighs beside one for each occurrence

    def add(self, number: int, record: Record) -> tuple[int, set[str]]:
        """Take in a record; its length in words, and the different words of its body."""
        language = schema.language_of(record)
        places = self._languages.setdefault(language, defaultdict(partial(array, "Q")))
        said: set[str] = set()
        length = 0
        for field, (name, texts) in enumerate(_fields(record)):
            weight = scoring.WEIGHTS[name]
            base = (number << PLACE_BITS) + (field << scoring.FIELD_BITS)
            for tokens in (analysis.analyse(text, language) for text in texts):
                if tokens.terms:
                    # Nothing here runs once for each word but what C runs.
                    found = map(places.__getitem__, tokens.terms)
                    deque(map(array.append, found, map(base.__add__, tokens.positions)), maxlen=0)
                    length += len(tokens.terms) * int(max(1, weight))  # quoted words make a record as long as others
                    if weight != 1:
                        counted = Counter(tokens.terms).items()
                        self._unlike += ((language, term, number, count * (weight - 1)) for term, count in counted)
                    if name in ("body", "quoted"):
                        said.update(tokens.terms)
                    base += tokens.positions[-1]
                base += scoring.GAP
        return length, said

    def packed(self) -> Packed:
        """All of it."""
        names = [(language, form) for language, held in self._languages.items() for form in held]
        places = [held for language in self._languages.values() for held in language.values()]
        halves = array("I", b"".join(places))
        # A posting for each term and document, in their order; how often it is there is how often it has a position.
        terms = chain.from_iterable(map(repeat, range(0, len(places) << BITS, MANY), map(len, places)))
        postings = Counter(map(add, terms, halves[_HIGH::2]))
        weights: dict[int, float] = dict(postings)
        numbers = {name: number << BITS for number, name in enumerate(names)} if self._unlike else {}
        for language, form, document, more in self._unlike:
            weights[numbers[language, form] + document] += more
        return Packed(
            [schema.term(language, form) for language, form in names],
            array("I", Counter(map(rshift, postings, repeat(BITS))).values()),
            array("I", map((MANY - 1).__and__, postings)),
            array("f", weights.values()),
            array("I", postings.values()),
            halves[_LOW::2],
        )


def _fields(record: Record) -> Iterable[tuple[str, Sequence[str]]]:
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
    }
    return ((field, texts[field]) for field in scoring.FIELDS)
