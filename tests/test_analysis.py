"""Analysis: which words find each other, and where a word stands in the text as it was written."""

from __future__ import annotations

import random
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.analysis import analyzer, folding, stemming, token_cache, vectorized
from docindex.analysis.tokenizer import Tokenizer
from docindex.ranking.term_expansion import expand_terms


def words(text: str, language: str) -> list[tuple[str, str, int]]:
    """Each token: its folded form, the text it stands for, its position."""
    tokens = analyzer.analyze(text, language)
    columns = zip(tokens.forms, tokens.starts, tokens.stops, tokens.positions, strict=True)
    return [(forms[0], text[start:stop], position) for forms, start, stop, position in columns]


def found(query: str, text: str, language: str, *, exact: bool = False) -> list[str]:
    """The pieces of the text that a query of one word finds."""
    (slot,) = expand_terms(query, language, exact=exact)
    tokens = analyzer.analyze(text, language)
    columns = zip(tokens.forms, tokens.starts, tokens.stops, strict=True)
    return [text[start:stop] for forms, start, stop in columns if any(form in slot for form in forms)]


@pytest.mark.parametrize(
    ("query", "text", "language", "marked"),
    [
        ("cheval", "Des chevaux, un cheval.", "fr", ["chevaux", "cheval"]),
        ("negocier", "Ces négociations", "fr", ["négociations"]),
        ("élève", "élèves, eleve", "fr", ["élèves", "eleve"]),
        ("eleve", "élèves, élève", "fr", ["élèves", "élève"]),
        ("algerie", "l'Algérie, ALGÉRIE", "fr", ["Algérie", "ALGÉRIE"]),
        ("otages", "la prise d’otages", "fr", ["otages"]),
        ("installation", "l'installation BP", "fr", ["installation"]),
        ("jusqu'alors", "jusqu’alors", "fr", ["alors"]),
        ("gouvernement", "le gouver-\nnement dit", "fr", ["gouver-\nnement"]),
        ("gouvernement", "le gouver\u00adnement dit", "fr", ["gouver\u00adnement"]),
        ("aqmi", "AQMI et d'AQMI", "fr", ["AQMI", "AQMI"]),
        ("tombee", "tombée", "fr", ["tombée"]),
        ("oeuvre", "l’œuvre", "fr", ["œuvre"]),
        ("US", "the U.S. and the US", "en", ["U.S", "US"]),
        ("U.S.", "the U.S. and the US", "en", ["U.S", "US"]),
        ("Clinton", "Clinton's server, Clinton’s mail", "en", ["Clinton", "Clinton"]),
        ("don’t", "they don't", "en", ["don't"]),
        ("30322", "30.322 câbles", "fr", ["30.322"]),
        ("C05797110", "Doc No. C05797110 Date", "en", ["C05797110"]),
        ("helene", "He\u0301le\u0300ne", "fr", ["He\u0301le\u0300ne"]),
        ("Hélène", "He\u0301le\u0300ne", "fr", ["He\u0301le\u0300ne"]),
        ("بلمختار", "مختار بِلْمُخْتار بلمختار", "ar", ["بِلْمُخْتار", "بلمختار"]),
        ("الجزائر", "الجـــزائر", "ar", ["الجـــزائر"]),
        ("احمد", "أحمد", "ar", ["أحمد"]),
        ("علي", "على", "ar", ["على"]),
        ("2013", "سنة ٢٠١٣", "ar", ["٢٠١٣"]),
        ("strasse", "die Straße", "de", ["Straße"]),
        ("hauser", "Häuser und Haus", "de", ["Häuser", "Haus"]),
        ("йод", "йод и иод", "ru", ["йод"]),
        ("ΣΟΦΟΣ", "σοφός", "el", ["σοφός"]),
        ("東京", "東京都", "ja", ["東京"]),
        ("都", "東京都", "ja", ["都"]),
        ("ﬁne", "fine", "en", ["fine"]),
        ("helene", "(Hélène), «Hélène»…", "fr", ["Hélène", "Hélène"]),
        ("gouvernement", "gouver‐\n\t nement-ci", "fr", ["gouver‐\n\t nement"]),
        ("not", "to be or not to be", "en", ["not"]),
    ],
)
def test_a_word_finds_its_other_spellings_whole(query: str, text: str, language: str, marked: list[str]) -> None:
    assert found(query, text, language) == marked


@pytest.mark.parametrize(
    ("query", "text", "language"),
    [("élève", "eleve élèves", "fr"), ("Algérie", "algerie", "fr"), ("cheval", "chevaux", "fr")],
)
def test_exact_words_are_found_as_typed_only(query: str, text: str, language: str) -> None:
    assert found(query, text, language, exact=True) == []
    assert found(query, f"{text}, {query.upper()}", language, exact=True) == [query.upper()]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("règlement avec Ali", "fr", [("reglement", "règlement", 0), ("avec", "avec", 1), ("ali", "Ali", 2)]),
        ("F-2014-20439", "en", [("f", "F", 0), ("2014", "2014", 1), ("20439", "20439", 2)]),
        ("30.322", "fr", [("30322", "30.322", 0), ("30", "30", 0), ("322", "322", 1)]),
        ("Al-\nQaïda", "fr", [("alqaida", "Al-\nQaïda", 0), ("al", "Al", 0), ("qaida", "Qaïda", 1)]),
        ("O'Brien snake_case", "en", [("obrien", "O'Brien", 0), ("snake", "snake", 1), ("case", "case", 2)]),
        ("qu'il d'l'", "fr", [("il", "il", 0), ("l", "l", 1)]),
        ("mot\x01\x02suite", "fr", [("mot", "mot", 0), ("suite", "suite", 1)]),
        ("fin.Puis", "fr", [("fin", "fin", 0), ("puis", "Puis", 1)]),
        ("a-\nb-\n c", "fr", [("ab", "a-\nb", 0), ("a", "a", 0), ("b", "b", 1), ("c", "c", 2)]),
        ("x -\ny, z--\n9", "fr", [("x", "x", 0), ("y", "y", 1), ("z", "z", 2), ("9", "9", 3)]),
        ("日本語", "ja", [("日本", "日本", 0), ("日", "日", 0), ("本語", "本語", 1), ("本", "本", 1), ("語", "語", 2)]),
        ("_ ' … - ʼ ʼ, _-\nʼ _'ʼ_ _'_", "en", []),
        ("_-\nfin ʼʼ-\nmot", "fr", [("fin", "fin", 0), ("mot", "mot", 1)]),
    ],
)  # fmt: skip
def test_tokens_have_places_and_positions(text: str, language: str, expected: list[tuple[str, str, int]]) -> None:
    assert words(text, language) == expected


def test_a_word_typed_with_its_accents_is_worth_most_where_it_has_them() -> None:
    def worth(text: str) -> float:
        (forms,) = analyzer.analyze(text, "fr").forms
        return sum(expand_terms("élève", "fr")[0].get(form, 0.0) for form in forms)

    assert worth("élève") == pytest.approx(1.0)
    assert worth("élève") > worth("eleve") > worth("élèves") > 0.0


def test_a_language_has_its_own_segmentation_by_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def halves(run: str) -> list[tuple[int, int, int]]:
        middle = len(run) // 2
        return [(0, middle, 1), (middle, len(run), 1)]

    text = "สวัสดี, ok ไทยไทย"
    standard = words(text, "th")
    monkeypatch.setitem(analyzer.ANALYZERS, "th", analyzer.Analyzer(Tokenizer(halves, "halves")))
    analyzer._token_cache.cache_clear()
    expected = ["สวั", "สดี", "ok", "ไทย", "ไทย"]
    tokens = analyzer.analyze(text, "th")
    assert [text[start:stop] for start, stop in zip(tokens.starts, tokens.stops, strict=True)] == expected
    many = vectorized.words([text, text], "th")
    assert [many.terms[number] for number in many.term_ids.tolist()] == 2 * list(tokens.terms)
    assert words(text, "lo") == standard
    analyzer._token_cache.cache_clear()


def test_another_tokenizer_makes_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = analyzer.fingerprint()
    monkeypatch.setitem(analyzer.ANALYZERS, "th", analyzer.Analyzer(Tokenizer(name="other")))
    assert analyzer.fingerprint() != before


def test_a_stem_is_no_word_of_the_text() -> None:
    assert all(form[0] != stemming.STEM for form in analyzer.analyze("~cheval ~ ~~x", "fr").forms for form in form[:1])


def test_a_word_without_end_is_cut() -> None:
    tokens = analyzer.analyze("a" * 1000, "en")
    assert [stop - start for start, stop in zip(tokens.starts, tokens.stops, strict=True)] == [128] * 7 + [104]


def test_what_is_remembered_has_a_bound_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "L'Algérie, 30.322 otages; le gouver-\nnement"
    before = words(text, "fr")
    tokens = analyzer.analyze(text, "fr")
    for bound in ("MAX_CHUNKS", "MAX_CHUNK_CHARACTERS"):
        monkeypatch.setattr(token_cache, bound, 3)
        analyzer.analyze("un autre texte", "fr")  # forgets all there was
        assert words(text, "fr") == before
        monkeypatch.undo()
    assert [text[start:stop] for start, stop in zip(tokens.starts, tokens.stops, strict=True)] == [
        w for _, w, _ in before
    ]


def test_a_text_hyphenated_throughout_takes_no_longer_than_its_length() -> None:
    def seconds(lines: int) -> float:
        began = time.perf_counter()
        analyzer.analyze("a-\n" * lines, "en")
        return time.perf_counter() - began

    seconds(1000)
    assert seconds(80_000) < 30 * seconds(10_000)


def test_the_recipe_is_the_same_each_time() -> None:
    assert analyzer.fingerprint() == analyzer.fingerprint()
    assert len(analyzer.fingerprint()) == 16


texts = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aéèÉß'’ʼ.-‐\n _0\xa0\x01\x02٢بِمـ\u00ad\u0301\u200d日本語ไทย한й~\x1f"),
    ),
    max_size=200,
)
languages = st.sampled_from(["fr", "en", "ar", "de", "ja", "und", "xx"])


@given(texts, languages)
def test_offsets_lie_in_the_text_in_order(text: str, language: str) -> None:
    tokens = analyzer.analyze(text, language)
    columns = (tokens.forms, tokens.positions, tokens.starts, tokens.stops)
    assert len({len(column) for column in columns}) == 1
    assert all(0 <= start < stop <= len(text) for start, stop in zip(tokens.starts, tokens.stops, strict=True))
    assert list(tokens.starts) == sorted(tokens.starts)
    assert list(tokens.positions) == sorted(tokens.positions)
    assert all(forms and all(forms) for forms in tokens.forms)


@given(texts, languages)
def test_the_text_at_a_token_gives_its_term_again(text: str, language: str) -> None:
    tokens = analyzer.analyze(text, language)
    for forms, start, stop in zip(tokens.forms, tokens.starts, tokens.stops, strict=True):
        again = [term for other in analyzer.analyze(text[start:stop], language).forms for term in other]
        assert forms[0] in again or folding.fold(text[start:stop]) == forms[0]


@given(st.lists(texts, max_size=6), languages)
def test_many_texts_at_once_give_the_words_of_each(several: list[str], language: str) -> None:
    found = vectorized.words(several, language)
    rows = zip(found.texts.tolist(), found.term_ids.tolist(), found.positions.tolist(), strict=True)
    each = [(number, analyzer.analyze(text, language)) for number, text in enumerate(several)]
    assert [(text, found.terms[number], position) for text, number, position in rows] == [
        (number, term, position)
        for number, tokens in each
        for term, position in zip(tokens.terms, tokens.positions, strict=True)
    ]


def test_what_is_known_of_words_grows_and_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pieces there are, of any length, and wherever all is forgotten: the same
    words.
    """
    drawn = random.Random(1)  # noqa: S311
    pieces = ["".join(drawn.choices("abé.'-", k=drawn.randrange(1, 30))) for _ in range(9_000)]
    several = [" ".join(drawn.choices(pieces, k=1_000)) for _ in range(20)]
    expected = [list(analyzer.analyze(text, "fr").terms) for text in several]
    for bound in (vectorized.MAX_CACHE_BYTES, 100_000, 0):
        monkeypatch.setattr(vectorized, "MAX_CACHE_BYTES", bound)
        monkeypatch.setattr(vectorized, "_caches", {})
        for start in range(0, len(several), 5):
            found = vectorized.words(several[start : start + 5], "fr")
            held: list[list[str]] = [[] for _ in range(5)]
            for text, number in zip(found.texts.tolist(), found.term_ids.tolist(), strict=True):
                held[text].append(found.terms[number])
            assert held == expected[start : start + 5]


def test_words_are_the_same_where_all_want_one_slot_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectorized, "_HASH_FACTORS", (np.uint64(1), np.uint64(1)))
    monkeypatch.setattr(vectorized, "_caches", {})
    words = [f"w{number}" for number in range(500)]
    for text in (words, words[::-1], [*words, "more"]):
        found = vectorized.words([" ".join(text)], "en")
        assert [found.terms[number] for number in found.term_ids.tolist()] == text


@given(texts)
def test_folding_is_done_once_and_for_all(text: str) -> None:
    once = folding.fold(text)
    assert folding.fold(once) == once


@given(st.text(st.sampled_from("abcéèàçôüÉÀñß"), min_size=1, max_size=12))
def test_accents_and_case_do_not_matter(word: str) -> None:
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)).upper()
    assert found(plain, word, "fr") == [word]
    assert found(word, plain, "fr") == [plain]
