"""Timeline of some queries, as a complete answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from docindex.api.arguments import one_of
from docindex.model.documents import Record
from docindex.model.results import Results
from docindex.search import search
from docindex.search import timeline as timelines
from docindex.search.timeline import Gap, Mentions, Period, Timeline

if TYPE_CHECKING:
    from docindex.engines.base import Searcher
    from docindex.model.results import Staleness
    from docindex.search.search import SearchOptions


class TimelineAnswer(Struct, frozen=True):
    """The matches of some queries over time."""

    results: tuple[Results, ...]  # the answer to each query, without hits
    timeline: Timeline

    @property
    def unit(self) -> str:
        """The unit of the periods: year, month or day."""
        return self.timeline.unit

    @property
    def periods(self) -> tuple[Period, ...]:
        """Periods in order; each counts the records of each query that are dated within it."""
        return self.timeline.periods

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Long runs of periods without a match."""
        return self.timeline.gaps

    @property
    def undated(self) -> tuple[int, ...]:
        """Records without a date, of each query."""
        return self.timeline.undated

    @property
    def mentions(self) -> tuple[Mentions | None, ...]:
        """First and last record of each query, by date."""
        return self.timeline.mentions

    @property
    def is_empty(self) -> bool:
        """True if no query has a match."""
        return not any(one.total for one in self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the timeline as a dictionary, with the keys of `docindex timeline --json`."""
        from docindex.render import timeline as render_timeline

        return render_timeline.value(self.results, self.timeline)

    def svg(self) -> str:
        """Return a picture that fetches nothing. Texts are escaped."""
        from docindex.render import timeline as render_timeline

        return render_timeline.svg(self.results, self.timeline)

    def _repr_svg_(self) -> str:
        return self.svg()


def find_timeline(
    queries: Sequence[str],
    index: Searcher,
    options: SearchOptions,
    freshness: Staleness,
    *,
    by: str | None,
    by_form: bool,
) -> TimelineAnswer:
    """Return the matches of the queries by a unit; None chooses what suits their span.

    With `by_form` each form of each query's words becomes a query. Raises UsageError.
    """
    unit = None if by is None else one_of("unit", by, timelines.UNITS)
    asked = [(query, options) for query in queries]
    answers = [search.search(query, index, options, staleness=freshness) for query in queries]
    if by_form:
        asked = [one for answer in answers for one in _by_form(answer, options)]
        expansions = tuple(one for answer in answers for one in answer.expanded)
        answers = [
            replace(
                search.search(query, index, of_form, staleness=freshness),
                query=of_form.expansion.only or query,
                expanded=(),
            )
            for query, of_form in asked
        ]
        answers[-1] = replace(answers[-1], expanded=expansions)
    records = [[*map(_without_text, search.records(query, index, narrowed))] for query, narrowed in asked]
    return TimelineAnswer(tuple(answers), timelines.build_timeline(records, unit))


def _by_form(answer: Results, options: SearchOptions) -> Iterator[tuple[str, SearchOptions]]:
    """Yield the query once for each form of its words, the most frequent first, with the options
    that ask for it.
    """
    forms = [one for expansion in answer.expanded if expansion.searched for one in expansion.forms if one.records]
    for one in sorted(forms, key=lambda form: -form.records):
        yield answer.query, replace(options, expansion=replace(options.expansion, only=one.form))
    if not forms:
        yield answer.query, options


def _without_text(record: Record) -> Record:
    """Return a record without its text, so that the texts of all matches are not kept in memory."""
    return Record(record.path, record.part, record.metadata, record.collection, "", ())
