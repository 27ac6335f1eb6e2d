"""The table of formats, and which of them a file is in: told by its name and its content together. Opens no file."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from functools import cache
from importlib.util import find_spec

from docindex.errors import ReaderError
from docindex.readers.base import Format
from docindex.readers.zip_package import Package

FORMATS = (
    Format("text", suffixes=(".txt", ".text", ".log", ""), version=1),
    Format("markdown", suffixes=(".md", ".markdown"), version=1),
    Format("html", suffixes=(".html", ".htm", ".xhtml"), version=1, extra="html", libraries=("lxml", "trafilatura")),
    Format("mail", suffixes=(".eml", ".mbox", ".mbx", ".mht", ".mhtml"), version=1, extra="mail", holds_files=True),
    Format("tables", suffixes=(".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson"), version=1),
    Format("pdf", suffixes=(".pdf",), version=1, extra="pdf", libraries=("pypdfium2",)),
    Format("docx", suffixes=(".docx", ".docm", ".dotx"), version=1, extra="office", libraries=("defusedxml",)),
    Format("pptx", suffixes=(".pptx", ".pptm", ".ppsx"), version=1, extra="office", libraries=("defusedxml",)),
    Format("xlsx", suffixes=(".xlsx", ".xlsm"), version=1, extra="office", libraries=("defusedxml", "openpyxl")),
    Format("odf", suffixes=(".odt", ".ott", ".odp", ".ods"), version=1, extra="office", libraries=("defusedxml",)),
    Format("epub", suffixes=(".epub",), version=1, extra="office", libraries=("defusedxml",)),
    Format("rtf", suffixes=(".rtf",), version=1),
    Format(
        "archive",
        suffixes=(".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz"),
        version=1,
        holds_files=True,
    ),
)
FORMAT_BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
FORMAT_BY_NAME = {row.name: row for row in FORMATS}


def format_of(path: str, data: bytes | None = None) -> Format | None:
    """The format of a file by its name, and by what it holds if that is given; None if there is no reader for it.

    What is certain of the content wins over the name. What lies in a Maildir without a suffix of its own is mail.
    """
    suffix = suffix_of(path).lower()
    by_name = FORMAT_BY_SUFFIX.get(suffix)
    if _MAILDIR.search(path) and not (suffix and by_name):
        by_name = FORMAT_BY_NAME["mail"]
    if not data:
        return by_name
    found = _format_by_signature(data, by_name) or _format_by_first_lines(data, suffix, by_name)
    if found is None and by_name and by_name.name in _BINARY_FORMATS and _is_text(data):
        found = "text"
    return FORMAT_BY_NAME[found] if found else by_name


def suffix_of(path: str) -> str:
    """A path's ending with its dot, as pathlib has it; asked for so often that an object for each path would tell."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:] if 0 < dot < len(name) - 1 else ""


def fingerprint(path: str) -> object:
    """What decides how a file is read beside its content: the readers, as its content may call for any of them; and
    for one that holds files, which libraries are there. A file that lacks one itself is tried again at every build.
    """
    by_name = format_of(path)
    return by_name and by_name.name, _VERSIONS, installed() if by_name and by_name.holds_files else None


_VERSIONS = tuple((row.name, row.version) for row in FORMATS)


@cache
def installed() -> tuple[str, ...]:
    """The libraries that are there, of those that some formats need."""
    return tuple(sorted({library for row in FORMATS for library in row.libraries if find_spec(library)}))


# By content ----------------------------------------------------------------------------------------------------

_SAMPLE_BYTES = 20_000  # bytes that tell a format
_SIGNATURES = (
    (re.compile(rb"\s*+%PDF-"), "pdf"),
    (re.compile(rb"\s*+\{\\rtf"), "rtf"),
    (re.compile(rb"\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\0"), "archive"),
    (re.compile(rb"(?s:.{257})ustar"), "archive"),
)
_ZIP_FORMATS = frozenset(("docx", "pptx", "xlsx", "odf", "epub", "archive"))
_BINARY_FORMATS = _ZIP_FORMATS | {"pdf", "rtf"}
_PACKAGE_MEMBERS = {"[Content_Types].xml", "_rels/.rels", "content.xml", "META-INF/container.xml"}  # more than a folder
_FORMAT_BY_MEMBER = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}


def _format_by_signature(data: bytes, by_name: Format | None) -> str | None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(data, by_name.name if by_name else "")
    return next((name for signature, name in _SIGNATURES if signature.match(data)), None)


def _format_of_zip(data: bytes, by_name: str) -> str:
    """Which of the formats that are zip files a zip file is in."""
    fallback = by_name if by_name in _ZIP_FORMATS else "archive"
    try:
        package = Package(data, "zip file")
        kind = package.get("mimetype").strip() if "mimetype" in package.names() else b""
    except ReaderError:
        return fallback
    if kind == b"application/epub+zip":
        return "epub"
    if kind.startswith(b"application/vnd.oasis.opendocument."):
        return "odf"
    members = set(package.names())
    known = next((name for member, name in _FORMAT_BY_MEMBER.items() if member in members), None)
    return known or (fallback if members & _PACKAGE_MEMBERS else "archive")


_MAILDIR = re.compile(r"(?:^|/)(?:cur|new)/[^/]+$|[:!;]2,[A-Za-z]*$")
_HTML = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s++html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_MBOX = re.compile(rb"From [^\n]*\d{4}[^\n]*\n>?[!-9;-~]+:")
_HEADER_LINE = re.compile(rb"\s|>?From |[A-Za-z][\w-]*+[ \t]*+:|[A-Za-z][\w-]*+\Z")  # a header, or a text without any
_FIELD = re.compile(rb"([!-9;-~]+):")
_AUTHOR_FIELDS = {b"from", b"date", b"subject"}
_TRANSPORT_FIELDS = {b"received", b"return-path", b"message-id", b"mime-version", b"delivered-to"}


def _format_by_first_lines(data: bytes, suffix: str, by_name: Format | None) -> str | None:
    """The formats of text that can be told by their first lines."""
    top = data[:_SAMPLE_BYTES].removeprefix(BOM_UTF8)
    if _HTML.match(top):
        return "html"
    if by_name and by_name.name == "mail" and not _HEADER_LINE.match(top):
        return "text"
    return "mail" if _MBOX.match(top) or _is_mail(top, plain=not suffix or not by_name) else None


def _is_mail(top: bytes, *, plain: bool) -> bool:
    """Whether a file begins with a mail's header (RFC 5322): fields and nothing else up to a blank line.

    A field that only a transport writes must be among them, lest a printed mail lose its first lines; or, where
    `plain`, two of From, Date and Subject.
    """
    if not _FIELD.match(top):
        return False
    names: set[bytes] = set()
    for line in top.splitlines():
        field = _FIELD.match(line)
        if field:
            names.add(field[1].lower())
        elif not (names and line[:1].isspace() and line.strip()):
            break
    else:
        line = b""  # the top ends within the header
    return not line.strip() and (
        len(names & (_AUTHOR_FIELDS | _TRANSPORT_FIELDS)) > 1 and (plain or not names.isdisjoint(_TRANSPORT_FIELDS))
    )


def _is_text(data: bytes) -> bool:
    """Whether a file that is said to be no text is one all the same."""
    top = data[:_SAMPLE_BYTES]
    try:
        (top if len(data) <= _SAMPLE_BYTES else top[: top.rfind(b" ") + 1]).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(top)


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
