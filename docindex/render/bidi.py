"""Right-to-left text for terminals that do not reorder it: display order and joined letters.

The order follows Unicode Standard Annex 9 for lines that run from left to right, without explicit
embeddings: docindex writes isolates only. Joined letters are the presentation forms of Arabic.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby

from docindex.render.sanitize import has_right_to_left
from docindex.render.styled_text import Span, Text

_FIRST_VTE = 5800  # version number of VTE that reorders, 0.58
_ISOLATES = "\u2066\u2067\u2068\u2069"
_OPENERS, _POP = "\u2066\u2067\u2068", "\u2069"


def terminal_reorders(mode: str, environment: Mapping[str, str]) -> bool:
    """Return True if right-to-left text is left to the terminal.

    "auto" knows the terminals that name themselves: those on VTE, Konsole, kitty, mlterm, Apple's.
    A terminal that names itself in no way is taken for one that does not reorder.
    """
    if mode != "auto":
        return mode == "terminal"
    vte = environment.get("VTE_VERSION", "")
    if vte.isdecimal() and int(vte) >= _FIRST_VTE:
        return True
    names = ("KONSOLE_VERSION", "KITTY_WINDOW_ID", "MLTERM")
    return environment.get("TERM_PROGRAM") == "Apple_Terminal" or any(environment.get(name) for name in names)


def visual(line: Text) -> Text:
    """Return a line in display order, letters joined, with the same styles and links."""
    if not has_right_to_left(line.plain):
        return line
    letters = joined(line.plain)
    order, mirrored = display_order(letters)
    shown = "".join(_MIRRORS.get(letters[at], letters[at]) if at in mirrored else letters[at] for at in order)
    place = {at: number for number, at in enumerate(order)}
    spans = []
    for span in line.spans:
        numbers = sorted(place[at] for at in range(span.start, span.end) if at in place)
        for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
            run_numbers = [number for _, number in run]
            spans.append(Span(run_numbers[0], run_numbers[-1] + 1, span.style, span.link))
    # A ligature has left an empty place behind.
    kept = [number for number, letter in enumerate(shown) if letter != _EMPTY]
    if len(kept) == len(shown):
        return Text(shown, line.style, spans)
    before = [0]
    for letter in shown:
        before.append(before[-1] + (letter != _EMPTY))
    moved = [Span(before[span.start], before[span.end], span.style, span.link) for span in spans]
    return Text(shown.replace(_EMPTY, ""), line.style, moved)


_MIRRORS = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_STRONG = ("L", "R", "EN", "AN")  # numbers count as right-to-left beside neutral characters
_EMPTY = "\0"  # a letter that is part of a ligature; no line holds this character


def display_order(text: str) -> tuple[list[int], set[int]]:
    """Return the characters' positions in display order, and those that are mirrored.

    The line runs from left to right. Isolates are left out.
    """
    levels = _levels(text)
    units: list[tuple[int, list[int]]] = []  # the level of a character with its marks
    for at, letter in enumerate(text):
        if letter in _ISOLATES:
            continue
        if units and unicodedata.category(letter) in ("Mn", "Me"):
            units[-1][1].append(at)
        else:
            units.append((levels[at], [at]))
    for level in range(max((level for level, _ in units), default=0), 0, -1):
        start = 0
        for is_run, run in groupby(list(units), lambda unit: unit[0] >= level):  # noqa: B023 - used at once
            length = len(list(run))
            if is_run:
                units[start : start + length] = units[start : start + length][::-1]
            start += length
    return [at for _, unit in units for at in unit], {unit[0] for level, unit in units if level % 2}


def _levels(text: str) -> list[int]:
    """Return the embedding level of each character (rules X5 to I2)."""
    levels = [0] * len(text)
    runs: list[list[int]] = [[]]  # positions of each isolate, and of the line itself
    bases = [0]
    open_runs = [0]
    for at, letter in enumerate(text):
        if letter == _POP:
            if len(open_runs) > 1:
                open_runs.pop()
        else:
            runs[open_runs[-1]].append(at)
        if letter in _OPENERS:
            outer = bases[open_runs[-1]]
            is_right = letter == "\u2067" or (letter == "\u2068" and _starts_right(text, at + 1))
            bases.append(outer + 1 if is_right != bool(outer % 2) else outer + 2)
            open_runs.append(len(runs))
            runs.append([])
    for run, base in zip(runs, bases, strict=True):
        for at, level in zip(run, _run_levels([text[at] for at in run], base), strict=True):
            levels[at] = level
    return levels


def _starts_right(text: str, start: int) -> bool:
    """Return True if the first strong letter of an isolate is one from right to left."""
    depth = 0
    for letter in text[start:]:
        if letter in _OPENERS:
            depth += 1
        elif letter == _POP:
            depth -= 1
            if depth < 0:
                break
        elif depth == 0 and (kind := unicodedata.bidirectional(letter)) in ("L", "R", "AL"):
            return kind != "L"
    return False


def _run_levels(letters: Sequence[str], base: int) -> list[int]:
    """Return the levels of the letters of one run (rules W1 to I2)."""
    kinds = ["ON" if letter in _ISOLATES else unicodedata.bidirectional(letter) for letter in letters]
    start = "R" if base % 2 else "L"
    _resolve_weak(kinds, start)
    _resolve_brackets(letters, kinds, start)
    _resolve_neutral(kinds, start)
    steps = {"R": 0, "L": 1, "EN": 1, "AN": 1} if base % 2 else {"L": 0, "R": 1, "EN": 2, "AN": 2}
    return [base + steps[kind] for kind in kinds]


def _resolve_weak(kinds: list[str], start: str) -> None:
    """Resolve marks, numbers and what stands between numbers (rules W1 to W7), in place."""
    before, strong = start, start
    for number, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[number] = kind = before
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[number] = "AN"
        before = kinds[number]
    for number in range(1, len(kinds) - 1):
        around = (kinds[number - 1], kinds[number + 1])
        if (kinds[number] == "ES" and around == ("EN", "EN")) or (
            kinds[number] == "CS" and around in (("EN", "EN"), ("AN", "AN"))
        ):
            kinds[number] = around[0]
    at = 0
    for kind, run in groupby(list(kinds)):
        length = len(list(run))
        if kind == "ET" and "EN" in (kinds[at - 1 : at] + kinds[at + length : at + length + 1]):
            kinds[at : at + length] = ["EN"] * length
        at += length
    strong = start
    for number, kind in enumerate(kinds):
        if kind == "AL":
            kinds[number] = "R"
        if kinds[number] in ("L", "R"):
            strong = kinds[number]
        elif kind == "EN" and strong == "L":
            kinds[number] = "L"


def _resolve_brackets(letters: Sequence[str], kinds: list[str], start: str) -> None:
    """Give brackets the direction of what they hold or follow (rule N0), in place."""
    waiting: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, letter in enumerate(letters):
        if kinds[at] != "ON":
            continue
        if letter in _CLOSED_BY:
            waiting.append(at)
        elif letter in _CLOSED_BY.values():
            for number in range(len(waiting) - 1, -1, -1):
                if _CLOSED_BY[letters[waiting[number]]] == letter:
                    pairs.append((waiting[number], at))
                    del waiting[number:]
                    break
    for opening, closing in sorted(pairs):
        inside = {"L" if kind == "L" else "R" for kind in kinds[opening + 1 : closing] if kind in _STRONG}
        if start in inside:
            kinds[opening] = kinds[closing] = start
        elif inside:
            before = next((kind for kind in reversed(kinds[:opening]) if kind in _STRONG), start)
            (other,) = inside
            kinds[opening] = kinds[closing] = other if ("L" if before == "L" else "R") == other else start


def _resolve_neutral(kinds: list[str], start: str) -> None:
    """Give neutral characters the direction around them or of the run (N1, N2), in place."""
    at = 0
    for is_neutral, run in groupby(list(kinds), lambda kind: kind not in _STRONG):
        length = len(list(run))
        if is_neutral:
            sides = [kinds[at - 1] if at else start, kinds[at + length] if at + length < len(kinds) else start]
            left, right = ("L" if side == "L" else "R" for side in sides)
            kinds[at : at + length] = [left if left == right else start] * length
        at += length


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Return the presentation forms of each Arabic letter: isolated, final, initial, medial.

    Ligatures of two letters stand among them by both letters.
    """
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEFD)):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or ("",)
        base = "".join(chr(int(letter, 16)) for letter in letters)
        if kind.startswith("<") and (len(base) == 1 or base.startswith("\u0644")):
            forms.setdefault(base, {}).setdefault(kind[1:-1], chr(code))
    return forms


def joined(text: str) -> str:
    """Return the text with Arabic letters in the forms in which they join. Offsets stay.

    The second letter of a ligature becomes an empty place.
    """
    forms = _forms()
    letters = list(text)
    at = [number for number, letter in enumerate(text) if unicodedata.category(letter) not in ("Mn", "Me")]
    joins_before = False  # the letter before joins to this one
    skip = -1
    for here, number in enumerate(at):
        letter = text[number]
        if number == skip:
            letters[number] = _EMPTY
            continue
        following = text[at[here + 1]] if here + 1 < len(at) else ""
        own = forms.get(letter)
        ligature = forms.get(letter + following) if letter == "\u0644" and following else None
        if ligature is not None and at[here + 1] == number + 1:
            letters[number] = ligature["final" if joins_before else "isolated"]
            skip = at[here + 1]
            joins_before = False
            continue
        is_dual = letter == "\u0640" or (own is not None and "medial" in own)
        if own is None:
            joins_before = is_dual
            continue
        after = forms.get(following)
        joins_after = is_dual and (following == "\u0640" or (after is not None and "final" in after))
        kind = ("medial" if joins_after else "final") if joins_before else "initial" if joins_after else "isolated"
        letters[number] = own.get(kind) or letter
        joins_before = joins_after
    return "".join(letters)
