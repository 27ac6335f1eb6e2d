"""Contract of the engines that rank by `docindex.ranking`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import snapshots
from contract import fill, ids, record
from memory import MemoryEngine
from msgspec.structs import replace

from docindex.engines.base import SearchRequest
from docindex.engines.registry import open_engine
from docindex.model.documents import Span
from docindex.query.ast import And, Not, Or, Phrase, Prefix, Word

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.engines.base import Engine


@pytest.fixture(params=["whoosh", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    return open_engine(tmp_path / "index") if request.param == "whoosh" else MemoryEngine()


def test_what_a_message_quotes_is_found_and_counts_less(engine: Engine) -> None:
    question = "Will the accord hold? Nobody in the ministry can tell us that."
    quotes = f"Yes.\n> {question}\nNo doubt."
    answers = [replace(record(f"{n}.eml", quotes), quoted=(Span(5, 5 + len(question) + 2),)) for n in range(3)]
    fill(engine, [*answers, record("z.eml", question)])
    for query in (
        Word("accord", None),
        Word("accord", "body"),
        Phrase("accord hold", None),
        Phrase("can tell", "body"),
    ):
        assert ids(engine, query) == ["z.eml", "0.eml", "1.eml", "2.eml"], query
    assert snapshots.search(engine, SearchRequest(Word("yes", None))).hits[0][0] == answers[0]


def test_the_exact_word_ranks_above_its_stem(engine: Engine) -> None:
    texts = {"many.txt": "Ses chevaux.", "one.txt": "Son cheval.", "other.txt": "Rien."}
    fill(engine, [record(path, body) for path, body in texts.items()])
    assert ids(engine, Word("cheval", None)) == ["one.txt", "many.txt"]
    assert ids(engine, Word("chevaux", None)) == ["many.txt", "one.txt"]


def test_the_accents_typed_rank_first(engine: Engine) -> None:
    assert ids(fill(engine), Word("élève", "body")) == ["e.txt#two", "e.txt#one"]  # eleve, élèves
    texts = {"a.txt": "Un eleve.", "b.txt": "Un élève."}
    assert ids(fill(engine, [record(path, body) for path, body in texts.items()]), Word("élève", None))[0] == "b.txt"


def test_the_title_counts_more_than_the_body(engine: Engine) -> None:
    texts = [record("a.txt", "Les otages et le reste.", title="Autre"), record("b.txt", "Le reste.", title="Otages")]
    assert ids(fill(engine, texts), Word("otages", None)) == ["b.txt", "a.txt"]


def test_a_question_is_about_its_content_words(engine: Engine) -> None:
    texts = {
        "answer.txt": "Belmokhtar a tué des otages.",
        "noise.txt": "Combien ? Pourquoi ? Comment ? Quand ?",
        "others.txt": "Rien.",
    }
    fill(engine, [record(path, body) for path, body in texts.items()])
    asked = Or(tuple(Word(word, None) for word in "combien d'otages et pourquoi".split()))
    assert ids(engine, asked) == ["answer.txt", "noise.txt"]


def test_function_words_are_those_of_the_querys_language(engine: Engine) -> None:
    texts = [
        record("noise.txt", "The of, of the.", language="en"),
        record("war.txt", "War in the north.", language="en"),
        *(record(f"{number}.txt", "Ein Krieg.", language="de") for number in range(5)),
    ]
    asked = Or(tuple(Word(word, None) for word in ("the", "war", "of")))
    assert ids(fill(engine, texts), asked) == ["war.txt", "noise.txt"]  # though war is German for was


def test_an_accent_makes_another_word_than_the_function_word(engine: Engine) -> None:
    texts = [record("a.txt", "Combien ? Combien ?"), record("b.txt", "Trois dés.")]
    assert ids(fill(engine, texts), Or((Word("dés", None), Word("combien", None)))) == ["b.txt", "a.txt"]


@pytest.mark.parametrize(
    ("word", "language", "richer", "poorer"),
    [
        ("Fußball", "de", "Fußball im Fußballverein.", "Fußball im Schützenverein."),
        ("Fußballverein", "de", "Ein Fußballverein spielt Fußball.", "Ein Fußballverein spielt Handball."),
        ("Fußballverein", "de", "Der Fußballverein, ein Verein.", "Der Fußballverein, ein Gewinn."),
        (
            "gouvernement",
            "fr",
            "Le gouvernement, la crise gouvernementale.",
            "Le gouvernement, la crise internationale.",
        ),
    ],
)
def test_akin_words_raise_a_record_that_holds_the_word(
    engine: Engine, word: str, language: str, richer: str, poorer: str
) -> None:
    akin = richer.replace(word, "x")  # holds no form of the word itself
    texts = {"a.txt": poorer, "b.txt": richer, "c.txt": akin}
    fill(engine, [record(path, body, language=language) for path, body in texts.items()])
    assert ids(engine, Word(word, None)) == ["b.txt", "a.txt"]


def test_words_that_stand_together_rank_first(engine: Engine) -> None:
    texts = {"a.txt": "accord x x x x x x x x x x x secret", "b.txt": "x x x x x x accord secret x x x x x"}
    fill(engine, [record(path, body) for path, body in texts.items()])
    assert ids(engine, And((Word("accord", None), Word("secret", None)))) == ["b.txt", "a.txt"]


def test_engines_agree_on_every_score(tmp_path: Path) -> None:
    queries = [
        Word("belmokhtar", None),
        Or((Word("accord", None), Word("secret", None), Word("eleve", None))),
        And((Phrase("accord secret", None), Not(Word("zzz", None)))),
        Prefix("s", None),
    ]
    # An engine may store a length in one byte, which is exact up to ten words.
    records = [
        record("a.txt", "Belmokhtar, un accord secret.", title="Accord"),
        record("b.txt", "Le secret de Belmokhtar."),
        record("c.txt", "Talks with Belmokhtar.", language="en"),
        record("d.txt", "Élèves.", subject=("accord secret",)),
        record("e.txt", "Un texte.", creator="Eleve"),
    ]
    engines = [fill(open_engine(tmp_path / "index"), records), fill(MemoryEngine(), records)]
    for query in queries:
        answers = [
            {found.id: score for found, score in snapshots.search(engine, SearchRequest(query, None)).hits}
            for engine in engines
        ]
        assert answers[0] == pytest.approx(answers[1], rel=1e-6)
