"""Sounds of words: phones of each script, and how alike two spellings are."""

from __future__ import annotations

import pytest

from docindex.analysis import phonetics
from docindex.analysis.folding import fold

PHONE_OF = {code: phone for phone, code in phonetics.CODES.items()}


def phones(word: str) -> list[str]:
    words = phonetics.split(f"{fold(word)}\n")
    return [PHONE_OF[code] for code in words.codes[0, : words.lengths[0]].tolist()]


def similarity(one: str, other: str) -> float:
    first, second = (phonetics.split(f"{fold(word)}\n") for word in (one, other))
    return float(phonetics.similarities(first, second)[0])


def ranked(word: str, *others: str) -> list[str]:
    words = phonetics.split("".join(f"{fold(other)}\n" for other in others))
    scores = phonetics.similarities(phonetics.split(f"{fold(word)}\n"), words)
    return [others[place] for place in (-scores).argsort(kind="stable").tolist()]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Schukow", ["sch", "u", "k", "ow"]),
        ("Abbas", ["a", "b", "a", "s"]),
        ("Moosa", ["m", "oo", "s", "a"]),
        ("Genève", ["g'", "e", "n", "e", "v", "e"]),
        ("Жуков", ["ж", "у", "к", "о", "в"]),
        ("ال" + "شريف", ["ش", "ر", "ي", "ف"]),
        ("Μπάμπης", ["μπ", "α", "μπ", "η", "σ"]),
        ("כהן", ["כ", "ה", "נ"]),
    ],
)
def test_a_word_is_split_into_the_phones_of_its_script(word: str, expected: list[str]) -> None:
    assert phones(word) == expected


@pytest.mark.parametrize("word", ["b2b", "東京", "a" * (phonetics.MAX_PHONES * 2), "ไทย"])
def test_what_is_no_name_in_a_known_script_has_no_phones(word: str) -> None:
    folded = word if len(set(word)) > 1 else "ab" * phonetics.MAX_PHONES
    assert phones(folded) == []
    assert similarity(folded, folded) == 0.0


def test_other_scripts_are_romanised() -> None:
    assert phones("თამარ") == list("tamar")
    assert phones("Արամ") == list("aram")


def test_many_words_are_split_as_each_by_itself() -> None:
    words = ["schukow", "жуков", "a1", "شريف", "", "moosa"]
    together = phonetics.split("".join(f"{word}\n" for word in words))
    for row, word in enumerate(words):
        alone = phonetics.split(f"{word}\n")
        assert together.codes[row].tolist() == alone.codes[0].tolist()
        assert (together.lengths[row], together.scripts[row]) == (alone.lengths[0], alone.scripts[0])


@pytest.mark.parametrize(
    ("one", "other", "stranger"),
    [
        ("Schukow", "Joukov", "Schumann"),
        ("Schukow", "Жуков", "Шубин"),
        ("Yusuf", "يوسف", "ياسر"),
        ("Papandreou", "Παπανδρέου", "Παπαδόπουλος"),
        ("Rabin", "רבין", "רובין"),
        ("Tschechow", "Tchekhov", "Tschudi"),
        ("Жуков", "جوكوف", "جورج"),
    ],
)
def test_another_spelling_is_nearer_than_another_name(one: str, other: str, stranger: str) -> None:
    assert similarity(one, other) > 2 * similarity(one, stranger)


def test_a_comparison_has_no_direction() -> None:
    assert similarity("Yusuf", "يوسف") == pytest.approx(similarity("يوسف", "Yusuf"), rel=1e-5)


def test_the_spelling_itself_comes_first() -> None:
    assert ranked("Hussein", "Hassan", "Hossein", "Hussein", "Hansen")[:2] == ["Hussein", "Hossein"]


def test_scores_survive_being_written_as_letters() -> None:
    scores = [phonetics.LOWEST, -1.25, 0.0, 2.5, phonetics.HIGHEST]
    written = phonetics.as_letters(scores)
    assert '"' not in written
    assert "\\" not in written
    assert phonetics.from_letters(written).tolist() == scores


def test_a_least_similarity_changes_no_other() -> None:
    words = phonetics.split("".join(f"{fold(word)}\n" for word in ("Hossein", "Hansen", "حسين", "Berlin", "x")))
    word = phonetics.split("hussein\n")
    every, near = phonetics.similarities(word, words), phonetics.similarities(word, words, 0.01)
    assert [one if one >= 0.01 else 0 for one in every.tolist()] == [one if one >= 0.01 else 0 for one in near.tolist()]
