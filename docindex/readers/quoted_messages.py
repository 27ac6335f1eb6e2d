"""Messages that a message quotes or forwards, found by their headers within its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from docindex.metadata import dates, people
from docindex.model.documents import Date, Metadata, QuotedMessage, Span
from docindex.readers import text_headers

MAX_QUOTED_MESSAGES = 200
"""Quoted messages of one message; later ones belong to the last."""

_QUOTE_SIGNS = re.compile(r"(?:[ \t]{0,4}>){1,20} ?|[ \t]*")
_MAX_HEADER_LINES = 40
_ANNOUNCED = re.compile(
    r"(?:on|le|am|el|il|em|op|den) (?P<said>.{6,300}?)[\s,]+"
    r"(?:wrote|a écrit|schrieb(?: (?P<after>[^:]{2,150}))?|escribió|ha scritto|escreveu|schreef|skrev) ?:\s*",
    re.IGNORECASE,
)
"""Line above a quotation: `On Monday, 3 January 2011, at 9:15, Jane Doe wrote:`."""
_MAX_ANNOUNCEMENT_LINES = 3
_DAY_AND_TIME = re.compile(
    r"(?P<date>.{0,60}?\b(?:19|20)\d\d\b"
    r"(?:[^\w<]{0,4}(?:at|à|um|a las|alle|às|om|kl\.?)?\s{0,2}\d{1,2}[:.h]\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?)?"
    r"(?:\s?(?:uhr|\(?[A-Z]{3,4}\)?|[+-]\d{4}))?|\d{1,2}[./]\d{1,2}[./]\d\d(?:,? \d\d?[:.]\d\d)?)"
    r"[\s,]*(?P<who>.*)",
    re.IGNORECASE | re.DOTALL,
)


def quoted_messages(lines: Sequence[str], first: int = 0) -> tuple[QuotedMessage, ...]:
    """Return the messages that are quoted in the lines of a text from `first` on.

    Each begins with a block of labels (From, Sent, To, Subject) or with a line such as `Jane Doe
    wrote:` above lines that begin with `>`. It ends where the next one begins, or with its `>`.
    """
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    found = list(_found(lines, first))[:MAX_QUOTED_MESSAGES]
    if not found:
        return ()
    starts = [start for start, *_ in found[1:]] + [len(lines)]
    return tuple(
        QuotedMessage(
            Span(offsets[start], max(offsets[min(stop, following)] - 1, offsets[start])),
            metadata,
            offsets[min(text, stop, following)],
        )
        for (start, text, stop, metadata), following in zip(found, starts, strict=True)
    )


def _found(lines: Sequence[str], first: int) -> Iterator[tuple[int, int, int, Metadata]]:
    """Yield the first line of each quoted message, of its text and of what follows, with its
    metadata.
    """
    at = first
    while at < len(lines):
        line = lines[at]
        if ":" in line:
            signs = _signs(line)
            if block := text_headers.label_block(_bare(lines[at : at + _MAX_HEADER_LINES], signs)):
                metadata, count = block
                stop = _end(lines, at + count) if ">" in signs else len(lines)
                yield _announcement(lines, at, first), at + count, stop, metadata
                at += count
                continue
            if announced := _announced(lines, at, first):
                start, metadata = announced
                yield start, at + 1, _end(lines, at + 1), metadata
        at += 1


def _announcement(lines: Sequence[str], at: int, first: int) -> int:
    """Return the line `Original Message` shortly above a quoted header, or the header's own."""
    above = range(at - 1, max(first, at - _MAX_ANNOUNCEMENT_LINES) - 1, -1)
    nearest = next((number for number in above if lines[number].strip()), at)
    return nearest if text_headers.announces_quotation(lines[nearest]) else at


def _signs(line: str) -> str:
    match = _QUOTE_SIGNS.match(line)
    return match[0] if match else ""


def _bare(lines: Sequence[str], signs: str) -> Sequence[str]:
    """Return lines without the signs of a quotation before them."""
    if ">" not in signs:
        return lines
    depth = signs.count(">")
    within = []
    for line in lines:
        own = _signs(line)
        if own.count(">") != depth:
            break
        within.append(line[len(own) :])
    return within


def _end(lines: Sequence[str], at: int) -> int:
    """Return the line below the quoted lines that follow, of which some may be blank."""
    stop = at
    while at < len(lines) and (lines[at].lstrip().startswith(">") or not lines[at].strip()):
        at += 1
        stop = at if lines[at - 1].strip() else stop
    return stop


def _announced(lines: Sequence[str], at: int, first: int) -> tuple[int, Metadata] | None:
    """Return the author and the date in a line such as `Jane Doe wrote:` above a quotation, with
    the number of its first line.

    Programs break it at their width, so that its beginning may stand some lines above.
    """
    if not lines[at].rstrip().endswith(":") or not _is_quoted(lines, at + 1):
        return None
    for start in range(at, max(first, at - _MAX_ANNOUNCEMENT_LINES + 1) - 1, -1):
        text = " ".join(lines[start : at + 1]).strip("> \t")
        if (match := _ANNOUNCED.fullmatch(text)) and (found := _author_and_date(match["said"], match["after"])):
            return start, found
    return None


def _is_quoted(lines: Sequence[str], at: int) -> bool:
    below = next((line for line in lines[at : at + 2] if line.strip()), "")
    return below.lstrip().startswith(">")


def _author_and_date(said: str, after: str | None) -> Metadata | None:
    match = _DAY_AND_TIME.match(said)
    date: Date | None = None
    who = after or said
    if match:
        date = dates.parse(match["date"].strip(" ,"), origin="body")
        who = after or match["who"]
    named = people.people(who.strip(" ,"))
    return Metadata(creator=named[0], date=date) if named else None
