"""Contract of every engine: sets, order by field, facets, totals, transactions and snapshots."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import snapshots
from contract import ABOUT, RECORDS, fill, ids, indexed, record
from memory import MemoryEngine
from msgspec.structs import replace

from docindex.engines.base import SearchRequest
from docindex.engines.registry import open_engine
from docindex.errors import IndexMissing
from docindex.model.choices import BY_THREAD
from docindex.model.documents import Date, Failure, Message, Metadata, Record, SourceState
from docindex.model.results import Groups
from docindex.query.ast import And, DateRange, Fuzzy, MatchAll, Not, Or, Phrase, Prefix, Wildcard, Word
from docindex.ranking.term_list import SimilarTerm

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.engines.base import Engine
    from docindex.query.ast import Query


@pytest.fixture(params=["whoosh", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    return open_engine(tmp_path / "index") if request.param == "whoosh" else MemoryEngine()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Word("belmokhtar", None), {"a.txt", "b.txt", "c.txt"}),
        (Word("BELMOKHTAR", None), {"a.txt", "b.txt", "c.txt"}),
        (Word("بِلْمُخْتار", None), {"d.txt"}),
        (Word("negociation", None), {"b.txt"}),
        (Word("talk", None), {"c.txt"}),
        (Word("sidney", None), {"b.txt"}),
        (Word("nowhere", None), set()),
        (Word("accord", None), {"a.txt", "d.txt", "dir/f.txt"}),
        (Word("accord", "title"), {"a.txt"}),
        (Word("accord", "body"), {"a.txt", "dir/f.txt"}),
        (Word("accord", "subject"), {"d.txt"}),
        (Word("press", "collection"), {found.id for found in RECORDS}),
        (Word("gazette", "publisher"), {"c.txt"}),
        (Word("en", "language"), {"c.txt"}),
        (Word("dir/f.txt", "path"), {"dir/f.txt"}),
        (Prefix("dir/", "path"), {"dir/f.txt"}),
        (Wildcard("?.txt", "path"), {"a.txt", "b.txt", "c.txt", "d.txt", "e.txt#one", "e.txt#two"}),
        (Phrase("accord secret", None), {"a.txt", "d.txt"}),
        (Phrase("secret accord", None), set()),
        (Phrase("accord secret", None, 1), {"a.txt", "d.txt", "dir/f.txt"}),
        (Phrase("accords secrets", None), set()),
        (Phrase("accords secrets", None, any_form=True), {"a.txt"}),
        (Phrase("accord secret", "subject"), {"d.txt"}),
        (Phrase("secret otages", None), set()),
        (Phrase("Accord Le", None), set()),
        (Phrase("le règlement avec", None), {"a.txt"}),
        (Phrase("were broken off", None), {"c.txt"}),
        (Prefix("belmo", None), {"a.txt", "b.txt", "c.txt"}),
        (Prefix("élè", None), {"e.txt#one", "e.txt#two"}),
        (Prefix("l’acc", None), {"a.txt", "d.txt", "dir/f.txt"}),
        (Prefix("avec-belmo", None), {"a.txt"}),
        (Fuzzy("avec-belmoktar", None), {"a.txt"}),
        (Wildcard("accord-s*t", None), {"a.txt", "d.txt"}),
        (Wildcard("b?lm*tar", None), {"a.txt", "b.txt", "c.txt"}),
        (Wildcard("*mokht*", None), {"a.txt", "b.txt", "c.txt"}),
        (Wildcard("*a*b*c*d*", None), set()),
        (Fuzzy("belmoktar", None, 1), {"a.txt", "b.txt", "c.txt"}),
        (Fuzzy("belmktar", None, 1), set()),
        (Fuzzy("pelmokhtar", None, 1), {"a.txt", "b.txt", "c.txt"}),  # the first letter is free too
        (Fuzzy("elmokhtar", None, 1), {"a.txt", "b.txt", "c.txt"}),
        (Fuzzy("peimokhtar", None, 2), {"a.txt", "b.txt", "c.txt"}),
        (Fuzzy("ebokhtar", None, 2), set()),
        (And((Word("belmokhtar", None), Word("secret", None))), {"a.txt", "c.txt"}),
        (And((Word("belmokhtar", None), Not(Word("secret", None)))), {"b.txt"}),
        (Or((Word("talks", None), Word("affaire", None))), {"c.txt", "dir/f.txt"}),
        (Not(Word("belmokhtar", None)), {"d.txt", "e.txt#one", "e.txt#two", "dir/f.txt"}),
        (And((Not(Word("belmokhtar", None)), Not(Word("accord", None)))), {"e.txt#one", "e.txt#two"}),
        (MatchAll(), {found.id for found in RECORDS}),
        (DateRange(date(2013, 1, 1), date(2013, 1, 31)), {"b.txt", "dir/f.txt"}),
        (DateRange(None, date(2013, 1, 1)), {"dir/f.txt"}),
        (DateRange(date(2013, 1, 2), None), {"a.txt", "b.txt"}),
    ],
    ids=repr,
)  # fmt: skip
def test_a_query_finds_its_records_and_no_others(engine: Engine, query: Query, expected: set[str]) -> None:
    found = ids(fill(engine), query)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"alike": "show"}, ["1", "2", "3", "4", "5", "6"]),
        ({"alike": "fold"}, ["1", "2", "4", "6"]),
        ({"alike": "only"}, ["1", "3", "4", "5"]),
        ({"alike": "fold", "limit": 2, "offset": 1}, ["2", "4"]),
        ({"alike": "only", "limit": 1, "offset": 1}, ["4", "5"]),
        ({"alike": "fold", "reverse": True}, ["6", "5", "3", "2"]),
        ({"alike": "fold", "limit": 0}, []),
    ],
)
def test_what_is_alike_stands_together(engine: Engine, wanted: dict[str, object], expected: list[str]) -> None:
    said = " ".join(f"mot{number}" for number in range(60))
    texts = [said, "Un mot.", f"{said} encore", "Deux mots.", "deux  MOTS.", ""]
    fill(engine, [record(f"{number}", text) for number, text in enumerate(texts, start=1)])
    answer = snapshots.search(
        engine, SearchRequest(MatchAll(), **{"limit": None, "sort": "path", "facets": ("language",), **wanted})
    )  # type: ignore[arg-type]
    assert [found.id for found, _ in answer.hits] == expected
    assert (answer.total, answer.facets) == (6, {"language": {"fr": 6}})
    groups = {"show": None, "fold": Groups(4, 6), "only": Groups(2, 4)}
    assert answer.groups == groups[str(wanted["alike"])]
    first, last = ("3", "5") if "reverse" in wanted else ("1", "4")
    others = {"1": ("3",), "3": ("1",), "4": ("5",), "5": ("4",)}
    told = {one: others[one] for one in (first, last) if one in expected and answer.groups}
    assert dict(answer.alike) == told


def test_records_come_back_as_they_were_given(engine: Engine) -> None:
    fill(engine)
    answer = snapshots.search(engine, SearchRequest(MatchAll(), None, sort="path"))
    assert [found for found, _ in answer.hits] == sorted(RECORDS, key=lambda found: found.id)


def test_lines_out_of_step_come_back_as_they_were_given(engine: Engine) -> None:
    odd = Record("x.md", None, Metadata(), None, "one\n\ntwo\nthree", (3, 4, 9, 10))
    fill(engine, [odd])
    ((found, _),) = snapshots.search(engine, SearchRequest(MatchAll())).hits
    assert list(found.lines) == [3, 4, 9, 10]


def test_exact_words_neither_stem_nor_fold(engine: Engine) -> None:
    fill(engine)
    assert ids(engine, Word("élèves", None), exact=True) == ["e.txt#one"]
    assert ids(engine, Word("élève", None), exact=True) == []
    assert ids(engine, Word("eleve", None), exact=True) == ["e.txt#two"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Phrase("to be or not to be", None), ["hamlet.txt"]),
        (Word("F-2014-20439", None), ["case.txt"]),
        (Word("2014-20439", None), ["case.txt"]),
        (Word("C05797110", None), ["case.txt"]),
        (Word("30.322", None), ["cables.txt"]),
        (Word("30322", None), ["cables.txt"]),
        (Word("U.S.", None), ["cables.txt", "case.txt"]),
        (Word("US", None), ["cables.txt", "case.txt"]),
    ],
    ids=repr,
)
def test_numbers_acronyms_and_function_words_can_be_searched(engine: Engine, query: Query, expected: list[str]) -> None:
    texts = {
        "cables.txt": "The US sent 30.322 cables.",
        "case.txt": "U.S. Department of State, Case No. F-2014-20439, Doc No. C05797110",
        "hamlet.txt": "To be, or not to be: that is the question.",
        "other.txt": "It is not to be, or so it seems to be; F-2014-20440, C05797111.",
    }
    fill(engine, [record(path, body, language="en") for path, body in texts.items()])
    assert sorted(ids(engine, query)) == expected


def test_equal_records_stand_in_the_order_of_their_ids(engine: Engine) -> None:
    fill(engine, [record(f"{name}.txt", "Le même texte.", title="Titre") for name in "cadb"])
    expected = ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert ids(engine, Word("texte", None)) == expected
    assert ids(engine, Word("texte", None), limit=2) == expected[:2]
    assert ids(engine, Word("texte", None), limit=2, offset=1) == expected[1:3]
    assert ids(engine, Word("texte", None), offset=9) == []


def test_a_slice_knows_the_total(engine: Engine) -> None:
    fill(engine)
    assert snapshots.search(engine, SearchRequest(Word("belmokhtar", None), limit=1)).total == 3
    assert snapshots.search(engine, SearchRequest(Word("belmokhtar", None), limit=0)).hits == ()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("date", ["a.txt", "b.txt", "dir/f.txt", "c.txt", "d.txt", "e.txt#one", "e.txt#two"]),
        ("path", ["a.txt", "b.txt", "c.txt", "d.txt", "dir/f.txt", "e.txt#one", "e.txt#two"]),
        ("title", ["a.txt", "dir/f.txt", "e.txt#two", "b.txt", "c.txt", "d.txt", "e.txt#one"]),
    ],
)
def test_matches_can_be_sorted(engine: Engine, sort: str, expected: list[str]) -> None:
    assert ids(fill(engine), MatchAll(), sort=sort) == expected


def test_the_records_alone_come_in_the_same_order(engine: Engine) -> None:
    fill(engine)
    for wanted in (SearchRequest(Word("accord"), None), SearchRequest(MatchAll(), 3, 1, sort="path", alike="only")):
        ranked = snapshots.search(engine, replace(wanted, alike="show")).hits
        assert list(snapshots.records(engine, wanted)) == [found for found, _ in ranked]


def test_reversed_dates_still_end_with_the_undated(engine: Engine) -> None:
    found = ids(fill(engine), MatchAll(), sort="date", reverse=True)
    assert found == ["dir/f.txt", "b.txt", "a.txt", "c.txt", "d.txt", "e.txt#one", "e.txt#two"]


def test_an_index_that_was_never_built_is_missing(engine: Engine) -> None:
    with pytest.raises(IndexMissing):
        snapshots.search(engine, SearchRequest(MatchAll()))
    with pytest.raises(IndexMissing):
        snapshots.state(engine)


def test_the_state_tells_what_was_built(engine: Engine) -> None:
    failure = Failure("INDEX.md", 9, "x.txt: empty", "fill it")
    with engine.writer(ABOUT, full=True) as writer:
        writer.replace_source("a.txt", indexed(1))
        writer.add_documents(engine.invert(RECORDS[:1]))
        writer.replace_source("x.txt", SourceState("", "recipe", 0, 5, 0, failure))
    state = snapshots.state(engine)
    assert (state.records, state.root, state.manifest) == (1, "/archive", "/archive/INDEX.md")
    assert (state.sources, state.failures) == (2, (failure,))
    assert snapshots.sources(engine) == {"a.txt": indexed(1), "x.txt": SourceState("", "recipe", 0, 5, 0, failure)}


def counts(engine: Engine, query: Query, *facets: str, limit: int | None = 0) -> dict[str, list[tuple[str, int]]]:
    found = snapshots.search(engine, SearchRequest(query, limit=limit, facets=facets)).facets
    return {name: list(values.items()) for name, values in found.items()}


def test_all_matches_are_counted_by_facets_the_most_frequent_value_first(engine: Engine) -> None:
    fill(engine)
    assert counts(engine, MatchAll(), "year", "language", "collection") == {
        "year": [("", 4), ("2013", 2), ("2016", 1)],
        "language": [("fr", 5), ("ar", 1), ("en", 1)],
        "collection": [("Press / 2013", 7)],
    }
    assert counts(engine, Word("belmokhtar"), "publisher", "creator", limit=1) == {
        "publisher": [("", 2), ("The Gazette", 1)],
        "creator": [("", 2), ("Sidney", 1)],
    }
    assert counts(engine, Word("accord"), "subject") == {"subject": [("", 2), ("accord secret", 1), ("otages", 1)]}
    assert counts(engine, Word("nothing"), "subject", "year") == {"subject": [], "year": []}
    assert counts(engine, MatchAll()) == {}


def test_a_whole_value_finds_as_many_records_as_it_counts_and_words_find_those_that_hold_them(engine: Engine) -> None:
    names = ["Sid", "Sid Blumenthal", "Müller,  A", "muller, a", "Sid"]
    fill(engine, [record(f"{number}.txt", "mot", creator=name) for number, name in enumerate(names)])

    def found(text: str) -> list[str]:
        return sorted(ids(engine, Phrase(text, "creator", whole=True)))

    for name, count in counts(engine, MatchAll(), "creator")["creator"]:
        assert len(found(name)) == count
    assert found("Sid") == ["0.txt", "4.txt"]
    assert found("Muller, A") == ["2.txt", "3.txt"]
    assert found("blumenthal") == ["1.txt"]
    assert found("nobody") == []


def test_counts_follow_what_changes(engine: Engine) -> None:
    fill(engine)
    with engine.writer(ABOUT) as writer:
        writer.replace_source("c.txt", indexed(1))
        writer.add_documents(engine.invert([record("c.txt", "Belmokhtar", publisher="Le Journal")]))
        writer.delete_source("a.txt")
    assert counts(engine, Word("belmokhtar"), "publisher") == {"publisher": [("", 1), ("Le Journal", 1)]}


def test_a_change_replaces_keeps_and_removes(engine: Engine) -> None:
    fill(engine)
    with engine.writer(ABOUT) as writer:
        writer.delete_source("c.txt")
        writer.keep_source("b.txt", indexed(1, "touched"))
        writer.replace_source("e.txt", indexed(1))
        writer.add_documents(engine.invert([record("e.txt", "Troisième.", part="three")]))
        writer.replace_source("g.txt", indexed(1))
        writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))
    assert ids(engine, MatchAll(), sort="path") == ["a.txt", "b.txt", "d.txt", "dir/f.txt", "e.txt#three", "g.txt"]
    assert set(ids(engine, Word("belmokhtar", None))) == {"a.txt", "b.txt"}
    assert ids(engine, Word("eleve", None)) == []
    assert snapshots.sources(engine)["b.txt"].content == "touched"
    assert snapshots.state(engine).records == 6


def test_a_full_change_starts_from_nothing(engine: Engine) -> None:
    fill(engine)
    fill(engine, RECORDS[:1])
    assert ids(engine, MatchAll()) == ["a.txt"]
    assert list(snapshots.sources(engine)) == ["a.txt"]


@pytest.mark.parametrize("full", [True, False])
def test_a_change_that_fails_changes_nothing(engine: Engine, *, full: bool) -> None:
    fill(engine)
    before = snapshots.state(engine), snapshots.sources(engine)

    def change() -> None:
        with engine.writer(ABOUT, full=full) as writer:
            writer.replace_source("a.txt", indexed(1, "new"))
            writer.add_documents(engine.invert([record("a.txt", "Autre chose.")]))
            writer.delete_source("b.txt")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change()
    assert (snapshots.state(engine), snapshots.sources(engine)) == before
    assert set(ids(engine, Word("belmokhtar", None))) == {"a.txt", "b.txt", "c.txt"}
    fill(engine, RECORDS[:2])
    assert set(ids(engine, MatchAll())) == {"a.txt", "b.txt"}


def test_folded_terms_are_counted_by_their_records(engine: Engine) -> None:
    records = [
        record("a.txt", "Élèves élève", title="A"),
        record("b.txt", "eleves", title="B"),
        record("c.txt", "talks", title="C", language="en"),
    ]
    forms = ("press", "eleve", "eleves", "talks", "élève", "talk")
    with fill(engine, records).searcher() as index:
        assert {form: index.doc_freq(form) for form in forms} == {
            "press": 3, "eleve": 1, "eleves": 2, "talks": 1, "élève": 0, "talk": 0
        }  # fmt: skip
        assert index.similar_terms("eleve", 1) == {"eleves": SimilarTerm(1, 2)}
        assert index.similar_terms("elevage", 4) == {"eleve": SimilarTerm(2, 1), "eleves": SimilarTerm(3, 2)}
        assert index.languages == {"fr": 2, "en": 1}


def test_terms_follow_a_change_and_an_open_snapshot_does_not(engine: Engine) -> None:
    fill(engine, [record("a.txt", "one", title="A")])
    with engine.searcher() as before:
        with engine.writer(ABOUT) as writer:
            writer.replace_source("b.txt", indexed(1))
            writer.add_documents(engine.invert([record("b.txt", "two", title="B")]))
        assert (before.doc_freq("two"), before.state.records, dict(before.sources()).keys()) == (0, 1, {"a.txt"})
        assert before.count([SearchRequest(Word("two")), SearchRequest(Word("one"))]) == [0, 1]
    with engine.searcher() as after:
        assert (after.doc_freq("two"), after.state.records, dict(after.sources()).keys()) == (1, 2, {"a.txt", "b.txt"})
        assert after.count([SearchRequest(Word("two")), SearchRequest(Word("one"))]) == [1, 1]
    assert ids(engine, Prefix("tw")) == ["b.txt"]
    assert ids(engine, Fuzzy("oone")) == ["a.txt"]


@pytest.mark.parametrize(
    ("query", "may", "must"),
    [
        (DateRange(date(2013, 1, 1), date(2013, 1, 31)), ["day", "month", "year", "years"], ["day", "month"]),
        (DateRange(date(2013, 1, 1), date(2013, 12, 31)), ["day", "month", "year", "years"], ["day", "month", "year"]),
        (DateRange(date(2013, 1, 17), date(2013, 1, 17)), ["day", "month", "year", "years"], ["day"]),
        (DateRange(date(2013, 6, 1), None), ["year", "years"], []),
        (DateRange(None, date(2013, 6, 1)), ["day", "month", "year", "years"], ["day", "month"]),
        (DateRange(None, None), ["day", "month", "year", "years"], ["day", "month", "year", "years"]),
        (Not(DateRange(date(2013, 1, 1), date(2013, 1, 31))), ["none"], ["none", "year", "years"]),
        (
            And((Word("text"), DateRange(None, date(2013, 12, 31)))),
            ["day", "month", "year", "years"],
            ["day", "month", "year"],
        ),
    ],
    ids=repr,
)
def test_a_vague_date_may_lie_in_the_time_asked_for_or_must(
    engine: Engine, query: Query, may: list[str], must: list[str]
) -> None:
    dates = {
        "day": Date("2013-01-17", date(2013, 1, 17), date(2013, 1, 17), "day"),
        "month": Date("2013-01", date(2013, 1, 1), date(2013, 1, 31), "month"),
        "year": Date("2013", date(2013, 1, 1), date(2013, 12, 31), "year"),
        "years": Date("2012/2014", date(2012, 1, 1), date(2014, 12, 31), "interval"),
        "none": None,
    }
    fill(engine, [record(name, "text", date=day) for name, day in dates.items()])
    found = [sorted(ids(engine, query)), sorted(ids(engine, query, certain=True))]
    assert found == [sorted(may), sorted(must)]


def test_a_conversation_is_found_by_any_of_its_messages_and_folds_their_matches(engine: Engine) -> None:
    def message(path: str, number: int, above: tuple[str, ...] = ()) -> Record:
        made = record(path, "The talks in Gao.", language="en", day=date(2011, 1, number))
        return replace(made, message=Message(id=f"{number}@mail.example", references=above))

    fill(engine, [message("a", 3, ("1@mail.example",)), message("b", 1), message("c", 2), record("d.txt", "Talks.")])
    with engine.searcher() as index:
        assert [found.id for found in index.thread("b")] == [found.id for found in index.thread("a")] == ["a", "b"]
        assert [found.id for found in index.thread("d.txt")] == ["d.txt"]
        assert index.thread("absent") == []
        request = SearchRequest(Word("talks"), 2, sort="path", alike=BY_THREAD)
        answer = index.search(request)
        assert ([found.id for found, _ in answer.hits], answer.groups) == (["a", "c"], Groups(3, 4))
        assert answer.alike == {"a": ("b",)}
        assert [found.id for found in index.records(replace(request, limit=None))] == ["a", "c", "d.txt"]
