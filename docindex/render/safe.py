"""Text of strangers made harmless for a terminal: control characters shown as marks, right-to-left runs isolated.

Pure. ECMA-48 for the control characters, Unicode Standard Annex 9 for direction.
"""

from __future__ import annotations

import re
import unicodedata

# C0 but tab and newline, DEL and C1; the controls of direction; the separators that some terminals break lines at.
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_FIRST_STRONG_ISOLATE, _POP = "\u2068", "\u2069"


def shown(text: str) -> str:
    """The text with each harmful character as one visible mark: as many characters as before, so positions hold."""
    return _HARMFUL.sub(_mark, text)


def _mark(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures of Unicode
    return "\u2421" if code == 0x7F else "\ufffd"


def has_right_to_left(text: str) -> bool:
    """Whether some letter of the text is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def isolated(text: str) -> str:
    """The text set apart, if it needs it, so that it does not turn what stands around it."""
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP}" if has_right_to_left(text) else text
