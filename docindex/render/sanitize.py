"""Sanitizing: control characters of documents become visible marks, right-to-left text is isolated.

The control characters are those of ECMA-48; direction follows Unicode Standard Annex 9.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# C0 but tab and newline, DEL and C1; the controls of direction; the separators that some terminals
# break lines at.
_HARMFUL = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\u2028\u2029\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_LEFT_TO_RIGHT_ISOLATE, _RIGHT_TO_LEFT_ISOLATE, _FIRST_STRONG_ISOLATE, _POP = "\u2066", "\u2067", "\u2068", "\u2069"

MAX_MARKS = 8  # characters without width in a row that are shown as they are
_ISOLATED = re.compile("\u2068[^\u2069]*\u2069")


def escape_controls(text: str) -> str:
    """Replace each harmful character by one visible mark. Offsets stay the same."""
    if not text.isascii():
        text = _bound_marks(text)
    if text.isprintable() or text.replace("\n", " ").replace("\t", " ").isprintable():
        return text  # nearly always, and the expression need not be compiled
    return re.sub(_HARMFUL, _mark, text)


def _bound_marks(text: str) -> str:
    """Return the text with all but the first marks of each long run of characters without width
    made visible.

    Hundreds of marks on one letter cover the lines around it. Living scripts put up to five on one.
    """
    marks = {character for character in set(text) if _has_no_width(character)}
    if not marks or len(text) <= MAX_MARKS:
        return text
    if "x" * (MAX_MARKS + 1) not in "".join(["x" if character in marks else " " for character in text]):
        return text  # nearly always, and the expression takes 9 ms to compile
    run = f"[{re.escape(''.join(sorted(marks)))}]"
    return re.sub(
        f"({run}{{{MAX_MARKS}}})({run}+)", lambda found: found[1] + "\ufffd" * len(found[2]), text, flags=re.DOTALL
    )


def _has_no_width(character: str) -> bool:
    is_jamo = "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff"
    return is_jamo or unicodedata.category(character) in ("Mn", "Me", "Cf")


def _mark(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures of Unicode
    return "\u2421" if code == 0x7F else "\ufffd"


def escape_controls_in_json(json_text: str) -> str:
    """Return the same JSON with each harmful character as an escape."""
    import json

    return re.sub(_HARMFUL, lambda found: json.dumps(found.group())[1:-1], json_text)


def has_right_to_left(text: str) -> bool:
    """Return True if some letter is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def runs_right_to_left(text: str) -> bool:
    """Return True if most letters are written from right to left.

    The standard's default, the first letter alone, is often that of a foreign name.
    """
    if text.isascii():
        return False
    kinds = Counter(map(unicodedata.bidirectional, text))
    return kinds["R"] + kinds["AL"] > kinds["L"]


def isolate_rows(rows: Sequence[str]) -> list[tuple[str, str]]:
    """Return the marks before and after each row, so that all rows run in the direction of their
    text.

    A row alone would run in the direction of its first word.
    """
    if not any(map(has_right_to_left, rows)):
        return [("", "")] * len(rows)
    if runs_right_to_left(_ISOLATED.sub("", "".join(rows))):
        return [(_RIGHT_TO_LEFT_ISOLATE, _POP)] * len(rows)
    return [(_LEFT_TO_RIGHT_ISOLATE, _POP) if has_right_to_left(row) else ("", "") for row in rows]


def right_to_left_isolate(text: str) -> str:
    """Isolate a text that runs from right to left, whatever letter comes first."""
    return f"{_RIGHT_TO_LEFT_ISOLATE}{text}{_POP}" if text else ""


def bidi_isolate(text: str) -> str:
    """Isolate a text of mixed direction, so that it does not reorder the text around it."""
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP}" if has_right_to_left(text) else text
