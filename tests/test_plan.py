"""The plan: wanted against indexed, in every combination."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docindex.model import Failure, Indexed
from docindex.plan import Plan, Seen, plan

SEEN = Seen("recipe", 10, 1_000)


def indexed(seen: Seen = SEEN, failure: Failure | None = None) -> Indexed:
    return Indexed("digest", seen.recipe, seen.size, seen.mtime_ns, 1, failure)


def planned(wanted: dict[str, Seen], known: dict[str, Indexed]) -> Plan:
    return plan(wanted, known.items(), wanted.__getitem__)


def test_each_source_is_in_the_list_it_belongs_to() -> None:
    wanted = {
        "new.txt": SEEN,
        "same.txt": SEEN,
        "longer.txt": Seen("recipe", 11, 1_000),
        "later.txt": Seen("recipe", 10, 1_001),
        "earlier.txt": Seen("recipe", 10, 999),
        "redescribed.txt": Seen("another", 10, 1_000),
        "failed.txt": SEEN,
        "partly.txt": SEEN,
    }
    known = {path: indexed() for path in wanted if path != "new.txt"} | {"gone.txt": indexed()}
    known["failed.txt"] = indexed(failure=Failure("INDEX.md", 1, "failed.txt: empty"))
    known["partly.txt"] = indexed(failure=Failure("INDEX.md", 2, "partly.txt: b.pdf: is encrypted", lost=False))
    changed = ("longer.txt", "later.txt", "earlier.txt", "redescribed.txt", "failed.txt")
    made = planned(wanted, dict(reversed(known.items())))
    assert made == Plan(
        added=("new.txt",),
        changed={path: known[path] for path in changed},
        removed=("gone.txt",),
        unchanged=2,
        partial={"partly.txt": known["partly.txt"]},
    )
    assert tuple(made.changed) == changed


sources = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Seen, st.just("r"), st.integers(0, 2), st.integers(0, 2))
)


@given(sources, sources)
def test_every_source_is_planned_once(wanted: dict[str, Seen], before: dict[str, Seen]) -> None:
    made = planned(wanted, {path: indexed(seen) for path, seen in before.items()})
    same = [path for path, seen in wanted.items() if before.get(path) == seen]
    listed = [*made.added, *made.changed, *made.removed, *same]
    assert sorted(listed) == sorted(wanted.keys() | before.keys())
    assert {*made.added, *made.changed, *same} == wanted.keys()
    assert made.unchanged == len(same)


@given(sources)
def test_a_plan_carried_out_leaves_nothing_to_do(wanted: dict[str, Seen]) -> None:
    made = planned(wanted, {path: indexed(seen) for path, seen in wanted.items()})
    assert made == Plan((), {}, (), len(wanted), {})
