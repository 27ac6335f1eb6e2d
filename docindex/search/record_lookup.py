"""Which record is meant: by its id, by the beginning of an id, or by its rank in the last answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.engines.base import SearchRequest, SearchResponse
from docindex.errors import RecordError
from docindex.query.ast import Prefix, Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docindex.engines.base import Searcher
    from docindex.model import Record

LISTED = 10
"""Ids that are listed where several are meant."""
NEAR = 3
"""Ids that are named where none is meant."""


def record(name: str, index: Searcher, ranks: Mapping[int, str]) -> Record:
    """The one record that is meant. Raises RecordError where there is none, or more than one."""
    found = _with_id(name, index)
    if found is None and name.isascii() and name.isdecimal() and int(name) in ranks:
        found = _with_id(ranks[int(name)], index)
        if found is None:
            raise RecordError(f"rank {name} of the last search, {ranks[int(name)]}, is in the index no more", _SEARCH)
    return found or _beginning_with(name, index)


_SEARCH = "docindex search again"


def ids(beginning: str, index: Searcher, limit: int = 100) -> list[str]:
    """The first of the ids that have a beginning."""
    answer = index.search(SearchRequest(Prefix(beginning, "id"), limit, sort="path"))
    return [found.id for found, _ in answer.hits]


def _with_id(name: str, index: Searcher) -> Record | None:
    """The record with an id. Two ids may differ in case only."""
    if not name:
        return None
    ranked = index.search(SearchRequest(Word(name, "id"), None)).hits
    exact = [found for found, _ in ranked if found.id == name]
    return exact[0] if exact else ranked[0][0] if len(ranked) == 1 else None


def _beginning_with(name: str, index: Searcher) -> Record:
    answer = index.search(SearchRequest(Prefix(name, "id"), LISTED, sort="path")) if name else SearchResponse(0, ())
    if answer.total == 0:
        raise RecordError(f"no record '{name}'", _instead(name, index))
    if answer.total > 1:
        more = [f"and {answer.total - LISTED:,} more"] if answer.total > LISTED else []
        raise RecordError(
            f"'{name}' begins {answer.total:,} ids",
            "\n       ".join([*(found.id for found, _ in answer.hits), *more]),
        )
    return answer.hits[0][0]


def _instead(name: str, index: Searcher) -> str:
    """Paths that look like the name; a search where none does."""
    from rapidfuzz import fuzz, process

    near = process.extract(
        name.partition("#")[0], [path for path, _ in index.sources()], scorer=fuzz.WRatio, limit=NEAR, score_cutoff=70
    )
    return ", ".join(path for path, _, _ in near) or "an id, or its beginning, as docindex search -l prints them"
