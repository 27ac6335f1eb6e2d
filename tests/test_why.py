"""Why nothing was found: each part alone, and each single change, counted by the engine itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from memory import MemoryEngine, MemorySearcher

from docindex.engines.base import SearchRequest
from docindex.model.documents import Date, Failure, IndexState, Metadata, Record, SourceState
from docindex.model.results import ClauseCount, Diagnosis, Relaxation
from docindex.query import parser
from docindex.query.ast import DateRange, Query, Word
from docindex.query.clause_reader import MAX_LEAVES
from docindex.search.diagnosis import MAX_CLAUSES, diagnose

OTHER_FORMS = 'with other forms of its words ("…"~)'

ABOUT = IndexState(built="", version="1", records=0, root="/archive", manifest=None)
TEXTS = {
    "a.txt": ("fr", date(2013, 1, 17), "Un accord très secret avec Belmokhtar"),
    "b.txt": ("en", date(2014, 5, 1), "The talks with Belmokhtar"),
    "c.txt": ("fr", date(2012, 2, 29), "Un accord rompu"),
}


@pytest.fixture(scope="module")
def index() -> Iterator[MemorySearcher]:
    engine = MemoryEngine()
    with engine.writer(ABOUT, full=True) as writer:
        for path, (language, day, text) in TEXTS.items():
            about = Metadata(title="-", language=language, date=Date(day.isoformat(), day, day, "day"))
            writer.replace_source(path, SourceState("", "", 1, 1, 1))
            writer.add_documents([Record(path, None, about, None, text, range(1, 2))])
        vague = Metadata(title="-", language="en", date=Date("2015", date(2015, 1, 1), date(2015, 12, 31), "year"))
        writer.replace_source("v.txt", SourceState("", "", 1, 1, 1))
        writer.add_documents([Record("v.txt", None, vague, None, "vague", range(1, 2))])
        writer.keep_source("d.pdf", SourceState("", "", 1, 1, 0, Failure("INDEX.md", 4, "d.pdf: is encrypted")))
    with engine.searcher() as index:
        yield index


def asked(index: MemorySearcher, text: str, *filters: Query, exact: bool = False, certain: bool = False) -> Diagnosis:
    parsed = parser.parse(text).query
    return diagnose(parsed, filters, SearchRequest(parsed, exact=exact, certain=certain), 0, index)


def changes(index: MemorySearcher, text: str, *filters: Query) -> dict[str, dict[str, int]]:
    return {
        part.text: {change.how: change.records for change in part.changes}
        for part in asked(index, text, *filters).parts
    }


def test_a_part_says_what_it_finds_and_what_each_change_of_it_would_give(index: MemorySearcher) -> None:
    assert asked(index, 'Belmokhtar "secret accord"') == Diagnosis(
        parts=(
            ClauseCount("Belmokhtar", 2, (Relaxation("without it", '"secret accord"', 0),)),
            ClauseCount(
                '"secret accord"',
                0,
                (
                    Relaxation("without it", "Belmokhtar", 2),
                    Relaxation(OTHER_FORMS, 'Belmokhtar AND "secret accord"~', 0),
                    Relaxation("as words", "Belmokhtar AND secret AND accord", 1),
                ),
            ),
        ),
        more=0,
        unsearched=1,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nowhere", {"nowhere": {}}),
        ("belmoktar accord", {"belmoktar": {"without it": 2, "spelt nearly so": 1}, "accord": {"without it": 0}}),
        ("tal accord", {"tal": {"without it": 2}, "accord": {"without it": 0}}),
        ("title:accord", {"title:accord": {"in any field": 2}}),
        ('title:"accord secret"', {'title:"accord secret"': {OTHER_FORMS: 0, "as words": 0, "in any field": 0}}),
        ("talks language:fr", {"talks": {"without it": 2}, "language:fr": {"without it": 1}}),
        ("talks date:2013", {"talks": {"without it": 1}, "date:2013": {"without it": 1, "a year wider": 1}}),
        ("rompu NOT accord", {"rompu": {"without it": 2}, "NOT accord": {"without it": 1}}),
        ("nowhere OR neither", {"nowhere OR neither": {}}),
        ('"nowhere"', {'"nowhere"': {OTHER_FORMS: 0}}),
        ("nowh*", {"nowh*": {}}),
    ],
)  # fmt: skip
def test_each_kind_of_part_has_its_own_changes(
    index: MemorySearcher, text: str, expected: dict[str, dict[str, int]]
) -> None:
    assert changes(index, text) == expected


def test_filters_of_flags_are_parts_like_others(index: MemorySearcher) -> None:
    assert changes(index, "talks", Word("fr", "language"), DateRange(None, date(2013, 12, 31))) == {
        "talks": {"without it": 2},
        "language:fr": {"without it": 0},
        "date:..2013": {"without it": 0, "a year wider": 0},
    }


@pytest.mark.parametrize(
    ("first", "last", "wider"),
    [
        (date(2012, 2, 29), date(2012, 2, 29), "date:2011-02-28..2013-02-28"),
        (date(1, 1, 1), date(9999, 12, 31), "date:*"),
        (date(2013, 1, 1), None, "date:2012.."),
    ],
)
def test_a_date_is_widened_by_a_year_wherever_there_is_one(
    index: MemorySearcher, first: date | None, last: date | None, wider: str
) -> None:
    part = diagnose(DateRange(first, last), (), SearchRequest(DateRange(first, last)), 0, index).parts[0]
    assert [(change.how, change.query) for change in part.changes] == [("a year wider", wider)]


def test_exact_words_are_tried_in_any_form(index: MemorySearcher) -> None:
    assert asked(index, "accords", exact=True).parts == (
        ClauseCount("accords", 0, (Relaxation("in any form", "accords", 2),)),
    )  # fmt: skip


def test_dates_that_only_may_be_so_are_tried(index: MemorySearcher) -> None:
    found = asked(index, "vague", DateRange(date(2015, 6, 1), date(2015, 6, 30)), certain=True)
    assert found.parts[0] == ClauseCount(
        "vague",
        1,
        (
            Relaxation("without it", "date:2015-06", 0),
            Relaxation("with dates that may be so", "vague AND date:2015-06", 1),
        ),
    )


def test_of_very_many_parts_few_are_looked_into(index: MemorySearcher) -> None:
    found = asked(index, " ".join(f"w{number}" for number in range(MAX_LEAVES)))
    assert (len(found.parts), found.more) == (MAX_CLAUSES, MAX_LEAVES - MAX_CLAUSES)
