"""The port between docindex and the engines that keep an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from docindex.model.documents import IndexState, Record, SourceState
    from docindex.model.results import Groups
    from docindex.query.ast import Query
    from docindex.ranking.term_list import SimilarTerm


class SearchRequest(Struct, frozen=True):
    """Request of a search: the query, and the slice and order of its matches."""

    query: Query
    limit: int | None = 10  # None = all
    offset: int = 0
    sort: str = "score"
    reverse: bool = False
    exact: bool = False  # neither stemming nor folding
    facets: tuple[str, ...] = ()  # of docindex.model.choices.FACETS
    certain: bool = False  # a date range must hold the whole of a record's date, not only a part of it
    persons: Mapping[str, str] = {}  # forms of a person and the one that counts for all, in facets of people
    alike: str = "show"  # of docindex.model.choices.COLLAPSE_MODES, or BY_THREAD


class SearchResponse(Struct, frozen=True):
    """The records that match, in order, each with its score. `total` counts all matches."""

    total: int
    hits: tuple[tuple[Record, float], ...]
    truncated_expansions: tuple[tuple[str, int], ...] = ()  # patterns with too many terms, and how many they have
    facets: Mapping[str, Mapping[str, int]] = {}  # counts of values, the most frequent first
    groups: Groups | None = None  # of all matches, if near-duplicates or conversations are grouped
    alike: Mapping[str, tuple[str, ...]] = {}  # ids of hits, and of the others of the group that each stands for


class IndexWriter(Protocol):
    """Transaction on the index. Each source is named at most once. The commit makes it visible."""

    def sources_before(self) -> Iterator[tuple[str, SourceState]]:
        """Yield the path and state of each source before the build, ordered by path.

        There is none if the writer starts empty. Read them at most once.
        """

    @property
    def is_committed(self) -> bool:
        """True as soon as the commit is visible. It is not undone from then on."""

    @property
    def generation(self) -> int:
        """The number of the commit, once it is made."""

    def replace_source(self, path: str, source: SourceState) -> None:
        """Delete the source's records and store its state.

        Pass its new records to `add_documents`.
        """

    def add_documents(self, inverted: Any) -> None:
        """Add records, of one source or of several, as `Engine.invert` made them."""

    def keep_source(self, path: str, source: SourceState) -> None:
        """Keep the source's records and store its state."""

    def delete_source(self, path: str) -> None:
        """Delete a source and its records."""


MapFunction = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Applies a function to each of many values, as `map` does. It may run in other processes."""


class Searcher(Protocol):
    """Snapshot of an index: one open commit, which builds do not change."""

    @property
    def state(self) -> IndexState:
        """The index's description of itself."""

    @property
    def generation(self) -> int:
        """The number of the commit. Each build raises it."""

    @property
    def size(self) -> int:
        """The bytes that the index takes where it is kept."""

    @property
    def languages(self) -> Mapping[str, int]:
        """The languages of the records, and how many records have each."""

    def sources(self, first: str = "") -> Iterator[tuple[str, SourceState]]:
        """Yield each source's path and stored state, ordered by path, from a path on.

        None is kept in memory.
        """

    def source(self, path: str) -> SourceState | None:
        """Return the stored state of one source, or None."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Return the records that match, best first or as the request says."""

    def count(self, requests: Sequence[SearchRequest]) -> list[int]:
        """Return how many records match each request. A remote engine needs one round trip."""

    def records(self, request: SearchRequest) -> Iterator[Record]:
        """Yield the records that match, each read when its turn comes, as if `alike` were show.

        By thread, only the first record of each conversation is read.
        """

    def thread(self, id: str) -> list[Record]:  # noqa: A002
        """Return the records of a record's conversation, itself among them, ordered by id."""

    def doc_freq(self, form: str) -> int:
        """Return how many records hold a folded form, in any language."""

    def similar_terms(self, form: str, max_edits: int) -> Mapping[str, SimilarTerm]:
        """Return the folded forms of the index within some edits of one, without itself."""

    def terms(self) -> Iterator[str]:
        """Yield all folded forms of the index in blocks, each form on a line.

        A form can stand in several blocks.
        """

    def verify(self) -> None:
        """Read the whole index. Raises IndexDamaged if any of it is not what was written."""


class Engine(Protocol):
    """Keeps records and finds them again.

    Raises IndexMissing, IndexOutdated, IndexBusy or IndexDamaged (docindex.errors) if the index
    cannot be used.
    """

    @property
    def location(self) -> str:
        """The place of the index, as messages name it."""

    @property
    def invert(self) -> Callable[[Iterable[Record]], Any]:
        """The function that inverts records for `IndexWriter.add_documents`.

        It and its result can be sent to another process.
        """

    def searcher(self) -> AbstractContextManager[Searcher]:
        """Open a snapshot of the latest commit."""

    def writer(
        self,
        state: IndexState,
        *,
        full: bool = False,
        lock_timeout: float = 5.0,
        on_lock_wait: Callable[[str], None] | None = None,
        map_function: MapFunction = map,
    ) -> AbstractContextManager[IndexWriter]:
        """Open the one writer. Leaving the block commits; an exception changes nothing. `full`
        starts empty.

        `state` describes the index afterwards. The engine fills in the time, the counts of sources
        and records, and adds the failures of sources to those of the manifest. If another writer is
        open, `on_lock_wait` is told who has it, and IndexBusy is raised after `lock_timeout`
        seconds. `map_function` may run work elsewhere.
        """
