"""An open index, for programs: each question that docindex answers is a method of Index."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex import config
from docindex.api.answer import Answer
from docindex.api.arguments import USUAL_VARIANTS, search_options, variants_level
from docindex.engines import registry
from docindex.indexing import freshness
from docindex.search import search
from docindex.search.manifest_aliases import without_foreign_aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from os import PathLike
    from types import TracebackType
    from typing import Self, Unpack

    from docindex.api.argument_types import QueryArguments, ReadingArguments, SearchArguments
    from docindex.api.concordance import Collocates, Concordance
    from docindex.api.record import ShownRecord
    from docindex.api.status import Status
    from docindex.api.timeline import TimelineAnswer
    from docindex.engines.base import Searcher
    from docindex.model.documents import IndexState
    from docindex.model.results import Expansion, Explanation, Results, Staleness
    from docindex.proof.verdicts import Verification
    from docindex.search.cooccurrence import Matrix
    from docindex.search.people import Person
    from docindex.search.search import SearchOptions
    from docindex.search.thread import ThreadMessage


def open_index(location: str | PathLike[str] | None = None, *, complete: bool = False) -> Index:
    """Open an index for reading.

    `location` is the index's folder, such as `archive/.docindex`. Without it the index is found as
    the command line finds it: in DOCINDEX_INDEX, else in the nearest `.docindex` here or above.
    `complete` has every file looked at to tell how fresh the index is, however many there are.
    Raises IndexMissing, IndexOutdated, IndexDamaged or IndexUntrusted.

    >>> with docindex.open() as index:
    ...     index.search("Belmokhtar").total
    17
    """
    return Index(config.index_for_search(None if location is None else Path(location)), complete=complete)


def explain_query(query: str, languages: Iterable[str], options: SearchOptions) -> Explanation:
    """Return what is understood of a query in records of some languages. Raises QueryError."""
    return search.explain(query, languages, options)


class Index:
    """A snapshot of an index: one state of it, whatever builds do meanwhile. It changes nothing.

    Use it as a context manager, or call `close`. One thread at a time may use it.
    """

    def __init__(self, folder: Path, *, complete: bool = False) -> None:
        """Open the latest state of the index in a folder. Raises EngineError."""
        self._folder = folder
        self._complete = complete
        self._stack = ExitStack()
        self.snapshot: Searcher = self._stack.enter_context(registry.open_engine(folder).searcher())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index. A second call does nothing."""
        self._stack.close()

    def _options(self, **arguments: Unpack[SearchArguments]) -> SearchOptions:
        return self.trusted(search_options(**arguments))

    def trusted(self, options: SearchOptions) -> SearchOptions:
        """Return the options for this index, whose manifest may be a stranger's word."""
        return without_foreign_aliases(options, self.state, self._folder)

    @property
    def folder(self) -> Path:
        """The index's folder."""
        return self._folder

    def __len__(self) -> int:
        """Return the number of records."""
        return self.state.records

    def __repr__(self) -> str:
        return f"<Index {str(self._folder)!r}: {len(self)} records>"

    @property
    def state(self) -> IndexState:
        """The index's description of itself."""
        return self.snapshot.state

    @property
    def languages(self) -> Mapping[str, int]:
        """Languages of the records, and how many records have each."""
        return self.snapshot.languages

    @cached_property
    def freshness(self) -> Staleness:
        """Differences between the index and the files, when it is first asked for.

        `freshness.fresh` is True, False or, if not all was looked at, None. Open the index again to
        look again.
        """
        return freshness.staleness(self.snapshot, self._folder, complete=self._complete)

    def search(self, query: str, **arguments: Unpack[SearchArguments]) -> Answer:
        """Return the records that match a query, best first: a sequence of Hit, read lazily.

        The arguments are those of `docindex search`, but without `limit` the answer holds all
        matches. Raises QueryError if the query has no word, and UsageError for a wrong argument.

        >>> with docindex.open() as index:
        ...     answer = index.search("accord", lang="fr", sort="date", facets=["year"])
        ...     answer[0].title, answer[0].passages[0].line
        ('Un article relit un message de 2013 sur Belmokhtar', 4)
        """
        return self.answer(query, search_options(**arguments))

    def answer(self, query: str, options: SearchOptions) -> Answer:
        """Return the records that match a query, by options that `search_options` has made.

        Raises QueryError.
        """
        return Answer(query, self.trusted(options), self.snapshot, self.freshness)

    def count(self, query: str, **arguments: Unpack[QueryArguments]) -> int:
        """Return how many records match a query. Raises as `search` does."""
        return search.count(query, self.snapshot, self._options(**arguments))

    def explain(self, query: str, **arguments: Unpack[QueryArguments]) -> Explanation:
        """Return what is understood of a query. Nothing is searched. Raises as `search` does."""
        return search.explain(query, self.languages, self._options(**arguments))

    def kwic(
        self,
        query: str,
        *,
        limit: int = 100,
        sort: str = "rank",
        reverse: bool = False,
        width: int = 0,
        thread: bool = False,
        **arguments: Unpack[QueryArguments],
    ) -> Concordance:
        """Return the matches of a query, each in its line of text.

        `limit` counts lines; 0 = all. `sort` is rank, L1 to L5 or R1 to R5 (a word to the left or
        right), match, date, title or path. `width` is the least number of characters on either
        side, if the text has them. `thread` keeps one record of each conversation. Raises as
        `search` does.

        >>> with docindex.open() as index:
        ...     line = index.kwic("consul", sort="path", limit=1, lang="fr")[0]
        ...     line.record.path, line.number, line.match
        ('notes/gao.md', 16, 'consul')
        """
        from docindex.api import concordance

        options = self._options(passages=0, thread=thread, **arguments)
        return concordance.find_lines(
            query,
            self.search(query, passages=0, thread=thread, **arguments).counts,
            self.snapshot,
            options,
            sort=sort,
            reverse=reverse,
            limit=limit or None,
            context_chars=width,
        )

    def collocates(
        self,
        query: str,
        *,
        limit: int = 100,
        window: int = 5,
        thread: bool = False,
        **arguments: Unpack[QueryArguments],
    ) -> Collocates:
        """Return the words within `window` words of the matches, the most telling first.

        `limit` counts words; 0 = all. Raises as `search` does.
        """
        from docindex.api import concordance

        options = self._options(passages=0, thread=thread, **arguments)
        counts = self.search(query, passages=0, thread=thread, **arguments).counts
        return concordance.find_collocates(query, counts, self.snapshot, options, window=window, limit=limit or None)

    def timeline(
        self,
        *queries: str,
        by: str = "auto",
        by_form: bool = False,
        thread: bool = False,
        **arguments: Unpack[QueryArguments],
    ) -> TimelineAnswer:
        """Return the matches of queries over time, counted by year, month or day.

        With `by_form` and `variants` each spelling is counted by itself, with `thread` each
        conversation of mail once, at its first match. Raises as `search` does.

        >>> with docindex.open() as index:
        ...     [(period.name, period.counts) for period in index.timeline("otages").periods][:2]
        [('2013-01', (2,)), ('2016-03', (2,))]
        """
        from docindex.api import timeline

        options = self._options(passages=0, thread=thread, **arguments)
        options = replace(options, sort="date", reverse=True) if thread else options
        unit = None if by == "auto" else by
        return timeline.find_timeline(queries, self.snapshot, options, self.freshness, by=unit, by_form=by_form)

    def show(
        self,
        id: str,  # noqa: A002 - the argument's name on the command line
        *,
        query: str | None = None,
        lines: str | None = None,
        context: int | None = None,
        ranks: Mapping[int, str] | None = None,
        **arguments: Unpack[ReadingArguments],
    ) -> ShownRecord:
        """Return one record by its id, or by the beginning of one.

        `query` marks its matches, `lines` keeps some lines of the file (`10:20`), `context` so many
        lines around each match. `ranks` are ids that a number may mean. Raises RecordError if there
        is no such record, or more than one.

        >>> with docindex.open() as index:
        ...     index.show("notes/gao.md", lines="14").text
        'Lieu · Gao, au Mali'
        """
        from docindex.api import record

        return record.find_shown(
            id,
            query,
            self.snapshot,
            self._options(**arguments),
            self.freshness,
            ranks or {},
            lines=lines,
            context=context,
        )

    def thread(self, id: str, *, ranks: Mapping[int, str] | None = None) -> tuple[ThreadMessage, ...]:  # noqa: A002
        """Return the conversation of a record in order, each message with what it adds.

        The arguments are those of `show`. Raises RecordError.
        """
        from docindex.search import record_lookup
        from docindex.search.thread import conversation

        return tuple(conversation(record_lookup.find_record(id, self.snapshot, ranks or {}).id, self.snapshot))

    def last_ranks(self) -> Mapping[int, str]:
        """Return the ids of the user's last search on the command line, by rank."""
        from docindex.search import last_search

        return last_search.load(self._folder)

    def save_last_ranks(self, results: Results) -> None:
        """Keep the ids of an answer by rank, for `docindex show 3`."""
        from docindex.search import last_search

        firsts = {rank: hit.id for rank, hit in reversed([*results.ranked()])}
        last_search.save(self._folder, [firsts[rank] for rank in sorted(firsts)], results.offset + 1)

    def ids_with_prefix(self, prefix: str) -> list[str]:
        """Return the first 100 ids that begin with a text, sorted."""
        from docindex.search import record_lookup

        return record_lookup.ids_with_prefix(prefix, self.snapshot)

    def values(self, field: str) -> Mapping[str, int]:
        """Return the values of a facet in all records, the most frequent first. "" is unknown."""
        from docindex.engines.base import SearchRequest
        from docindex.query.ast import MatchAll

        return self.snapshot.search(SearchRequest(MatchAll(), 0, facets=(field,))).facets[field]

    def names(self, *words: str, variants: bool | str = USUAL_VARIANTS) -> tuple[Expansion, ...]:
        """Return the spellings of names in the index, for each word that has any.

        `variants` is "strict", "usual" or "wide". Raises UsageError.

        >>> with docindex.open() as index:
        ...     [(form.written, form.records) for form in index.names("Belmokhtar")[0].forms][:1]
        [('Belmokhtar', 17)]
        """
        from docindex.query.ast import Word, disjunction
        from docindex.search.expansion import ExpansionOptions, expand

        query = disjunction([Word(word, variants=True) for word in words])
        return expand(query, self.snapshot, ExpansionOptions(level=variants_level(variants))).expansions

    def people(self, corrections: str | PathLike[str] | None = None) -> tuple[Person, ...]:
        """Return the people whom the records name, the most frequent first.

        `corrections` is a file with forms that are one person's, a group a line. Without it the
        manifest may name one as `people`. Raises UsageError.
        """
        from docindex.query import aliases
        from docindex.search.people import find_people

        if corrections:
            return tuple(find_people(self.snapshot, [group.names for group in aliases.read(Path(corrections)).groups]))
        is_foreign = self._options().expansion.no_aliases
        return tuple(find_people(self.snapshot, () if is_foreign else None))

    def matrix(
        self,
        names: str | PathLike[str],
        *,
        column: str | None = None,
        within: str = "record",
        progress: Callable[[int, int, str], None] | None = None,
        **arguments: Unpack[QueryArguments],
    ) -> Matrix:
        """Return who of a list of names stands with whom, the most telling pairs first.

        `names` is a file of CSV with a name a row, `column` its header or number. `within` is
        record, paragraph, sentence or a number of words, such as `20w`. Raises UsageError.
        """
        from docindex.query import name_list
        from docindex.search import cooccurrence

        listed = name_list.read(Path(names), column)
        options = self._options(passages=0, **arguments)
        return cooccurrence.find_cooccurrences(listed, self.snapshot, options, within=within, progress=progress)

    def verify(self, text: str) -> Verification:
        """Verify the quotations of a text in Markdown against the records.

        >>> with docindex.open() as index:
        ...     index.verify("« un accord secret avec Belmokhtar, émir d'Al Qaïda »").passes(())
        False
        """
        from docindex.proof import drafts, verification

        return verification.verify_drafts([drafts.of_text(text)], self.snapshot, self.freshness)

    def status(self) -> Status:
        """Return what the index holds, how fresh it is, and what could not be indexed.

        >>> with docindex.open() as index:
        ...     index.status().languages["fr"]
        8
        """
        from docindex.api import status

        return status.find_status(self.snapshot, str(self._folder), self.freshness)

    def check_integrity(self) -> None:
        """Read the whole index and compare it with its checksums. Raises IndexDamaged."""
        self.snapshot.verify()
