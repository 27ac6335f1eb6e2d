"""A phrase in quotes is the words as typed; `~` admits their other forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from docindex.engines import registry
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.model.results import Results
from docindex.query.parser import parse
from docindex.query.printer import describe
from docindex.search.search import SearchOptions, explain, search

TEXTS = {
    "one.txt": "They violated the agreement of last year and they said so to all of us.",
    "two.txt": "Nobody may violate the agreements that we have made with them in the spring.",
    "three.txt": "Le règlement de l’école a été lu à tous les élèves de la ville.",
    "four.txt": "Title\n\nThe report on the Violate the Agreement campaign was long and dull.",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("verbatim")
    for name, text in TEXTS.items():
        Path(folder, name).write_text(text, encoding="utf-8")
    engine = registry.open_engine(folder / ".docindex")
    build(load.load(folder), engine)

    def answer(text: str, **options: bool) -> Results:
        with engine.searcher() as index:
            return search(text, index, SearchOptions(**options))

    return answer


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"violate the agreement"', {"four.txt"}),
        ('"VIOLATE THE AGREEMENT"', {"four.txt"}),
        ('"violate the agreement"~', {"one.txt", "two.txt", "four.txt"}),
        ('"violate the agreement"~0', {"one.txt", "two.txt", "four.txt"}),
        ('"agreement violate"~2', {"one.txt", "two.txt", "four.txt"}),
        ('"violate"', {"two.txt", "four.txt"}),
        ('"violate"~', {"one.txt", "two.txt", "four.txt"}),
        ("violate", {"one.txt", "two.txt", "four.txt"}),
        ('"reglement de l\'ecole"', {"three.txt"}),
        ('body:"violates the agreement"', set()),
        ('title:"violate"', set()),
    ],
)
def test_only_a_tilde_admits_other_forms(ask, query: str, expected: set[str]) -> None:  # type: ignore[no-untyped-def]
    assert {hit.record.path for hit in ask(query).hits} == expected


def test_what_is_marked_is_what_was_typed(ask) -> None:  # type: ignore[no-untyped-def]
    marked = {
        hit.record.path: [passage.text[mark.start : mark.stop] for passage in hit.passages for mark in passage.marks]
        for hit in ask('"violate" OR campaign').hits
    }
    assert marked == {"two.txt": ["violate"], "four.txt": ["Violate", "campaign"]}


def test_a_phrase_that_finds_nothing_offers_its_looser_reading(ask) -> None:  # type: ignore[no-untyped-def]
    results = ask('"violates the agreement"')
    (part,) = results.why.parts
    looser = part.changes[0]
    assert (looser.how, looser.query, looser.records) == (
        'with other forms of its words ("…"~)',
        '"violates the agreement"~',
        3,
    )


def test_the_explanation_tells_the_two_apart() -> None:
    assert describe(parse('"a b"').query) == "the phrase 'a b', as typed"
    assert describe(parse('"a b"~').query) == "the phrase 'a b' in any form of its words"
    typed = explain('"violates"', ["en"], SearchOptions()).sought[0]
    loose = explain('"violates"~', ["en"], SearchOptions()).sought[0]
    assert typed.terms == {"en": (("violates",),)}
    assert "~violat" in loose.terms["en"][0]
