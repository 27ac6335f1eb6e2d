"""What people paste into a query is found: addresses, sums, names with an apostrophe, words cut
at a line's end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXT = """Notes

See https://www.example.org/read.php?id=42&lang=fr and the sum of 12 500 000 francs,
3,400 euros, 1\u202f250\u202f000 dinars.
The plane landed in N'Djamena; Sassou N'Guesso was there. L'Algérie reste. The resolu\u00ad
tion and the agree¬
ment hold. A secret accord.
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    run("build", ".")
    return tmp_path


@pytest.mark.parametrize(
    "query",
    [
        "https://www.example.org/read.php?id=42&lang=fr",
        "example.org/read.php?id=42",
        "12500000",
        "1250000",
        "3400",
        "Ndjamena",
        "N'Djamena",
        "n'djamena",
        '"Sassou Nguesso"',
        "Algérie",
        "resolution",
        "agreement",
        "lang:english secret",
        "language:anglais secret",
    ],
)
def test_what_is_pasted_is_found(notes: Path, run: Callable[..., Any], query: str) -> None:
    assert run("search", "-l", "--", query).out == "a.txt\n"


def test_a_star_within_quotes_is_told_and_refused_where_asked(notes: Path, run: Callable[..., Any]) -> None:
    assert "a * within quotes stands for nothing; left out" in run("search", '"secret acc*"').err
    assert run("search", "--strict", '"secret acc*"').code == 2


@pytest.mark.parametrize("query", ["2016", "999", "0612"])
def test_years_and_short_numbers_stay_as_they_are(notes: Path, run: Callable[..., Any], query: str) -> None:
    (notes / "a.txt").write_text("Paragraphs 2 016, 0 612 and 9 99 of a law.\n")
    run("build", ".")
    assert run("search", "-l", query).out == ""
