"""Answer to one query: a sequence of hits that are read from the index when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from msgspec.structs import replace

from docindex.model.results import Hit, Results
from docindex.search import search, spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docindex.engines.base import Searcher
    from docindex.model.documents import IndexState
    from docindex.model.results import Diagnosis, Expansion, Staleness, Suggestion
    from docindex.search.search import SearchOptions

BLOCK_HITS = 10
"""Hits that are read together when one of them is asked for."""
MAX_BLOCK_HITS = 1_000
"""Hits that a loop holds at a time: its blocks grow up to so many."""
MAX_HTML_HITS = 10
"""Hits that a notebook shows unasked."""


class Answer(Sequence[Hit]):
    """The matches of one query, best first or as the search says: a sequence of Hit.

    Nothing is searched before it is asked for. `answer[0]`, `answer[10:20]` and a loop each read
    only the hits that they need; `results` reads all at once. Every reading comes from the same
    snapshot of the index. Raises EngineError where the index cannot be read.
    """

    def __init__(self, query: str, options: SearchOptions, index: Searcher, freshness: Staleness) -> None:
        """Parse the query. Raises QueryError if it has no word, or a mistake and is strict."""
        search.parse_query(query, options)
        self.query = query
        """The query as typed."""
        self.freshness: Staleness = freshness
        """Differences between the index and the files. It is false if there are none."""
        self._options = options
        self._index = index
        self._head: Results | None = None
        self._block: tuple[int, tuple[Hit, ...]] = (0, ())

    @cached_property
    def results(self) -> Results:
        """The whole answer as one frozen value, with all its hits in memory."""
        return self._read(self._options.offset, self._options.limit)

    @property
    def counts(self) -> Results:
        """The answer without the hits that nobody asked for yet: a count needs no ranking."""
        return self._head or self._read(self._options.offset, 0)

    @property
    def total(self) -> int:
        """Number of all matches, whatever `limit` and `offset` leave out."""
        return self.counts.total

    @property
    def listed(self) -> int:
        """Number of matches, or with `alike` of groups of near-duplicates."""
        return self.counts.listed

    @property
    def parsed(self) -> str:
        """The query as understood, in canonical syntax."""
        return self.counts.parsed

    @property
    def repairs(self) -> tuple[str, ...]:
        """Sentences about mistakes of the query, and their repair."""
        return self.counts.repairs

    @property
    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Counts of all matches by the values of the requested fields. The value "" is unknown."""
        return self.counts.facets

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Spelling candidates for rare words of the query."""
        return self.counts.suggestions

    @property
    def expanded(self) -> tuple[Expansion, ...]:
        """Words that were searched, or are offered, in other forms."""
        return self.counts.expanded

    @property
    def diagnosis(self) -> Diagnosis | None:
        """Count of each part of the query, if `why` asks for it or there is no match."""
        return self.counts.why

    @property
    def index_state(self) -> IndexState:
        """Description of the index."""
        return self._index.state

    @cached_property
    def corrections(self) -> Mapping[str, str]:
        """Misspelt words, each with the word that is meant: if each has only one candidate, and
        the corrected query has matches.
        """
        found = self.counts
        if found.total or not found.suggestions or not all(one.clear for one in found.suggestions):
            return {}
        meant = {one.word: one.candidates[0].word for one in found.suggestions}
        return meant if search.count(spelling.corrected(self.query, meant), self._index, self._options) else {}

    def correct(self, text: str) -> str:
        """Return a text, such as the query, with the misspelt words corrected."""
        return spelling.corrected(text, self.corrections)

    @cached_property
    def any_word_total(self) -> int | None:
        """Number of records with any of the words; None if the query is more than words."""
        return search.count_any_word(self.query, self._index, self._options)

    @cached_property
    def undated(self) -> int:
        """Number of records that match but for the range of dates, because they have no date."""
        return search.count_undated(self.query, self._index, self._options)

    def __len__(self) -> int:
        if "results" in self.__dict__ or self._options.alike == "only":
            return len(self.results.hits)
        rest = max(0, self.counts.listed - self._options.offset)
        return rest if self._options.limit is None else min(rest, self._options.limit)

    @overload
    def __getitem__(self, place: int) -> Hit: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, place: int | slice) -> Hit | tuple[Hit, ...]:
        """Return one hit, or a tuple of hits. Raises IndexError."""
        if isinstance(place, slice):
            places = range(len(self))[place]
            if not places:
                return ()
            first, last = min(places[0], places[-1]), max(places[0], places[-1])
            hits = self._hits(first, last + 1)
            return tuple(hits[one - first] for one in places)
        if place < 0:
            place += len(self)
        if place < 0:
            raise IndexError(place)
        first = place - place % BLOCK_HITS
        if self._block[0] != first or not self._block[1]:
            self._block = (first, self._hits(first, first + BLOCK_HITS))
        return self._block[1][place - first]

    def __iter__(self) -> Iterator[Hit]:
        first, size = 0, BLOCK_HITS
        while first == 0 or first < len(self):
            yield from self._hits(first, first + size)
            first, size = first + size, min(size * 10, MAX_BLOCK_HITS)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each hit as a dictionary, with the keys of `docindex search --json`."""
        from docindex.render import json_output

        return json_output.hits(self.results)

    def to_pandas(self) -> Any:
        """Return the hits as a pandas.DataFrame: a row each, the columns of `--format csv`.

        `rank`, `score` and `alike` are numbers, all others texts; an unknown value is "". Raises
        ExtraMissing without pandas.
        """
        from docindex.render import table_output

        try:
            import pandas as pd
        except ImportError as error:
            from docindex.api import extras

            raise extras.missing("to_pandas", "pandas") from error
        rows = [table_output.cells(self.results, rank, hit) for rank, hit in self.results.ranked()]
        frame = pd.DataFrame(rows, columns=table_output.COLUMNS)
        return frame.astype({"rank": int, "score": float}).assign(alike=[len(hit.alike) for hit in self.results.hits])

    def to_text(self, form: str) -> str:
        """Return the answer as `docindex search --format` writes it: json, jsonl, csv, tsv, md,
        html, csl, bibtex or ris.

        Raises UsageError.
        """
        from docindex.render import formats

        return "".join(formats.answers(form, [self.results]))

    def _repr_html_(self) -> str:
        """Return the first hits as HTML for a notebook. Texts of documents are escaped."""
        from docindex.render import html_output

        shown = replace(self.counts, hits=self[:MAX_HTML_HITS])
        return "".join(html_output.fragment(shown, rest=len(self) - len(shown.hits)))

    def __repr__(self) -> str:
        return f"<Answer to {self.query!r}: {self.total} of {self.index_state.records} records>"

    def _hits(self, first: int, stop: int) -> tuple[Hit, ...]:
        """Return the hits of some places, without those past the end."""
        if "results" in self.__dict__ or self._options.alike == "only":
            return self.results.hits[first:stop]
        stop = stop if self._options.limit is None else min(stop, self._options.limit)
        return self._read(self._options.offset + first, stop - first).hits if first < stop else ()

    def _read(self, offset: int, limit: int | None) -> Results:
        """Search. What the answer says beside its hits is found out the first time."""
        options = replace(self._options, offset=offset, limit=limit)
        if self._head is not None:
            options = replace(options, facets=(), why=False, advice=False)
        found = search.search(self.query, self._index, options, staleness=self.freshness)
        if self._head is None:
            self._head = found
        return found
