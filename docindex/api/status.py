"""Description of an index: its contents, its age and its failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.engines.base import SearchRequest
from docindex.model.documents import Failure, IndexState
from docindex.model.results import Staleness
from docindex.query.ast import MatchAll

if TYPE_CHECKING:
    from docindex.engines.base import Searcher


class Status(Struct, frozen=True):
    """Description of an index."""

    location: str  # the index's folder
    state: IndexState  # as the last build left it
    freshness: Staleness
    size: int  # bytes
    languages: Mapping[str, int]  # records in each; "" for an unknown one
    years: Mapping[str, int]  # records dated in each; "" for undated ones
    left_out: tuple[Failure, ...]  # files without text, and kinds that are not read

    @property
    def records(self) -> int:
        """Number of records."""
        return self.state.records

    @property
    def sources(self) -> int:
        """Number of sources."""
        return self.state.sources

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Sources that could not be indexed, or not wholly."""
        return self.state.failures

    def to_dict(self) -> dict[str, Any]:
        """Return the description as a dictionary, with the keys of `docindex status --json`."""
        from docindex.render import json_output

        tallies = {"language": self.languages, "year": self.years}
        return json_output.status(self.state, self.freshness, self.location, self.size, tallies, self.left_out)


def find_status(index: Searcher, location: str, freshness: Staleness) -> Status:
    """Return the description of an index."""
    counts = index.search(SearchRequest(MatchAll(), limit=0, facets=("language", "year"))).facets
    languages, years = (dict(sorted(counts[field].items())) for field in ("language", "year"))
    return Status(location, index.state, freshness, index.size, languages, years, left_out(index))


def left_out(index: Searcher) -> tuple[Failure, ...]:
    """Return the files that were left out."""
    return tuple(known.failure for _, known in index.sources() if known.failure and known.failure.left_out)
