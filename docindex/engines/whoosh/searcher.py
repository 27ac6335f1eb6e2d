"""Searcher of one commit of the index, so that each query is answered from one state."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docindex.engines.base import SearchResponse
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec.mmap_file import damaged
from docindex.engines.whoosh.codec.segment import Segment
from docindex.engines.whoosh.commit import latest_generation, read_commit
from docindex.engines.whoosh.error_translation import translate_errors
from docindex.engines.whoosh.hit_order import ordered, slice_of, top_groups
from docindex.engines.whoosh.index_reader import WhooshIndexReader
from docindex.engines.whoosh.source_catalog import LINE_BYTES, read_sources
from docindex.errors import IndexDamaged
from docindex.model import collection_root
from docindex.model.choices import BY_THREAD
from docindex.ranking import bm25, term_list
from docindex.ranking.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docindex.engines.base import SearchRequest
    from docindex.engines.whoosh.codec.term_dictionary_reader import SegmentTermList
    from docindex.engines.whoosh.directory import Directory
    from docindex.model.documents import IndexState, Record, SourceState
    from docindex.ranking.term_list import SimilarTerm

MAX_OPEN_ATTEMPTS = 5  # while builds change the index


class WhooshSearcher:
    """Snapshot of the index: one commit. Its files stay open, so that a build may delete them."""

    def __init__(self, directory: Directory, generation: int) -> None:
        self._folder = directory.path
        self.commit = read_commit(directory, generation)
        self.state: IndexState = collection_root.from_store(self.commit.state, directory.path)
        files = self.commit.files
        self._sources = directory.open_mapped(files.sources_name, files.sources)
        self.segments = [Segment(info, directory.open_mapped) for info in files.segments]
        self._families_file = directory.open_mapped(files.families_name, files.families)
        if self._families_file.size != 4 * sum(segment.doc_count for segment in self.segments):
            raise damaged(self._families_file.name)

    @property
    def generation(self) -> int:
        """Number of the commit."""
        return self.commit.generation

    @property
    def size(self) -> int:
        """Bytes of the index on disk."""
        return self.commit.files.size

    @property
    def languages(self) -> Mapping[str, int]:
        """Languages of the records, and how many records have each."""
        with translate_errors(self._folder):
            return self._postings().languages

    @property
    def families(self) -> memoryview:
        """The family of each document, by the numbers of `family_assignment`."""
        file = self._families_file
        return file.view(0, file.size).cast("i")

    def _postings(self) -> WhooshIndexReader:
        """Return a reader of postings for one request: it keeps all that it has read."""
        return WhooshIndexReader(self.segments, self.families)

    def verify(self) -> None:
        """Compare all files with their checksums."""
        with translate_errors(self._folder):
            self._sources.verify()
            self._families_file.verify()
            for segment in self.segments:
                segment.verify()

    def sources(self, first: str = "") -> Iterator[tuple[str, SourceState]]:
        """Yield each source's path and stored state, ordered by path, from a path on."""
        with translate_errors(self._folder):
            yield from read_sources(self._sources, first)

    def source(self, path: str) -> SourceState | None:
        """Return the stored state of one source, or None."""
        with translate_errors(self._folder):
            found, state = next(read_sources(self._sources, path, LINE_BYTES), ("", None))
            return state if found == path else None

    def search(self, request: SearchRequest) -> SearchResponse:
        """Return the records that match, in the order asked for."""
        with translate_errors(self._folder):
            return self._search(request)

    def count(self, requests: Iterable[SearchRequest]) -> list[int]:
        """Return how many records match each request."""
        with translate_errors(self._folder):
            postings = self._postings()
            return [
                len(bm25.Scorer(postings, exact=one.exact, certain=one.certain).matches(one.query)) for one in requests
            ]

    def records(self, request: SearchRequest) -> Iterator[Record]:
        """Yield the records that match. Each is decoded when its turn comes."""
        with translate_errors(self._folder):
            postings = self._postings()
            scorer = bm25.Scorer(postings, exact=request.exact, certain=request.certain)
            found = ordered(scorer.scores(request.query), request, postings)
            if request.alike == BY_THREAD:
                found = [group[0] for group in Threads(postings).group(found)]
            for document in slice_of(found, request):
                yield schema.decode_stored(postings.record(document))

    def thread(self, id: str) -> list[Record]:  # noqa: A002
        """Return the records of a record's conversation."""
        with translate_errors(self._folder):
            postings = self._postings()
            found = postings.docs_with_keyword("id", id.__eq__)
            documents = {one for document in found for one in Threads(postings).thread(document)}
            names = postings.ids(documents)
            return [schema.decode_stored(postings.record(one)) for one in sorted(documents, key=names.__getitem__)]

    def doc_freq(self, form: str) -> int:
        """Return how many records hold a folded form."""
        with translate_errors(self._folder):
            return sum(part.doc_freq(form) for part in self._term_lists())

    def similar_terms(self, form: str, max_edits: int) -> Mapping[str, SimilarTerm]:
        """Return the folded forms within some edits of one."""
        with translate_errors(self._folder):
            return term_list.similar_terms(form, max_edits, self._term_lists())

    def terms(self) -> Iterator[str]:
        """Yield the folded forms, a block per language and segment."""
        with translate_errors(self._folder):
            for part in self._term_lists():
                yield part.with_prefix("")

    def _term_lists(self) -> Iterator[SegmentTermList]:
        for language in self._postings().languages:
            for segment in self.segments:
                yield segment.term_list(language)

    def _search(self, request: SearchRequest) -> SearchResponse:
        postings = self._postings()
        scorer = bm25.Scorer(postings, exact=request.exact, certain=request.certain)
        if request.limit == 0 and request.alike == "show":  # a count needs no ranking
            found = scorer.matches(request.query)
            facets = postings.facets(found, request.facets, request.persons)
            return SearchResponse(len(found), (), tuple(scorer.truncated_expansions.items()), facets)
        scores = scorer.scores(request.query)
        groups, chosen = top_groups(scores, request, postings)
        shown = [group if request.alike == "only" else group[:1] for group in chosen]
        return SearchResponse(
            total=len(scores),
            hits=tuple((schema.decode_stored(postings.record(one)), scores[one]) for group in shown for one in group),
            truncated_expansions=tuple(scorer.truncated_expansions.items()),
            facets=postings.facets(scores.keys(), request.facets, request.persons),
            groups=groups,
            alike={name: tuple(others) for group in chosen for name, *others in [map(postings.id, group)] if others},
        )


@contextmanager
def open_searcher(directory: Directory) -> Iterator[WhooshSearcher]:
    """Open the latest commit. Try again while builds delete files of the one that was found."""
    with translate_errors(directory.path):
        searcher = _open(directory)
    yield searcher


def _open(directory: Directory) -> WhooshSearcher:
    for _ in range(MAX_OPEN_ATTEMPTS - 1):
        generation = latest_generation(directory)
        try:
            return WhooshSearcher(directory, generation)
        except (FileNotFoundError, IndexDamaged):
            if latest_generation(directory) == generation:
                raise
    return WhooshSearcher(directory, latest_generation(directory))
