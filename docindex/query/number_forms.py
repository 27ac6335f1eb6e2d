"""Numbers as people type them: sums, telephone numbers and account numbers, each in its other
groupings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_YEARS = range(1500, 2200)
"""Numbers of four digits that hardly ever have a separator."""
_MAX_SUM_DIGITS = 15
_GROUPED_SUM = re.compile(r"\d{1,3}(?:[.,'’٬ \u00a0\u202f]\d{3})+")
_ACCOUNT = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}")
"""International bank account number (ISO 13616)."""
_TELEPHONE_DIGITS = range(9, 16)
_MIN_GROUPS = 3  # of a telephone number that is typed in groups
_ONE_DIGIT_CODES = "17"
_TWO_DIGIT_CODES = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 "
    "91 92 93 94 95 98".split()
)
"""Country codes of two digits (ITU-T E.164). Those with other first digits have three."""
_NATIONAL_GROUPS = (
    (1, 2, 2, 2, 2),
    (2, 2, 2, 2, 2),
    (3, 3, 4),
    (3, 3, 3),
    (2, 3, 4),
    (3, 2, 2, 2),
    (2, 3, 2, 2),
    (2, 4, 4),
    (3, 4, 4),
)
"""Groups in which the numbers of one country are written."""


def forms(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the other ways to write a number: its groups, or the one group of all its digits."""
    yield from _sum_forms(text)
    yield from _account_forms(re.sub(r"[ -]", "", text))
    yield from _telephone_forms(text)


def run_forms(groups: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the other ways to write a number that is typed in several groups."""
    text = " ".join(groups)
    if _GROUPED_SUM.fullmatch(text):
        yield ("".join(groups),)
    elif _ACCOUNT.fullmatch("".join(groups)):
        yield from _account_forms("".join(groups))
    elif len(groups) >= _MIN_GROUPS and all(map(str.isdecimal, groups)):
        yield from _telephone_forms("".join(groups))


def _sum_forms(text: str) -> Iterator[tuple[str, ...]]:
    if _GROUPED_SUM.fullmatch(text):
        groups = re.findall(r"\d+", text)
        yield ("".join(groups),)
        yield tuple(groups)
    elif 3 < len(text) <= _MAX_SUM_DIGITS and text.isdecimal() and int(text[0]) and int(text) not in _YEARS:
        yield _cut(text, len(text) % 3 or 3, 3)


def _account_forms(text: str) -> Iterator[tuple[str, ...]]:
    if _ACCOUNT.fullmatch(text):
        yield (text,)
        yield _cut(text, 4, 4)


def _telephone_forms(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the groupings of a telephone number, with and without its country code."""
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    if len(digits) not in _TELEPHONE_DIGITS or not re.fullmatch(r"[\d .()/-]+", text):
        return
    yield (digits,)
    international = digits[2:] if digits.startswith("00") else "" if digits.startswith("0") else digits
    national = digits[1:] if digits.startswith("0") and not digits.startswith("00") else ""
    if international:
        yield (international,)
        national = international[_code_length(international) :]
    yield (national,)
    yield (f"0{national}",)
    for sizes in _NATIONAL_GROUPS:
        for number in (national, f"0{national}"):
            if sum(sizes) == len(number):
                ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
                yield tuple(number[end - size : end] for end, size in zip(ends, sizes, strict=True))


def _code_length(digits: str) -> int:
    if digits[0] in _ONE_DIGIT_CODES:
        return 1
    return 2 if digits[:2] in _TWO_DIGIT_CODES else 3


def _cut(text: str, first: int, size: int) -> tuple[str, ...]:
    """Return a text in groups: the first of one size, the others of another."""
    return text[:first], *(text[at : at + size] for at in range(first, len(text), size))
