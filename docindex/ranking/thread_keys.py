"""Keys that the messages of one conversation share. Pure.

A message has a key for its own id, for each id that it refers to, and for what stands in for an id
where there is none: the time of sending with the subject, and the beginning of its text with the
subject. The headers of the messages that it quotes give the same keys, so that an answer and the
message that it quotes share one, even if an OCR has read both from paper.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING

from docindex.metadata import people
from docindex.ranking.threads import ThreadLinks

if TYPE_CHECKING:
    from docindex.model.documents import Metadata, QuotedMessage, Record

KEY_BYTES = 6
"""Bytes of a key: of a million keys hardly two are equal by chance."""
PERSON_BYTES = 3
MAX_PEOPLE = 20
"""People of a message that are compared with those of others."""
MAX_SUBJECT_CHARS = 32
"""Letters and digits of a subject that are compared: the rest may be cut off in some copies."""
MIN_SUBJECT_CHARS = 5
"""A shorter subject links no messages by itself."""
DISTINCT_SUBJECT_CHARS = 12
"""From this length on a subject and a day link messages; a shorter subject needs the minute."""
MIN_TEXT_CHARS = 24
MAX_TEXT_CHARS = 40
"""Letters and digits at the beginning of a text that are compared."""
_SAMPLE_CHARS = 1_000

_PREFIX = re.compile(
    r"\s*(?:(?:re|fw|fwd|aw|wg|antw|tr|rv|res|enc|sv|vs|vl|odp|pd|ynt|ilt|rif|i|ref|réf|رد|إعادة توجيه|תשובה|ответ)"
    r"(?:\s?[\[(]\d{1,3}[\])])?\s?[:;.]|\[[^\[\]]{1,40}\])\s*",
    re.IGNORECASE,
)
"""Prefix of an answer or a forwarded message, or the name of a list in brackets."""
_ANSWER = re.compile(r"(?:\s*\[[^\[\]]{1,40}\])?\s*\w[\w ]{0,15}(?:[\[(]\d{1,3}[\])])?\s?[:;.]", re.IGNORECASE)
_MAX_PREFIXES = 10
_SIGNS = re.compile(r"[\W_]+")


def thread_links(record: Record) -> ThreadLinks | None:
    """Return the links of a record, or None if it is no message."""
    message = record.message
    if message is None:
        return None
    title = record.metadata.title or ""
    subject = base_subject(title)
    keys = [_key("id", one) for one in (message.id, *message.references) if one]
    keys += _sent_keys(record.metadata, subject, by_day=not message.id)
    keys += _text_keys(record, own_text(record), subject)
    for quoted in message.quoted:
        keys += quoted_keys(record, quoted)
    named = tuple(dict.fromkeys(_person_hashes(record.metadata.people()[:MAX_PEOPLE])))
    return ThreadLinks(
        keys=tuple(dict.fromkeys(keys)),
        subject=_key("subject", subject) if len(subject) >= MIN_SUBJECT_CHARS else "",
        answers=bool(message.references) or subject != letters(title)[:MAX_SUBJECT_CHARS],
        has_parent=bool(message.references) or any(quoted.metadata.date for quoted in message.quoted),
        is_distinct=len(subject) >= DISTINCT_SUBJECT_CHARS,
        people=named,
    )


def own_keys(record: Record) -> list[str]:
    """Return the keys of a message itself, without those of messages that it refers to."""
    message = record.message
    subject = base_subject(record.metadata.title or "")
    by_day = not (message and message.id)
    return [*_sent_keys(record.metadata, subject, by_day=by_day), *_text_keys(record, own_text(record), subject)]


def quoted_keys(record: Record, quoted: QuotedMessage) -> list[str]:
    """Return the keys of a message that a record quotes."""
    message = record.message
    subject = base_subject(quoted.metadata.title or record.metadata.title or "")
    keys = _sent_keys(quoted.metadata, subject, by_day=not (message and message.id))
    return [*keys, *_text_keys(record, record.body[quoted.text_start : quoted.span.stop], subject)]


def own_text(record: Record) -> str:
    """Return the text of a message between its header and the first message that it quotes."""
    message = record.message
    if message is None:
        return record.body
    stop = message.quoted[0].span.start if message.quoted else len(record.body)
    return record.body[message.text_start : stop]


def base_subject(title: str) -> str:
    """Return the beginning of a subject without its prefixes, as letters and digits."""
    for _ in range(_MAX_PREFIXES):
        found = _PREFIX.match(title)
        if not found:
            break
        title = title[found.end() :]
    return letters(title)[:MAX_SUBJECT_CHARS]


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return _SIGNS.sub("", text).casefold()


def _sent_keys(metadata: Metadata, subject: str, *, by_day: bool) -> Iterator[str]:
    """Yield the key of a time of sending: with a long subject that of the day, because programs
    write the time in several zones.
    """
    date = metadata.date
    if date is None:
        return
    if by_day and len(subject) >= DISTINCT_SUBJECT_CHARS and date.precision in ("day", "minute"):
        yield _key("day", f"{date.earliest.isoformat()} {subject}")
    elif date.precision == "minute":
        yield _key("minute", f"{date.value} {subject}")


def _text_keys(record: Record, text: str, subject: str) -> Iterator[str]:
    """Yield the key of a text that begins a message.

    Lines that stand above the header too are a page's running head or foot.
    """
    if len(subject) < MIN_SUBJECT_CHARS or record.message is None:
        return
    head = letters(record.body[: record.message.text_start])
    lines = (letters(line) for line in text[:_SAMPLE_CHARS].split("\n"))
    begin = "".join(line for line in lines if line not in head)[:MAX_TEXT_CHARS]
    if len(begin) >= MIN_TEXT_CHARS:
        yield _key("text", f"{subject} {begin}")


def _person_hashes(named: Iterable[str]) -> Iterator[str]:
    for one in named:
        name, address = people.parts(one)
        yield from (_hashed(part, PERSON_BYTES) for part in (name, address.partition("@")[0]) if part)


def _key(kind: str, text: str) -> str:
    return _hashed(f"{kind} {text}", KEY_BYTES)


def _hashed(text: str, size: int) -> str:
    return b64encode(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()).decode()
