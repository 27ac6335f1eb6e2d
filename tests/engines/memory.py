"""An engine in memory: the port's second keeper, so that its contract is not Whoosh's habits."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.analysis import analyzer, folding, stemming
from docindex.engines.base import SearchResponse
from docindex.errors import IndexMissing
from docindex.model.choices import BY_THREAD
from docindex.model.documents import UNDETERMINED
from docindex.model.results import Groups
from docindex.ranking import bm25, index_reader, near_duplicates
from docindex.ranking.term_list import SimilarTerm, TermList, similar_terms
from docindex.ranking.thread_keys import thread_links
from docindex.ranking.threads import ThreadLinks, Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date as Day

    from docindex.engines.base import SearchRequest
    from docindex.model.documents import IndexState, Record, SourceState


class MemoryEngine:
    """Keeps records in a dictionary and reads them all again for each search."""

    def __init__(self) -> None:
        self._state: IndexState | None = None
        self._records: dict[str, tuple[Record, ...]] = {}
        self._sources: dict[str, SourceState] = {}

    @property
    def invert(self) -> Callable[[Iterable[Record]], list[Record]]:
        return list

    location = "memory"

    @contextmanager
    def searcher(self) -> Iterator[MemorySearcher]:
        if self._state is None:
            raise IndexMissing("nothing was built", "docindex build")
        yield MemorySearcher(self._state, self._records, self._sources)

    @contextmanager
    def writer(self, state: IndexState, *, full: bool = False, **waits: object) -> Iterator[MemoryWriter]:
        if not full and self._state is None:
            raise IndexMissing("nothing was built", "docindex build")
        writer = MemoryWriter({} if full else dict(self._records), {} if full else dict(self._sources))
        yield writer
        writer.is_committed = True
        self._records, self._sources = writer.records, writer.sources
        count = sum(map(len, writer.records.values()))
        failed = [source.failure for source in writer.sources.values() if source.failure]
        self._state = replace(
            state,
            built="2026-01-01T12:00:00Z",
            records=count,
            sources=len(writer.sources),
            failures=tuple(sorted([*state.failures, *failed], key=lambda one: (one.line or 0, one.place, one.reason))),
        )


class MemorySearcher:
    """The records of one commit, all read again for each search."""

    size = 0
    generation = 1

    def __init__(
        self, state: IndexState, records: dict[str, tuple[Record, ...]], sources: dict[str, SourceState]
    ) -> None:
        self.state = state
        self._records = records
        self._sources = sources

    def sources(self, first: str = "") -> Iterator[tuple[str, SourceState]]:
        return iter(sorted(item for item in self._sources.items() if item[0] >= first))

    def source(self, path: str) -> SourceState | None:
        return self._sources.get(path)

    @property
    def languages(self) -> Mapping[str, int]:
        return self._postings().languages

    def count(self, requests: Sequence[SearchRequest]) -> list[int]:
        return [self.search(replace(request, limit=0, alike="show")).total for request in requests]

    def doc_freq(self, form: str) -> int:
        return sum(part.doc_freq(form) for part in self._term_lists())

    def similar_terms(self, form: str, max_edits: int) -> Mapping[str, SimilarTerm]:
        return similar_terms(form, max_edits, self._term_lists())

    def terms(self) -> Iterator[str]:
        for part in self._term_lists():
            yield part.with_prefix("")

    def verify(self) -> None:
        """Nothing is on disk that could be damaged."""

    def _postings(self) -> MemoryIndexReader:
        return MemoryIndexReader([record for kept in self._records.values() for record in kept])

    def _term_lists(self) -> Iterator[TermList]:
        postings = self._postings()
        for code in postings.languages:
            yield from postings.term_lists(code)

    def search(self, request: SearchRequest) -> SearchResponse:
        records = sorted((record for kept in self._records.values() for record in kept), key=lambda record: record.id)
        postings = MemoryIndexReader(records)
        scores = bm25.Scorer(postings, exact=request.exact, certain=request.certain).scores(request.query)
        order = sorted(scores, key=lambda number: self._key(records[number], scores[number], request))
        stop = None if request.limit is None else request.offset + request.limit
        folded = request.alike != "show"
        signatures = ((number, signature(records[number])) for number in order)
        if request.alike == BY_THREAD:
            groups = Threads(postings).group(order)
        elif folded:
            groups = near_duplicates.group_documents(signatures, only=request.alike == "only")
        else:
            groups = [[number] for number in order]
        chosen = groups[request.offset : stop]
        shown = [number for group in chosen for number in (group if request.alike == "only" else group[:1])]
        matched = [records[number] for number in order]
        return SearchResponse(
            len(scores),
            tuple((records[number], scores[number]) for number in shown),
            facets={name: self._facet(matched, name) for name in request.facets},
            groups=Groups(len(groups), sum(map(len, groups))) if folded else None,
            alike={records[first].id: tuple(records[one].id for one in more) for first, *more in chosen if more},
        )

    def records(self, request: SearchRequest) -> Iterator[Record]:
        alike = request.alike if request.alike == BY_THREAD else "show"
        return (record for record, _ in self.search(replace(request, alike=alike)).hits)

    def thread(self, id: str) -> list[Record]:  # noqa: A002
        records = sorted((record for kept in self._records.values() for record in kept), key=lambda record: record.id)
        threads = Threads(MemoryIndexReader(records))
        found = [number for number, record in enumerate(records) if record.id == id]
        return [records[number] for one in found for number in threads.thread(one)]

    def _facet(self, records: Sequence[Record], name: str) -> dict[str, int]:
        names = [value for record in records for value in values(record, name)]
        return {name: names.count(name) for name in sorted(set(names), key=lambda name: (-names.count(name), name))}

    def _key(self, record: Record, score: float, request: SearchRequest) -> tuple[object, ...]:
        sign = -1 if request.reverse else 1
        if request.sort == "score":
            return (round(-sign * score, 9), record.id)
        if request.sort == "date":
            date = record.metadata.date
            return (date is None, -sign * date.earliest.toordinal() if date else 0, record.id)
        text = record.id if request.sort == "path" else folding.fold(record.title)
        return (*(sign * ord(character) for character in text), 0, record.id)


class MemoryWriter:
    """Works on copies, which the engine takes over when all has gone well."""

    def __init__(self, records: dict[str, tuple[Record, ...]], sources: dict[str, SourceState]) -> None:
        self.records = records
        self.sources = sources
        self.is_committed = False
        self.generation = 1

    def sources_before(self) -> Iterator[tuple[str, SourceState]]:
        return iter(sorted(self.sources.items()))

    def replace_source(self, path: str, source: SourceState) -> None:
        self.records.pop(path, None)
        self.sources[path] = source

    def add_documents(self, inverted: Iterable[Record]) -> None:
        for record in inverted:
            self.records[record.path] = (*self.records.get(record.path, ()), record)

    def keep_source(self, path: str, source: SourceState) -> None:
        self.sources[path] = source

    def delete_source(self, path: str) -> None:
        self.records.pop(path, None)
        self.sources.pop(path, None)


class MemoryIndexReader:
    """Postings of a list of records, whose numbers are their places in it."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._places: defaultdict[tuple[str, str], defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._lengths: dict[int, float] = {}
        for number, record in enumerate(records):
            self._lengths[number] = sum(self._post(number, record))

    def _post(self, number: int, record: Record) -> Iterator[float]:
        metadata = record.metadata
        own, quoted = record.own_and_quoted()
        texts = {
            "body": own,
            "title": [record.title],
            "creator": [metadata.creator or ""],
            "publisher": [metadata.publisher or ""],
            "subject": list(metadata.subject),
            "collection": [record.collection or ""],
            "quoted": quoted,
        }
        for field, values in texts.items():
            base = index_reader.FIELDS.index(field) << index_reader.FIELD_BITS
            for text in values:
                tokens = analyzer.analyze(text, language(record))
                for forms, position in zip(tokens.forms, tokens.positions, strict=True):
                    yield max(1, index_reader.FIELD_WEIGHTS[field])
                    for form in forms:
                        self._places[language(record), form][number].append(base + position)
                base += len(tokens.forms) + index_reader.POSITION_INCREMENT_GAP

    @property
    def languages(self) -> Mapping[str, int]:
        counts: defaultdict[str, int] = defaultdict(int)
        for record in self._records:
            counts[language(record)] += 1
        return counts

    @property
    def average_doc_length(self) -> float:
        return sum(self._lengths.values()) / max(1, len(self._lengths))

    def doc_lengths(self, documents: Iterable[int]) -> list[float]:
        return [self._lengths[document] for document in documents]

    def doc_freq(self, language: str, term: str) -> int:
        return len(self._places[language, term])

    def term_freqs(self, language: str, term: str) -> dict[int, float]:
        return {
            number: float(
                sum(
                    index_reader.FIELD_WEIGHTS[index_reader.FIELDS[place >> index_reader.FIELD_BITS]]
                    for place in places
                )
            )
            for number, places in self._places[language, term].items()
        }

    def positions(self, language: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        return {number: places for number, places in self._places[language, term].items() if number in documents}

    def term_lists(self, language: str) -> list[TermList]:
        return [
            TermList.from_doc_freqs(
                {
                    form: len(places)
                    for (code, form), places in self._places.items()
                    if code == language and not form.startswith(stemming.STEM) and folding.EXACT not in form
                }
            )
        ]

    def docs_with_keyword(self, field: str, matches: Callable[[str], bool]) -> set[int]:
        value = {"language": language, "path": lambda record: record.path, "id": lambda record: record.id}[field]
        return {number for number, record in enumerate(self._records) if matches(value(record))}

    def docs_in_date_range(self, earliest: Day | None, latest: Day | None, *, certain: bool) -> set[int]:
        return {
            number
            for number, record in enumerate(self._records)
            if (date := record.metadata.date)
            and (earliest is None or (date.earliest if certain else date.latest) >= earliest)
            and (latest is None or (date.latest if certain else date.earliest) <= latest)
        }

    def docs_with_value(self, facet: str, matches: Callable[[str], bool]) -> set[int]:
        return {number for number, record in enumerate(self._records) if any(map(matches, values(record, facet)))}

    def live_docs(self) -> set[int]:
        return set(range(len(self._records)))

    def doc_count(self) -> int:
        return len(self._records)

    def docs_with_thread_key(self, key: str) -> list[int]:
        every = self.all_thread_links().items()
        return [number for number, links in every if links and key in (*links.keys, links.subject)]

    def thread_links(self, documents: Collection[int]) -> dict[int, ThreadLinks | None]:
        return {number: thread_links(self._records[number]) for number in documents}

    def all_thread_links(self) -> dict[int, ThreadLinks | None]:
        return self.thread_links(range(len(self._records)))

    def earliest_days(self, documents: Collection[int]) -> dict[int, int]:
        dates = {number: self._records[number].metadata.date for number in documents}
        return {number: date.earliest.toordinal() if date else 0 for number, date in dates.items()}


def signature(record: Record) -> bytes:
    words = set(analyzer.analyze(record.body, language(record)).terms)
    return near_duplicates.signature(words, near_duplicates.duplicate_text(record))


def language(record: Record) -> str:
    return record.metadata.language or UNDETERMINED


def values(record: Record, facet: str) -> Sequence[str]:
    metadata = record.metadata
    match facet:
        case "language":
            return [language(record)]
        case "collection":
            return [record.collection or ""]
        case "subject":
            return sorted(set(metadata.subject)) or [""]
        case "year":
            return [str(metadata.date.earliest.year) if metadata.date else ""]
        case _:
            return [getattr(metadata, facet) or ""]
