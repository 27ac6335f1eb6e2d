"""One question to an engine's latest commit, for tests that ask no second one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docindex.engines.base import Engine, SearchRequest, SearchResponse
    from docindex.model.documents import IndexState, Record, SourceState


def state(engine: Engine) -> IndexState:
    with engine.searcher() as index:
        return index.state


def sources(engine: Engine) -> dict[str, SourceState]:
    with engine.searcher() as index:
        return dict(index.sources())


def search(engine: Engine, request: SearchRequest) -> SearchResponse:
    with engine.searcher() as index:
        return index.search(request)


def records(engine: Engine, request: SearchRequest) -> list[Record]:
    with engine.searcher() as index:
        return list(index.records(request))
