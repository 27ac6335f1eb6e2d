"""Passages as segments: on one line, without control characters, cut into matches and the text
between.

The same for every format. Styles, tags and escapes come after.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docindex.render.sanitize import escape_controls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docindex.model.documents import Span
    from docindex.model.results import Hit, Passage

Segment = tuple[str, bool]
"""A text, and whether it matched."""

_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # those that keep words together stay
_ENDS = tuple(".!?…؟。！？")  # of a sentence
_CLOSERS = "\"'”’»)]"  # that may stand behind them
_NEAR = 80  # characters before an excerpt that are looked at


def one_line(text: str) -> str:
    """Return the text with control characters escaped and blanks single."""
    return _BLANKS.sub(" ", escape_controls(text.replace("\f", " ").replace("\r", " ")))


def segments(text: str, marks: Sequence[Span]) -> list[Segment]:
    """Return the text on one line as segments. None is empty, and neither end is blank."""
    found: list[Segment] = []

    def add(cut: str, matched: bool) -> None:
        line = one_line(cut)
        if not found or found[-1][0].endswith(" "):
            line = line.lstrip(" ")
        if line:
            found.append((line, matched))

    done = 0
    for mark in marks:
        add(text[done : mark.start], False)
        # A word cut at a line's end is shown as the one word that matched.
        add(re.sub(r"(?<=[-‐])\n\s*", "", text[mark.start : mark.stop]), True)
        done = mark.stop
    add(text[done:], False)
    while found and not (last := found[-1][0].rstrip(" ")):
        found.pop()
    if found:
        found[-1] = (last, found[-1][1])
    return found


def passage_segments(hit: Hit, passage: Passage) -> list[Segment]:
    """Return a passage as segments, with … where a sentence is cut."""
    body, stop = hit.record.body, passage.start + len(passage.text)
    found = segments(passage.text, passage.marks)
    before = body[max(0, passage.start - _NEAR) : passage.start].rstrip(" \t")
    if before and not (before.endswith(("\n", "\f")) or before.rstrip(_CLOSERS).endswith(_ENDS)):
        found.insert(0, ("…", False))
    if re.compile(r"\S").search(body, stop) and not passage.text.rstrip(_CLOSERS).endswith((*_ENDS, ":")):
        found.append(("…", False))
    return found


def plain_text(found: Sequence[Segment]) -> str:
    """Return the segments as one text, without marks."""
    return "".join(text for text, _ in found)
