"""The port: what `build` and `search` need of an engine, in as few verbs as they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from docindex.model import Groups, IndexState, Record, SourceState
    from docindex.query.ast import Query
    from docindex.ranking.term_list import Vocabulary

SORTS = ("score", "date", "title", "path")
"""Orders in which matches can be asked for. Ties always stand in the order of the records' ids."""

FACETS = ("language", "publisher", "creator", "collection", "subject", "year")
"""What matches can be counted by. A record without a value counts under ""; one with several, under each."""


COLLAPSE_MODES = ("show", "fold", "only")
"""What becomes of matches that are alike: each is listed; one stands for all; only these are listed, in their groups.
What `limit` and `offset` count are groups but where each is listed."""


class SearchRequest(Struct, frozen=True):
    """One search: what is asked, and which of the answers are wanted."""

    query: Query
    limit: int | None = 10  # None = all
    offset: int = 0
    sort: str = "score"
    reverse: bool = False
    exact: bool = False  # no stems, no folding
    facets: tuple[str, ...] = ()  # of FACETS: what all matches are to be counted by
    certain: bool = False  # a date asked for must hold all of the record's, not only what it may mean
    alike: str = "show"  # of ALIKE


class SearchResponse(Struct, frozen=True):
    """The records that match, in order, each with its score; `total` counts those outside the slice as well."""

    total: int
    hits: tuple[tuple[Record, float], ...]
    truncated_expansions: tuple[
        tuple[str, int], ...
    ] = ()  # patterns that stand for more words than were looked up, with how many
    facets: Mapping[str, Mapping[str, int]] = {}  # those asked for, the most frequent first
    groups: Groups | None = None  # of all matches, where they were asked for
    alike: Mapping[str, tuple[str, ...]] = {}  # ids in `ranked`, and those that each stands for


class IndexWriter(Protocol):
    """One change of the index, in which each source is named once at most. No search sees it before it ends well."""

    def replace_source(self, path: str, indexed: SourceState) -> None:
        """Take a source's records out of the index and remember what was read of it: `add` is given its new ones."""

    def add_documents(self, inverted: Any) -> None:
        """Take in records, of one source or of several, as `Engine.prepare` made them."""

    def keep_source(self, path: str, indexed: SourceState) -> None:
        """Leave a source's records as they are and remember what was read of it."""

    def delete_source(self, path: str) -> None:
        """Take a source and its records out of the index."""


MapFunction = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Applies a function to each of many values, as `map` does; it may do so elsewhere."""


class Engine(Protocol):
    """Keeps records and finds them again.

    Raises IndexMissing, IndexOutdated, IndexBusy or IndexDamaged (docindex.errors) where the index cannot be used.
    """

    @property
    def invert(self) -> Callable[[Iterable[Record]], Any]:
        """Makes of records what the writer is given. It can be sent to another process, and so can what it makes."""

    def state(self) -> IndexState:
        """What the index says of itself."""

    def sources(self) -> Iterator[tuple[str, SourceState]]:
        """The paths of the sources, in order, and what is remembered of each; read as they are asked for, none is held.

        The index is not to be changed before the end.
        """

    def writer(
        self,
        about: IndexState,
        *,
        full: bool = False,
        lock_timeout: float = 5.0,
        waiting: Callable[[str], None] | None = None,
        apply: MapFunction = map,
    ) -> AbstractContextManager[IndexWriter]:
        """Open the one writer. Leaving it by an exception changes nothing; `full` starts from an empty index.

        `about` is what the index is to say of itself afterwards. The engine fills in when it was built, how many
        sources and records there are, and what failed in sources beside what failed in the manifest. Where another has
        the writer, `waiting` is told who, and IndexBusy is raised after `lock_timeout` seconds. Work that can be done
        elsewhere is put to `apply`.
        """

    def search(self, request: SearchRequest) -> SearchResponse:
        """The records that match, best first or as the request says."""

    def records(self, request: SearchRequest) -> Iterator[Record]:
        """The same records one after the other, each read when its turn comes; as if `alike` were show.

        For those who look at all of many and keep none. The index is not to be searched or changed before the end.
        """

    def vocabulary(self) -> Mapping[str, Sequence[Vocabulary]]:
        """The words of the index, folded, by language."""
