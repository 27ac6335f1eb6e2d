"""Places in an mbox where its messages begin.

Mail programs write the separator in many forms (RFC 4155 is one).
"""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

_WEEKDAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = rb"(?:" + _MONTH + rb" {1,2}\d\d?|\d\d?[ -]" + _MONTH + rb"(?:[ -]\d{2,4})?)"
_TIME = rb"\d\d?:\d\d(?::\d\d)?"
_DATED = re.compile(rb"(?:^|[^\n]{0,200} )" + _WEEKDAY + rb",? {1,2}" + _DAY + rb",? {1,2}" + _TIME + rb"[^\n]{0,80}$")
"""Rest of a separator with the date as asctime or a mail header writes it."""
_ADDRESSED = re.compile(
    rb"[^\s@]{1,200}@[^\s@]{1,200}(?:\s[^\n]*)?$|(?:-|MAILER-DAEMON|\?\?\?@\?\?\?)(?:\s[^\n]*)?$|\s*$"
)
"""Rest of a separator that holds an address, a program's name or nothing, with or without a
date.
"""
_SEPARATOR = re.compile(rb"^From(?: ([^\r\n]{0,500}))?\r?\n(?=>?([!-9;-~]{1,80}):)", re.MULTILINE)
_FIELDS = frozenset(
    b"from to cc bcc subject date sender received return-path message-id mime-version content-type delivered-to status "
    b"reply-to envelope-to resent-from in-reply-to references newsgroups path apparently-to organization".split()
)
"""Fields that the header of a message begins with, beside those of programs (X-)."""
_TOP = re.compile(rb"(?:\xef\xbb\xbf)?\s*")


class Separator(Struct, frozen=True):
    """A separator line with the blank line before it."""

    start: int  # end of the message before it
    stop: int  # beginning of its own message


def separators(data: bytes) -> list[Separator]:
    """Return the separators of an mbox, or an empty list for data that do not begin with one."""
    top = _TOP.match(data)
    first = top.end() if top else 0
    if not data.startswith(b"From", first):
        return []
    found: list[Separator] = []
    for match in _SEPARATOR.finditer(data, first):
        blank = _blank_before(data, match.start(), first)
        if _is_separator(match, apart=blank is not None):
            found.append(Separator(match.start() if blank is None else blank, match.end()))
        elif not found:
            return []
    return found


def is_mbox(top: bytes) -> bool:
    """Return True if the first line of a file is a separator."""
    return bool(separators(top[:2_000]))


def messages(data: bytes, found: list[Separator]) -> list[tuple[int, int]]:
    """Return the beginning and the end of each message."""
    ends = [after.start for _, after in pairwise(found)] + [len(data)]
    return [(separator.stop, max(separator.stop, end)) for separator, end in zip(found, ends, strict=True)]


def _blank_before(data: bytes, at: int, first: int) -> int | None:
    """Return where the blank line before a place begins with its newline, or None if there is no
    blank line.
    """
    if at <= first:
        return at
    for blank in (b"\r\n\r\n", b"\n\n"):
        if data.endswith(blank, 0, at):
            return at - len(blank)
    return None


def _is_separator(match: re.Match[bytes], *, apart: bool) -> bool:
    """Return True if a line that begins with `From` separates messages.

    A date with a weekday and a time is enough behind a blank line. A line with less, or without a
    blank line before it, must stand above a field that mail headers begin with.
    """
    rest = match[1] or b""
    if _DATED.search(rest):
        return apart or _is_known(match[2])
    return apart and _is_known(match[2]) and bool(_ADDRESSED.match(rest))


def _is_known(field: bytes) -> bool:
    name = field.lower()
    return name in _FIELDS or name.startswith((b"x-", b"content-", b"resent-", b"list-", b"dkim-", b"arc-"))
