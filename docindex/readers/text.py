"""Plain text to records: a press article or a digest of them, a mail, or a text with a title line.

Nothing is lost: every word of the file is in the title or the body of one of its records. The body
omits the title, so that it does not count twice, unless the record has another title or no other
text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import methodcaller

from msgspec import Struct

from docindex.model.documents import Message, Metadata, Record, Source
from docindex.readers import quoted_messages, text_headers
from docindex.readers.base import EMPTY, record, split_lines
from docindex.readers.charset import decode
from docindex.readers.text_headers import PressHeader


class _Text(Struct, frozen=True):
    lines: Sequence[str]
    numbers: Sequence[int]  # each line's number in the file
    pages: Sequence[int]  # the page on which each line begins; empty for a text without form feeds

    def trimmed(self, start: int, stop: int) -> tuple[int, int]:
        """Return the range without the blank lines at both ends."""
        while start < stop and not self.lines[start].strip():
            start += 1
        while start < stop and not self.lines[stop - 1].strip():
            stop -= 1
        return start, stop


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield a record for each press header and one for the text before them, or a single record."""
    text = _text(decode(data)[0])
    opened = text_headers.press_headers(text.lines)
    if len(opened) == 1:
        yield _record(source, text, opened[0].at, len(text.lines), _press(text, opened[0]))
        return
    stops = [header.at for header in opened] + [len(text.lines)]
    start, stop = text.trimmed(0, stops[0])
    if start < stop and (not opened or any(map(text_headers.has_words, text.lines[start:stop]))):
        yield _plain(source, text, start, stop)
    for header, stop in zip(opened, stops[1:], strict=True):
        yield _item(source, text, header, stop)


def _text(decoded: str) -> _Text:
    lines, numbers = split_lines(decoded)
    return _Text(lines, numbers, _pages(lines) if "\f" in decoded else ())


def _pages(lines: Sequence[str]) -> Sequence[int]:
    return list(accumulate(map(methodcaller("count", "\f"), lines), initial=1))


def _plain(source: Source, text: _Text, start: int, stop: int) -> Record:
    """Return the record of a mail or of a text that may begin with a title."""
    mail = text_headers.mail_headers(text.lines[start:stop])
    if mail is not None:
        return _record(source, text, start, stop, mail, headed=False, is_mail=True)
    title = text_headers.title_line(text.lines[start:stop], sentence=True)
    return _record(source, text, start, stop, Metadata(title=title), headed=title is not None)


def _item(source: Source, text: _Text, header: PressHeader, stop: int) -> Record:
    """Return the record of one article of a digest.

    Its part is its date and time, which are stable.
    """
    found = _press(text, header)
    own = Metadata(title=header.title, date=header.date)
    return _record(source, text, header.at, stop, found, part=header.date.value, own=own)


def _press(text: _Text, header: PressHeader) -> Metadata:
    first = next((line for line in text.lines[header.at + 1 : header.at + 4] if text_headers.has_words(line)), "")
    return Metadata(title=header.title, date=header.date, publisher=text_headers.publisher(first))


def _record(
    source: Source,
    text: _Text,
    start: int,
    stop: int,
    found: Metadata,
    *,
    headed: bool = True,  # line `start` is the title
    part: str | None = None,
    own: Metadata = EMPTY,
    is_mail: bool = False,
) -> Record:
    title = own.title or source.declared.title or found.title
    below = text.trimmed(start + 1, stop)
    if headed and title == found.title and below[0] < below[1]:
        start, stop = below
    start, stop = text.trimmed(start, stop)
    lines = text.lines[start:stop]
    return record(
        source,
        part=part,
        own=own,
        found=found,
        body="\n".join(lines),
        lines=text.numbers[start:stop],
        page=text.pages[start] if text.pages else None,
        message=_message(lines) if is_mail else None,
    )


def _message(lines: Sequence[str]) -> Message:
    """Return the links of a mail in plain text: it has no ids, but may quote others."""
    head = text_headers.header_end(lines)
    start = sum(len(line) + 1 for line in lines[:head])
    return Message(quoted=quoted_messages.quoted_messages(lines, head), text_start=start)
