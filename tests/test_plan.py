"""The plan: wanted against indexed, in every combination."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from docindex.indexing.plan import Plan, SourceStat, plan
from docindex.model.documents import Failure, Source, SourceState

SEEN = ("recipe", 10, 1_000)


def indexed(seen: SourceStat = SEEN, failure: Failure | None = None) -> SourceState:
    return SourceState("digest", *seen, 1, failure)


def planned(wanted: dict[str, SourceStat], known: dict[str, SourceState]) -> Plan:
    """The plan for what is wanted in that order."""
    by_path = sorted(enumerate(map(Source, wanted)), key=lambda pair: pair[1].path)
    return plan(by_path, sorted(known.items()), lambda _, source: wanted[source.path])


def test_each_source_is_in_the_list_it_belongs_to() -> None:
    wanted = {
        "new.txt": SEEN,
        "same.txt": SEEN,
        "longer.txt": ("recipe", 11, 1_000),
        "later.txt": ("recipe", 10, 1_001),
        "earlier.txt": ("recipe", 10, 999),
        "redescribed.txt": ("another", 10, 1_000),
        "failed.txt": SEEN,
        "partly.txt": SEEN,
    }
    known = {path: indexed() for path in wanted if path != "new.txt"} | {"gone.txt": indexed()}
    known["failed.txt"] = indexed(failure=Failure("INDEX.md", 1, "failed.txt: empty"))
    known["partly.txt"] = indexed(failure=Failure("INDEX.md", 2, "partly.txt: b.pdf: is encrypted", lost=False))
    changed = ("longer.txt", "later.txt", "earlier.txt", "redescribed.txt", "failed.txt")
    number = list(wanted).index
    made = planned(wanted, known)
    assert made == Plan(
        added=array("I", [number("new.txt")]),
        changed={number(path): known[path] for path in changed},
        removed=["gone.txt"],
        unchanged=2,
        partial={number("partly.txt"): known["partly.txt"]},
    )
    assert tuple(made.changed) == tuple(map(number, changed))


sources = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.just("r"), st.integers(0, 2), st.integers(0, 2)))


@given(sources, sources)
def test_every_source_is_planned_once(wanted: dict[str, SourceStat], before: dict[str, SourceStat]) -> None:
    made = planned(wanted, {path: indexed(seen) for path, seen in before.items()})
    paths = list(wanted)
    same = [path for path, seen in wanted.items() if before.get(path) == seen]
    assert [paths[number] for number in made.added] == [path for path in wanted if path not in before]
    assert [paths[number] for number in made.changed] == [
        path for path in wanted if path in before and path not in same
    ]
    assert made.removed == sorted(before.keys() - wanted.keys())
    assert made.unchanged == len(same)


@given(sources)
def test_a_plan_carried_out_leaves_nothing_to_do(wanted: dict[str, SourceStat]) -> None:
    made = planned(wanted, {path: indexed(seen) for path, seen in wanted.items()})
    assert made == Plan(array("I"), {}, [], len(wanted), {})
