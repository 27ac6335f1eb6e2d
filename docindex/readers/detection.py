"""Detection of a file's format by its content; its name decides what the content leaves open.

Opens no file.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8

from docindex.errors import NothingToIndex, ReaderError
from docindex.readers import mbox
from docindex.readers.base import Format
from docindex.readers.charset import is_text
from docindex.readers.formats import BINARY_SUFFIXES, FORMAT_BY_NAME, format_by_name, suffix_of
from docindex.readers.zip_package import Package

OCR_HINT = "docindex build --ocr reads what is written there"
SAMPLE_BYTES = 20_000
"""Length of a file's beginning that is searched for a format's marks."""
_SIGNATURES = (
    (re.compile(rb"\s*+%PDF-"), "pdf"),
    (re.compile(rb"\s*+\{\\rtf"), "rtf"),
    (re.compile(rb"\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\0"), "archive"),
    (re.compile(rb"(?s:.{257})ustar"), "archive"),
    (re.compile(rb"!BDN"), "pst"),
)
_ZIP_FORMATS = frozenset(("docx", "pptx", "xlsx", "odf", "epub", "archive"))
_BINARY_FORMATS = _ZIP_FORMATS | {"pdf", "rtf", "pst"}
_PACKAGE_MEMBERS = {"[Content_Types].xml", "_rels/.rels", "content.xml", "META-INF/container.xml"}
"""Members that an office package has and a zip file of documents lacks."""
_FORMAT_BY_MEMBER = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}

_HTML = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s++html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*+<\?xml\s")
_ROFF = re.compile(rb"^[.'](?:TH|SH|Dd|Dt|Sh|TL|NH|so|\\\") ?", re.MULTILINE)
"""Macro or comment that only a roff document has at a line's beginning."""
_HTML_PIECE = re.compile(
    rb"\s*+(?:<\?php.{0,2000}?\?>\s*+|<%.{0,2000}?%>\s*+)*+"
    rb"<(?:!doctype\s++html|html|head|body|meta|title|table|div|center|font|p)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
"""A page without its outer element, or behind a program's lines: saved .php pages, tables named
.xls.
"""
_NO_DOCUMENT = re.compile(rb"%!PS|/\* XPM \*/|begin [0-7]{3} |\xff\xd8|\x89PNG|GIF8|\x7fELF|MZ\x90")
"""Beginning of what is no document: PostScript, pictures, programs, uuencoded files."""
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|BM.{4}\0{4}|II\*\0|MM\0\*|RIFF.{4}WEBP", re.DOTALL)
"""Beginning of a picture that OCR can read."""
_OLE = b"\xd0\xcf\x11\xe0"
"""Beginning of a compound file, as Office wrote until 2007."""
_HEADER_LINE = re.compile(rb"\s|>?From[ \r\n]|[A-Za-z][\w-]*+[ \t]*+:|[A-Za-z][\w-]*+\Z")
"""First line of a mail: a header field, or a blank line where the header is missing."""
_FIELD = re.compile(rb"([!-9;-~]+):")
_AUTHOR_FIELDS = {b"from", b"date", b"subject"}
_TRANSPORT_FIELDS = {b"received", b"return-path", b"message-id", b"mime-version", b"delivered-to"}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def format_of(path: str, data: bytes, *, pictures: bool = False) -> Format | None:
    """Return a file's format, or None if no reader knows it.

    A format that is certain from the content takes precedence over the name. Only with `pictures`,
    which needs OCR, is a picture a format.
    """
    by_name = format_by_name(path)
    if not data:
        return by_name
    found = _format_by_signature(data, by_name) or _format_by_first_lines(data, suffix_of(path).lower(), by_name)
    if found is None and by_name and by_name.name in _BINARY_FORMATS and _is_text(data):
        found = "text"
    if found is None and by_name is None:
        found = _format_of_unknown(data, suffix_of(path).lower())
    if found is None and by_name is None and pictures and _PICTURE.match(data):
        found = "picture"
    return FORMAT_BY_NAME[found] if found else by_name


def check_readable(path: str, top: bytes, *, pictures: bool = False) -> None:
    """Raise NothingToIndex if a file of unknown suffix that begins with `top` holds no text."""
    if top and not top.startswith((b"PK\x03\x04", _OLE)) and format_of(path, top, pictures=pictures) is None:
        raise unknown_format(path, top)


def unknown_format(path: str, data: bytes = b"") -> NothingToIndex:
    """Return the error for a file that no reader knows."""
    if data.startswith(_OLE):
        what = "is a file of Microsoft's that is no document of Word, Excel or PowerPoint"
        return NothingToIndex(what, "save it in another format", kind=suffix_of(path).lower() or "compound files")
    suffix = suffix_of(path).lower()
    if _PICTURE.match(data):
        return NothingToIndex("is a picture", OCR_HINT, kind=suffix or "pictures", pages=1)
    what = f"no reader for {suffix}" if suffix else "no reader for what it holds"
    return NothingToIndex(what, "convert it to text, or take it off the list", kind=suffix or "no ending")


def _format_of_unknown(data: bytes, suffix: str) -> str | None:
    """Return the format of a file whose name says nothing: a piece of HTML, text, or None."""
    top = data[:SAMPLE_BYTES].removeprefix(BOM_UTF8)
    if _HTML_PIECE.match(top):
        return "html"
    if suffix in BINARY_SUFFIXES or _NO_DOCUMENT.match(top):
        return None
    return "text" if is_text(data[:SAMPLE_BYTES]) else None


def _format_by_signature(data: bytes, by_name: Format | None) -> str | None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(data, by_name.name if by_name else "")
    if data.startswith(_OLE):
        return _format_of_compound_file(data)
    return next((name for signature, name in _SIGNATURES if signature.match(data)), None)


def _format_of_compound_file(data: bytes) -> str | None:
    """Return the format of an Office file as written until 2007, or None for another one."""
    from docindex.readers import compound_file  # here: few collections hold such files

    return compound_file.kind(data)


def _format_of_zip(data: bytes, by_name: str) -> str:
    """Return the format of a zip file: an office format, EPUB, or an archive of documents."""
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


def _format_by_first_lines(data: bytes, suffix: str, by_name: Format | None) -> str | None:
    """Return the text format that the first lines show, or None."""
    top = data[:SAMPLE_BYTES].removeprefix(BOM_UTF8)
    if _HTML.match(top):
        return "html"
    if by_name and by_name.name == "mail" and not _opens_mail(top, suffix):
        return "text"
    if _XML.match(top):
        return "xml"
    if top[:1] in (b".", b"'") and _ROFF.search(top):
        return "roff"
    return "mail" if mbox.is_mbox(top) or _is_mail(top, plain=not suffix or not by_name) else None


def _opens_mail(top: bytes, suffix: str) -> bool:
    return bool(_HEADER_LINE.match(top)) or (suffix == ".emlx" and top.lstrip()[:1].isdigit())


def _is_mail(top: bytes, *, plain: bool) -> bool:
    """Return True if a file begins with a mail's header (RFC 5322): only fields up to a blank line.

    The header must hold a field that only a mail server writes. Otherwise a printed mail would lose
    its first lines. If `plain`, two of From, Date and Subject are enough.
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
        line = b""  # the sample ends within the header
    return not line.strip() and (
        len(names & (_AUTHOR_FIELDS | _TRANSPORT_FIELDS)) > 1 and (plain or not names.isdisjoint(_TRANSPORT_FIELDS))
    )


def _is_text(data: bytes) -> bool:
    """Return True if a file named as a binary format holds text in UTF-8."""
    top = data[:SAMPLE_BYTES]
    try:
        (top if len(data) <= SAMPLE_BYTES else top[: top.rfind(b" ") + 1]).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(top)
