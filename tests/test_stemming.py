"""Stemming gives the same stems with PyStemmer and with snowballstemmer, which takes its place
on some Pythons.
"""

from __future__ import annotations

import sys

import pytest

from docindex.analysis import stemming
from docindex.analysis.function_words import function_words

LANGUAGES = (
    "ar",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fi",
    "fr",
    "hi",
    "hu",
    "it",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "ru",
)
WORDS = sorted(
    {word + ending for code in LANGUAGES for word in function_words(code) for ending in ("", "s", "ingen", "ement")}
)


@pytest.mark.parametrize("algorithm", sorted(set(stemming.ALGORITHMS.values())))
def test_both_libraries_give_the_same_stems(monkeypatch: pytest.MonkeyPatch, algorithm: str) -> None:
    pytest.importorskip("Stemmer", reason="PyStemmer is not installed")
    expected = stemming.stem_words(algorithm, WORDS)
    monkeypatch.setattr(stemming, "Stemmer", None)
    monkeypatch.setitem(sys.modules, "Stemmer", None)  # snowballstemmer itself would take it
    for name in [name for name in sys.modules if name.split(".")[0] == "snowballstemmer"]:
        monkeypatch.delitem(sys.modules, name)
    assert stemming.stem_words(algorithm, WORDS) == expected
    assert "snowballstemmer" in sys.modules
