"""Words that deny and words that count, in five languages."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from docindex.analysis import folding

if TYPE_CHECKING:
    from collections.abc import Iterable

NEGATIONS: dict[str, frozenset[str]] = {
    "ar": frozenset("لا لم لن ليس ليست ليسوا غير دون بدون ما ولا ولم ولن وليس".split()),
    "de": frozenset("nicht kein keine keinen keinem keiner keines nie niemals nichts niemand ohne weder".split()),
    "en": frozenset("not no never none nor neither nobody nothing without cannot nt t".split()),
    "es": frozenset("no nunca jamás ni sin ningún ninguno ninguna nada nadie tampoco".split()),
    "fr": frozenset("ne n pas jamais aucun aucune ni sans rien personne nullement".split()),
}
"""Words that deny, by language."""
NUMBER_WORDS: dict[str, dict[str, int]] = {
    "ar": {
        **dict(zip("واحد اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة".split(), range(1, 11), strict=True)),
        **dict(zip("ثلاث اربع خمس ست سبع ثمان تسع عشر".split(), range(3, 11), strict=True)),
        **dict(zip("عشرون ثلاثون اربعون خمسون ستون سبعون ثمانون تسعون".split(), range(20, 100, 10), strict=True)),
        **dict(zip("عشرين ثلاثين اربعين خمسين ستين سبعين ثمانين تسعين".split(), range(20, 100, 10), strict=True)),
        "اثنين": 2,
        "اثنتان": 2,
        "مائة": 100,
        "مئة": 100,
        "الف": 1000,
        "مليون": 10**6,
        "مليار": 10**9,
    },
    "de": {
        **dict(zip("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(), range(2, 13), strict=True)),
        **dict(
            zip("dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split(), range(13, 20), strict=True)
        ),
        **dict(
            zip(
                "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(),
                range(20, 100, 10),
                strict=True,
            )
        ),
        "hundert": 100,
        "tausend": 1000,
        "million": 10**6,
        "millionen": 10**6,
        "milliarde": 10**9,
        "milliarden": 10**9,
    },
    "en": {
        **dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)),
        **dict(
            zip(
                "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
                range(11, 20),
                strict=True,
            )
        ),
        **dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)),
        "hundred": 100,
        "thousand": 1000,
        "million": 10**6,
        "billion": 10**9,
        "dozen": 12,
    },
    "es": {
        **dict(zip("dos tres cuatro cinco seis siete ocho nueve diez once".split(), range(2, 12), strict=True)),
        **dict(
            zip(
                "doce trece catorce quince dieciséis diecisiete dieciocho diecinueve".split(),
                range(12, 20),
                strict=True,
            )
        ),
        **dict(
            zip(
                "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(),
                range(20, 100, 10),
                strict=True,
            )
        ),
        "cien": 100,
        "ciento": 100,
        "quinientos": 500,
        "mil": 1000,
        "millón": 10**6,
        "millones": 10**6,
    },
    "fr": {
        **dict(zip("deux trois quatre cinq six sept huit neuf dix".split(), range(2, 11), strict=True)),
        **dict(zip("onze douze treize quatorze quinze seize".split(), range(11, 17), strict=True)),
        **dict(zip("vingt trente quarante cinquante soixante septante".split(), range(20, 80, 10), strict=True)),
        "vingts": 20,
        "octante": 80,
        "huitante": 80,
        "nonante": 90,
        "cent": 100,
        "cents": 100,
        "mille": 1000,
        "million": 10**6,
        "millions": 10**6,
        "milliard": 10**9,
        "milliards": 10**9,
    },
}
"""Words that count and the number of each, by language.

The word for one is listed only where it is no article.
"""
_LINKS = frozenset(("and", "et", "und", "y", "و"))
"""Words between two parts of one number."""
_GERMAN_COMPOUND = re.compile(r"(?P<ones>ein|zwei|drei|vier|funf|sechs|sieben|acht|neun)und(?P<tens>\w+zig|dreissig)")


@cache
def negations(language: str) -> frozenset[str]:
    """Return the folded words that deny in a language, or in any if it is none of the five."""
    known = [NEGATIONS[language]] if language in NEGATIONS else NEGATIONS.values()
    return frozenset(folding.fold(word) for some in known for word in some)


def numbers(forms: Iterable[str]) -> Counter[str]:
    """Return the numbers among folded words, whether written in digits or in words.

    Neighbouring words are one number: `quatre vingt dix sept` is 97.
    """
    found: Counter[str] = Counter()
    run: list[int] = []
    for form in (*forms, ""):
        value = _number_of_word(form)
        if value is not None:
            run.append(value)
            continue
        if run and form in _LINKS:
            continue
        if run:
            found[str(_combined_number(run))] += 1
            run = []
        if any(map(str.isdigit, form)):
            found[form] += 1
    return found


def _combined_number(parts: Iterable[int]) -> int:
    """Return the number that words of number make side by side."""
    total = below_thousand = 0
    for part in parts:
        if part >= 1000:
            total += max(1, below_thousand) * part
            below_thousand = 0
        elif part == 100 or (part == 20 and below_thousand % 100 == 4):  # quatre-vingts
            below_thousand += max(1, below_thousand % 100) * part - below_thousand % 100
        else:
            below_thousand += part
    return total + below_thousand


def _number_of_word(form: str) -> int | None:
    """Return the number that a folded word means, German compounds included."""
    found = _number_words().get(form)
    if found is None and (compound := _GERMAN_COMPOUND.fullmatch(form)):
        ones, tens = (_number_words().get(compound[part]) for part in ("ones", "tens"))
        return tens + (ones or 1) if tens else None
    return found


@cache
def _number_words() -> dict[str, int]:
    """Return the number of each folded word that counts, in all languages."""
    return {folding.fold(word): number for some in NUMBER_WORDS.values() for word, number in some.items()}
