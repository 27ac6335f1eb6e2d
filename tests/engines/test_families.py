"""Families of near-duplicates in an index stay right through any changes of it."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
import snapshots
from contract import ABOUT, fill, indexed, record

from docindex.engines.base import SearchRequest
from docindex.engines.whoosh.engine import WhooshEngine
from docindex.query.ast import MatchAll, Word

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.model.documents import Record

WORDS = [f"mot{number}" for number in range(90)]


def families(engine: WhooshEngine) -> set[tuple[bool, tuple[str, ...]]]:
    """Return the families of several records: True for a clique, and the ids of the members."""
    members: defaultdict[int, list[str]] = defaultdict(list)
    with engine.searcher() as index:
        start = 0
        for segment in index.segments:
            own = index.families[start : start + segment.doc_count]
            start += segment.doc_count
            for number, (family, name) in enumerate(zip(own, segment.column("id"), strict=True)):
                if family and number not in segment.deleted:
                    members[family].append(name.decode())
    return {(family > 0, tuple(sorted(names))) for family, names in members.items() if len(names) > 1}


def text(chance: random.Random) -> str:
    """Return one of few texts with some words changed, or a short text that others share."""
    if chance.random() < 0.3:
        return f"court {chance.randrange(4)}"
    first = chance.choice([0, 10])
    changed = {chance.randrange(80): f"autre{chance.randrange(9)}" for _ in range(chance.randrange(6))}
    return " ".join(changed.get(place, word) for place, word in enumerate(WORDS[first : first + 80]))


@pytest.mark.parametrize("seed", range(4))
def test_an_index_changed_many_times_has_the_families_of_one_made_at_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same changes each time
    archive: dict[str, Record] = {"0.txt": record("0.txt", text(chance))}
    engine = fill(WhooshEngine(tmp_path / "changed"), list(archive.values()))
    for turn in range(12):
        with engine.writer(ABOUT) as writer:
            for number in chance.sample(range(40), chance.choice([1, 1, 3, 12])):
                path = f"{number}.txt"
                if path in archive and len(archive) > 1 and chance.random() < 0.5:
                    writer.delete_source(path)
                    del archive[path]
                else:
                    archive[path] = record(path, text(chance))
                    writer.replace_source(path, indexed(1))
                    writer.add_documents(engine.invert([archive[path]]))
        if turn % 4 == 3:
            anew = fill(WhooshEngine(tmp_path / f"anew{turn}"), list(archive.values()))
            assert families(engine) == families(anew)
    assert len(families(engine)) > 1


def test_a_search_folds_what_lies_in_several_segments(tmp_path: Path) -> None:
    long = " ".join(WORDS)
    engine = fill(WhooshEngine(tmp_path), [record(f"{number}.txt", f"{long} {number}") for number in range(3)])
    with engine.writer(ABOUT) as writer:
        writer.replace_source("new.txt", indexed(1))
        writer.add_documents(engine.invert([record("new.txt", f"{long} neuf")]))
    with engine.searcher() as index:
        assert len(index.segments) == 2
    found = snapshots.search(engine, SearchRequest(Word("mot1", None), alike="fold"))
    assert [one.id for one, _ in found.hits] == ["0.txt"]
    assert found.alike == {"0.txt": ("1.txt", "2.txt", "new.txt")}
    assert found.groups is not None
    assert (found.total, found.groups.count) == (4, 1)


def test_an_index_of_nothing_has_no_families(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    with engine.writer(ABOUT, full=True):
        pass
    assert snapshots.search(engine, SearchRequest(MatchAll(), alike="fold")).hits == ()
    assert families(engine) == set()
