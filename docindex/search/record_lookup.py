"""Look-up of one record by its id, by the beginning of an id, or by its rank in the last search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.engines.base import SearchRequest, SearchResponse
from docindex.errors import RecordError
from docindex.query.ast import Prefix, Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record

MAX_LISTED_IDS = 10
"""Ids that an error lists if several records are meant."""
MAX_SUGGESTED_PATHS = 3
"""Paths that an error suggests if no record is meant."""
MIN_PATH_SIMILARITY = 70
"""Similarity of a suggested path to the name, in percent."""

_SEARCH_AGAIN = "docindex search again"


def find_record(name: str, index: Searcher, ids_by_rank: Mapping[int, str]) -> Record:
    """Return the record that a name means.

    Raises RecordError if there is none, or more than one.
    """
    found = _with_id(name, index)
    if found is None and name.isascii() and name.isdecimal() and int(name) in ids_by_rank:
        id = ids_by_rank[int(name)]  # noqa: A001
        found = _with_id(id, index)
        if found is None:
            raise RecordError(f"rank {name} of the last search, {id}, is in the index no more", _SEARCH_AGAIN)
    return found or _with_id_prefix(name, index)


def ids_with_prefix(prefix: str, index: Searcher, limit: int = 100) -> list[str]:
    """Return the first ids that begin with the prefix, sorted."""
    response = index.search(SearchRequest(Prefix(prefix, "id"), limit, sort="path"))
    return [record.id for record, _ in response.hits]


def _with_id(name: str, index: Searcher) -> Record | None:
    """Return the record with an id. Case decides only between ids that differ in nothing else."""
    if not name:
        return None
    hits = index.search(SearchRequest(Word(name, "id"), None)).hits
    exact = [record for record, _ in hits if record.id == name]
    return exact[0] if exact else hits[0][0] if len(hits) == 1 else None


def _with_id_prefix(name: str, index: Searcher) -> Record:
    request = SearchRequest(Prefix(name, "id"), MAX_LISTED_IDS, sort="path")
    response = index.search(request) if name else SearchResponse(0, ())
    if response.total == 0:
        raise RecordError(f"no record '{name}'", _similar_paths(name, index))
    if response.total > 1:
        more = [f"and {response.total - MAX_LISTED_IDS:,} more"] if response.total > MAX_LISTED_IDS else []
        raise RecordError(
            f"'{name}' begins {response.total:,} ids",
            "\n       ".join([*(record.id for record, _ in response.hits), *more]),
        )
    return response.hits[0][0]


def _similar_paths(name: str, index: Searcher) -> str:
    """Return a hint: paths that resemble the name, or else a search."""
    from rapidfuzz import fuzz, process  # only failures need it, and it is slow to import

    similar = process.extract(
        name.partition("#")[0],
        [path for path, _ in index.sources()],
        scorer=fuzz.WRatio,
        limit=MAX_SUGGESTED_PATHS,
        score_cutoff=MIN_PATH_SIMILARITY,
    )
    return ", ".join(path for path, _, _ in similar) or "an id, or its beginning, as docindex search -l prints them"
