"""Mail to records: one message in a file or many in an mbox (RFC 5322, MIME), with their
attachments.

The standard library parses the message. Its newer policy is not used, because its time grows with
the square of a header's length and it fails on some headers. Quoted replies and signatures stay in
the text and count less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from itertools import accumulate
from mimetypes import MimeTypes

from msgspec import Struct

from docindex.errors import ReaderError
from docindex.model.documents import Message as MessageLinks
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import mail_header, mail_parts, mbox, quoted_messages, quoted_text, tnef
from docindex.readers.base import EMPTY, EmbeddedFile, PartFailure, record, split_lines
from docindex.readers.charset import decode_as
from docindex.readers.formats import installed

_Rows = mail_parts.Rows


def read(source: Source, data: bytes) -> Iterator[Record | EmbeddedFile | PartFailure]:
    """Yield a record for each message, and its attachments. Raises ReaderError."""
    found = mbox.separators(data)
    if not found:
        first, data = _without_envelope(source.path, data)
        yield from _Mail(source, data, first).parts(message_from_bytes(data), None)
        return
    line, done = 1, 0
    for number, (first, stop) in enumerate(mbox.messages(data, found), 1):
        line += data.count(b"\n", done, first)
        done = stop
        text = _QUOTED_FROM.sub(rb"\1", data[first:stop])
        try:
            message = message_from_bytes(text)
            yield from _Mail(source, text, line).parts(message, mail_header.message_id(message) or f"message-{number}")
        except (ReaderError, RecursionError) as error:
            yield PartFailure(f"message-{number}", str(error))
        line += text.count(b"\n")


_EMLX = re.compile(rb"\s{0,20}(\d{1,12})[ \t]*\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def _without_envelope(path: str, data: bytes) -> tuple[int, bytes]:
    """Return the line on which a message begins, and the message without what Apple Mail writes
    around it.
    """
    if path.lower().endswith(".emlx") and (count := _EMLX.match(data)):
        return data.count(b"\n", 0, count.end()) + 1, data[count.end() : count.end() + int(count[1])]
    return 1, data


# The parts of a message ---------------------------------------------------------------------------

_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_MESSAGES = ("message/rfc822", "message/global", "message/news", "text/rfc822-headers", "message/global-headers")
_TEXTS = ("text/plain", "text/html")
_REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
    "message/tracking-status",
)
_ENCRYPTED = ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


class _Parts(Struct):
    """Parts of a message by their use."""

    texts: list[Message] = []
    attached: list[Message] = []
    encrypted: bool = False


def _parts(message: Message) -> _Parts:
    """Return the parts of a message, and of alternatives the plain text.

    The recursion is bounded, because the parser limits the nesting.
    """
    found = _Parts()
    mail_parts.repair_header(message)
    kind = message.get_content_type()
    if kind == "multipart/encrypted" or kind in _ENCRYPTED:
        found.encrypted = True
    elif kind.startswith("multipart/") and message.is_multipart():
        inner = [_parts(part) for part in message.get_payload() if isinstance(part, Message)]
        if kind == "multipart/alternative":
            found.texts = _best_alternative(inner)
        else:
            found.texts = [text for part in inner for text in part.texts]
        found.attached = [part for parts in inner for part in parts.attached]
        found.encrypted = any(parts.encrypted for parts in inner)
    elif kind.startswith("multipart/"):
        found.texts = [message]  # its boundary is missing, so it is read as text
    elif kind in _REPORTS or (kind in _TEXTS and not message.get_filename() and not _is_attachment(message)):
        found.texts = [message]
    elif kind not in _SIGNATURES and (kind in _MESSAGES or not message.is_multipart()):
        found.attached = [message]
    return found


def _is_plain(parts: _Parts) -> bool:
    return any(text.get_content_type() == "text/plain" and str(text.get_payload()).strip() for text in parts.texts)


_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")


def _best_alternative(inner: Sequence[_Parts]) -> list[Message]:
    """Return the texts of the plainest alternative, or of the richest where the plain one is a
    stub beside it.
    """
    plain = next(filter(_is_plain, inner), None)
    if plain is None:
        return inner[-1].texts if inner else []
    if "lxml" in installed() and (rich := next((parts for parts in reversed(inner) if _is_html(parts)), None)):
        words, markup = ("\n".join(map(mail_parts.text_of, parts.texts)) for parts in (plain, rich))
        if mail_parts.says_more(markup, words):
            return rich.texts
    return plain.texts


def _is_html(parts: _Parts) -> bool:
    return any(text.get_content_type() == "text/html" for text in parts.texts)


def _is_attachment(message: Message) -> bool:
    return message.get_content_disposition() == "attachment"


class _Mail:
    """Reader of one message in the bytes of its file, in one pass."""

    def __init__(self, source: Source, data: bytes, line: int) -> None:
        self._source = source
        self._data = data
        self._at = 0  # offset of the first unread byte
        self._line = line  # line of that byte in the file
        self._missed = 0  # failed searches
        self._blank = b"\r\n\r\n" if b"\r\n" in data[:1_000] else b"\n\n"  # it precedes a text

    def parts(self, message: Message, name: str | None) -> Iterator[Record | EmbeddedFile | PartFailure]:
        """Yield the record of a message, then its attachments.

        `name` is its part, or None for the file.
        """
        parts = _parts(message)
        said = mail_header.metadata_of(message)
        rows = self._fields(message)
        fields = len(rows)
        for text in parts.texts:
            shown = _trimmed(self._text(text, alone=not message.keys()))
            rows += [("", self._line), *shown]
        if parts.encrypted:
            rows += [("", self._line), ("(The text is encrypted.)", self._line)]
        names = [_name(part, number) for number, part in enumerate(parts.attached, 1)]
        if names:
            rows += [("", self._line), (f"Attached: {', '.join(names)}", self._line)]
        rows = _trimmed(rows) or [(said.title or said.creator or "", self._line)]
        if rows[0][0]:
            own, found = (EMPTY, said) if name is None else (said, EMPTY)
            texts = [text for text, _ in rows]
            lines = list(accumulate((line for _, line in rows), max))
            others = quoted_text.quoted(texts[:-1] if names else texts, fields)
            links = MessageLinks(
                id=mail_header.message_id(message) or None,
                references=mail_header.references(message),
                quoted=quoted_messages.quoted_messages(texts[:-1] if names else texts, fields),
                text_start=sum(len(text) + 1 for text in texts[:fields]),
            )
            yield record(
                self._source,
                part=name,
                own=own,
                found=found,
                body="\n".join(texts),
                lines=lines,
                quoted=others,
                message=links,
            )
        for part, own_name in zip(parts.attached, names, strict=True):
            yield from self._attachment(part, own_name if name is None else f"{name}/{own_name}", own_name, said)

    def _attachment(
        self, part: Message, name: str, file_name: str, said: Metadata
    ) -> Iterator[Record | EmbeddedFile | PartFailure]:
        payload = part.get_payload()
        kind = part.get_content_type()
        if kind in _MESSAGES and isinstance(payload, list):
            for message in payload:
                if isinstance(message, Message):
                    yield from self.parts(message, name)
        elif kind in _MESSAGES and (data := mail_parts.decoded(part)):
            yield from self.parts(message_from_bytes(data), name)
        elif kind in _TNEF or file_name.lower() == "winmail.dat":
            files = tnef.files(mail_parts.decoded(part))
            if not files:
                yield PartFailure(name, "holds no file that can be read", "ask for it in another format")
            for inner, data in files:
                yield EmbeddedFile(f"{name}/{inner}", inner, data, Metadata(creator=said.creator, date=said.date))
        elif embedded := mail_parts.attachment(part, name, file_name, said):
            yield embedded

    def _fields(self, message: Message) -> _Rows:
        """Return the lines of the recipients. No other field of a record holds them."""
        rows: _Rows = []
        for name, value in message.raw_items():
            label = f"{name}:".encode("ascii", "surrogateescape")
            if not self._data.startswith(label, self._at):
                self._reach(b"\n" + label, skipped=1)
            if name.lower() in ("to", "cc", "bcc") and (text := mail_header.people_of(str(value))):
                rows.append((f"{name.title()}: {text}", self._line))
        return rows

    def _text(self, part: Message, *, alone: bool) -> _Rows:
        """Return the lines of a part's text.

        Raises ReaderError if it is no text and `alone`, that is, in a file without any header.
        """
        if part.get_content_type() in _REPORTS and part.is_multipart():
            return self._report(part)
        data = mail_parts.decoded(part)
        encoding = mail_parts.encoding_of(part)
        raw = data if encoding in ("", "7bit", "8bit", "binary") else str(part.get_payload()).encode("utf-8", "replace")
        if not alone:
            self._reach(self._blank + raw, skipped=len(self._blank))
        try:
            text = decode_as(data, part.get_content_charset() or "")
        except ReaderError:
            if alone:
                raise
            text = data.decode("utf-8", "replace").replace("\0", "\ufffd")
        lines = self._lines(raw, encoding, text.count("\n") + 1)
        if part.get_content_type() == "text/html":
            from docindex.readers import html  # here: plain mail does not need its libraries

            return [(shown, lines[number - 1]) for shown, number in html.shown(text)]
        rows = [(piece, lines[number - 1]) for piece, number in zip(*split_lines(text), strict=True)]
        return mail_parts.unflowed(part, rows)

    def _report(self, part: Message) -> _Rows:
        """Return the fields of a delivery report, one block for each recipient."""
        rows: _Rows = []
        for block in part.get_payload():
            if not isinstance(block, Message):
                continue
            rows += [("", self._line)] if rows else []
            for name, value in block.raw_items():
                self._reach(b"\n" + f"{name}:".encode("ascii", "surrogateescape"), skipped=1)
                rows.append((f"{name}: {mail_header.decoded_words(str(value))}", self._line))
        return rows

    def _lines(self, raw: bytes, encoding: str, count: int) -> Sequence[int]:
        """Return the line number in the file of each line of a text.

        An encoding may split or join lines.
        """
        first = self._line
        if encoding == "base64":
            return [first] * count
        breaks = [line.rstrip().endswith(b"=") for line in raw.split(b"\n")[:-1]]
        soft = [False, *breaks] if encoding == "quoted-printable" else [False] * (len(breaks) + 1)
        lines = [first + at for at, is_soft in enumerate(soft) if not is_soft]
        return lines if len(lines) == count else [first] * count

    def _reach(self, raw: bytes, *, skipped: int = 0) -> None:
        """Move to the next occurrence of these bytes plus `skipped`, or stay if there is none."""
        found = self._data.find(raw, self._at) if self._missed < _MAX_MISSED else -1
        if found < 0:
            self._missed += 1
            return
        self._line += self._data.count(b"\n", self._at, found + skipped)
        self._at = found + skipped


_MAX_MISSED = 20  # failed searches, each of which reads the whole message


def _trimmed(rows: _Rows) -> _Rows:
    """Return the rows without the blank ones at both ends."""
    shown = [at for at, (text, _) in enumerate(rows) if text.strip()]
    return rows[shown[0] : shown[-1] + 1] if shown else []


_FOLDER = re.compile(r".*[/\\]", re.DOTALL)
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MAX_NAME_CHARS = 150
_TYPES = MimeTypes()  # Python's own table, the same on every system


def _name(part: Message, number: int) -> str:
    """Return an attachment's name without folders, or a name made from its type."""
    kind = part.get_content_type()
    given = _UNPRINTED.sub(" ", _FOLDER.sub("", mail_header.decoded_words(part.get_filename() or ""))).strip()[
        -_MAX_NAME_CHARS:
    ]
    made = "message" if kind in _MESSAGES else "attachment"
    return given or f"{made}-{number}{_TYPES.guess_extension(kind) or ''}"
