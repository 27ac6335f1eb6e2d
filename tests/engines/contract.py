"""Records, and an engine filled with them, for the contract of engines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import snapshots

from docindex.engines.base import SearchRequest
from docindex.model.documents import Date, IndexState, Metadata, Record, SourceState

if TYPE_CHECKING:
    from docindex.engines.base import Engine
    from docindex.query.ast import Query

ABOUT = IndexState(built="", version="1", records=0, root="/archive", manifest="/archive/INDEX.md")


def record(path: str, body: str, part: str | None = None, **metadata: object) -> Record:
    day = metadata.pop("day", None)
    if isinstance(day, date):
        metadata["date"] = Date(day.isoformat(), day, day, "day", "manifest")
    found = Metadata(**{"language": "fr", **metadata})  # type: ignore[arg-type]
    return Record(path, part, found, "Press / 2013", body, range(1, body.count("\n") + 2))


RECORDS = [
    record("a.txt", "Le règlement avec Belmokhtar, un accord secret.", title="Accord", day=date(2016, 3, 20)),
    record(
        "b.txt", "Belmokhtar. Un chef, plusieurs chefs ; les négociations.", creator="Sidney", day=date(2013, 1, 17)
    ),
    record("c.txt", "The secret talks with Belmokhtar were broken off.", language="en", publisher="The Gazette"),
    record("d.txt", "تفاصيل الاتفاق مع بلمختار", language="ar", subject=("accord secret", "otages")),
    record("e.txt", "Premier : élèves.", part="one", title="Élèves"),
    record("e.txt", "Second : eleve.", part="two", title="B"),
    record("dir/f.txt", "Une autre affaire : le accord, très secret.", title="Autre", day=date(2013, 1, 1)),
]


def indexed(records: int, content: str = "digest") -> SourceState:
    return SourceState(content, "recipe", 10, 1_000, records)


def fill(engine: Engine, records: list[Record] = RECORDS) -> Engine:
    with engine.writer(ABOUT, full=True) as writer:
        for path in dict.fromkeys(found.path for found in records):
            own = [found for found in records if found.path == path]
            writer.replace_source(path, indexed(len(own)))
            writer.add_documents(engine.invert(own))
    return engine


def ids(engine: Engine, query: Query, **wanted: object) -> list[str]:
    answer = snapshots.search(engine, SearchRequest(query, **{"limit": None, **wanted}))  # type: ignore[arg-type]
    return [found.id for found, _ in answer.hits]
