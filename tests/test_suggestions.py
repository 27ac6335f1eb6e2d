"""Did you mean: slips are told from words, by the words of the index, in whatever script, and
nothing is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from memory import MemoryEngine, MemorySearcher

from docindex.model.documents import IndexState, Metadata, Record, SourceState
from docindex.model.results import Candidate, Suggestion
from docindex.query import parser
from docindex.query.clause_reader import MAX_LEAVES
from docindex.search.spelling import MAX_CHECKED_WORDS, spelling_suggestions

ABOUT = IndexState(built="", version="1", records=0, root="/archive", manifest=None)
TEXTS = [
    ("fr", "Belmokhtar et les otages. BELMOKHTAR ! Le règlement de l'été."),
    ("fr", "Belmokhtar encore, et Kadhafi."),
    ("en", "The hostages and the settlement with Belmokhtar; Tripoli fell."),
    ("en", "The hostage was seen near Tripoli, the hostages were not."),
    ("ar", "اتفاق مع بلمختار"),
    *[("en", "the secretary of state")] * 40,
    ("en", "the secretray of the state"),
    *[("en", "the oswald file")] * 1300,
    *[("en", "the oswold file")] * 6,
    *[("en", "river and marten")] * 3,
    *[("en", "a martin in the village")] * 30,
]


@pytest.fixture(scope="module")
def index() -> Iterator[MemorySearcher]:
    engine = MemoryEngine()
    with engine.writer(ABOUT, full=True) as writer:
        for number, (language, text) in enumerate(TEXTS):
            record = Record(f"{number}.txt", None, Metadata(title="-", language=language), None, text, range(1, 2))
            writer.replace_source(record.path, SourceState("", "", 1, 1, 1))
            writer.add_documents([record])
    with engine.searcher() as index:
        yield index


def meant(index: MemorySearcher, text: str) -> dict[str, list[str]]:
    found = spelling_suggestions(parser.parse(text).query, index)
    return {suggestion.word: [one.word for one in suggestion.candidates] for suggestion in found}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Belmoktar", {"Belmoktar": ["Belmokhtar"]}),
        ("belmohktar", {"belmohktar": ["Belmokhtar"]}),
        ("belmokhtarr", {"belmokhtarr": ["Belmokhtar"]}),
        ("gadaffi", {"gadaffi": ["Kadhafi"]}),
        ("reglment", {"reglment": ["règlement"]}),
        ("بلمحتار", {"بلمحتار": ["بلمختار"]}),
        ("Belmokhtar", {}),
        ("règlements", {}),
        ("zzzzzz", {}),
        ("xy", {}),
        ("2013", {}),
        ("F-2014-20439", {}),
        ('"belmoktar hostges"', {"belmoktar": ["Belmokhtar"], "hostges": ["hostages", "hostage"]}),
        ("title:tripolli", {"tripolli": ["Tripoli"]}),
        ("path:tripolli", {}),
        ("tripoli -belmoktar", {}),
        ("belmokt* belmoktar~", {}),
        ("secretary", {}),
        ("secretray", {"secretray": ["secretary"]}),
        ("settlement", {}),
        ("oswold", {"oswold": ["oswald"]}),
        ("zapruder", {}),
        ("martun", {"martun": ["martin", "marten"]}),
        ("river martun", {"martun": ["marten", "martin"]}),
    ],
)
def test_slips_are_told_from_words(index: MemorySearcher, typed: str, expected: dict[str, list[str]]) -> None:
    assert meant(index, typed) == expected


def test_a_suggestion_says_how_many_records_either_word_finds(index: MemorySearcher) -> None:
    assert spelling_suggestions(parser.parse("belmoktar secretray").query, index) == (
        Suggestion("belmoktar", 0, (Candidate("Belmokhtar", 3),), clear=True),
        Suggestion("secretray", 1, (Candidate("secretary", 40),), clear=True),
    )


def test_two_words_as_near_leave_the_choice_open(index: MemorySearcher) -> None:
    (found,) = spelling_suggestions(parser.parse("hostagse").query, index)
    assert found == Suggestion("hostagse", 0, (Candidate("hostages", 2), Candidate("hostage", 2)), clear=False)


def test_a_query_of_very_many_words_has_few_looked_into(index: MemorySearcher) -> None:
    wrong = [f"belmoktar{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(MAX_LEAVES)]
    assert len(spelling_suggestions(parser.parse(" ".join(wrong)).query, index)) <= MAX_CHECKED_WORDS
