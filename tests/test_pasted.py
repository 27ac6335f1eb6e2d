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


PASTED = r"""Payments

The account FR76 3000 6000 0112 3456 7890 189 received 12 500 000 francs and ١٬٢٣٤٬٥٦٧ dinars; the other,
DE89370400440532013000, nothing. Call +33 1 42 68 53 00, or 02.31.45.67.89, or (212) 555-0123, about
C:\Users\Jean Dupont\rapport_final v2.docx and \\server\share\plan.xls, or rapport-annuel_2016.pdf.
O'Neill spoke of ארה״ב, and of צהל too. 서울에서 회의가 열렸다.
"""


@pytest.fixture
def payments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(PASTED, encoding="utf-8")
    run("build", ".")
    return tmp_path


@pytest.mark.parametrize(
    "query",
    [
        "FR7630006000011234567890189",
        "FR76 3000 6000 0112 3456 7890 189",
        "fr76-3000-6000-0112-3456-7890-189",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "+33 1 42 68 53 00",
        "+33142685300",
        "0033142685300",
        "0142685300",
        "01 42 68 53 00",
        "01.42.68.53.00",
        "0231456789",
        "02 31 45 67 89",
        "12500000",
        "12 500 000",
        "12,500,000",
        "12.500.000",
        "12'500'000",
        "1234567",
        "١٢٣٤٥٦٧",
        "1,234,567",
        r"C:\Users\Jean Dupont\rapport_final v2.docx",
        r'"C:\Users\Jean Dupont\rapport_final v2.docx"',
        r"\\server\share\plan.xls",
        "rapport_final v2.docx",
        "rapport-annuel_2016.pdf",
        "O’Neill",
        "ONeill",
        'ארה"ב',
        "ארה״ב",
        "ארהב",
        'צה"ל',
        "서울",
        "회의",
        "회의는",
    ],
)
def test_numbers_paths_and_names_are_found_however_they_are_written(
    payments: Path, run: Callable[..., Any], query: str
) -> None:
    ran = run("search", "-l", "--strict", "--", query)
    assert (ran.out, ran.code) == ("a.txt\n", 0)


@pytest.mark.parametrize("query", ["12500001", "+33142685301", "FR7630006000011234567890188", r"C:\Users\Anna", "서점"])
def test_another_number_path_or_name_is_not_found(payments: Path, run: Callable[..., Any], query: str) -> None:
    assert run("search", "-l", "--", query).out == ""


@pytest.mark.parametrize(("query", "read_as"), [(r"\AND", r"\AND"), (r"a\?b", r"a\?b"), (r"x\-y", "x-y")])
def test_a_backslash_still_escapes_signs_and_operators(
    payments: Path, run: Callable[..., Any], query: str, read_as: str
) -> None:
    lines = run("search", "--explain-query", "--", query).out.splitlines()
    assert next(line for line in lines if line.startswith("read as")).split(None, 2)[2] == read_as
