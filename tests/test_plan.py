"""The plan: wanted against indexed, in every combination."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docindex.model import Failure, Indexed
from docindex.plan import Plan, Seen, plan

SEEN = Seen("recipe", 10, 1_000)


def indexed(seen: Seen = SEEN, failure: Failure | None = None) -> Indexed:
    return Indexed("digest", seen.recipe, seen.size, seen.mtime_ns, 1, failure)


def test_each_source_is_in_the_list_it_belongs_to() -> None:
    wanted = {
        "new.txt": SEEN,
        "same.txt": SEEN,
        "longer.txt": Seen("recipe", 11, 1_000),
        "later.txt": Seen("recipe", 10, 1_001),
        "earlier.txt": Seen("recipe", 10, 999),
        "redescribed.txt": Seen("another", 10, 1_000),
        "failed.txt": SEEN,
    }
    known = {path: indexed() for path in wanted if path != "new.txt"} | {"gone.txt": indexed()}
    known["failed.txt"] = indexed(failure=Failure("INDEX.md", 1, "failed.txt: empty"))
    assert plan(wanted, known) == Plan(
        added=("new.txt",),
        changed=("longer.txt", "later.txt", "earlier.txt", "redescribed.txt", "failed.txt"),
        removed=("gone.txt",),
        unchanged=("same.txt",),
    )


sources = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Seen, st.just("r"), st.integers(0, 2), st.integers(0, 2))
)


@given(sources, sources)
def test_every_source_is_planned_once(wanted: dict[str, Seen], before: dict[str, Seen]) -> None:
    made = plan(wanted, {path: indexed(seen) for path, seen in before.items()})
    listed = [*made.added, *made.changed, *made.removed, *made.unchanged]
    assert sorted(listed) == sorted(wanted.keys() | before.keys())
    assert {*made.added, *made.changed, *made.unchanged} == wanted.keys()


@given(sources)
def test_a_plan_carried_out_leaves_nothing_to_do(wanted: dict[str, Seen]) -> None:
    made = plan(wanted, {path: indexed(seen) for path, seen in wanted.items()})
    assert made == Plan((), (), (), tuple(wanted))
