"""The table of formats, and the format that a file's name promises. Opens no file."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec

from docindex.readers.base import Format

FORMATS = (
    Format("text", suffixes=(".txt", ".text", ".log", ""), version=5),
    Format("markdown", suffixes=(".md", ".markdown"), version=2),
    Format("html", suffixes=(".html", ".htm", ".xhtml"), version=2, libraries=("lxml", "trafilatura")),
    Format("mail", suffixes=(".eml", ".emlx", ".mbox", ".mbx", ".mht", ".mhtml"), version=4, holds_files=True),
    Format("tables", suffixes=(".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson"), version=3),
    Format("pdf", suffixes=(".pdf",), version=3, libraries=("pypdfium2",), holds_files=True, holds_pictures=True),
    Format("picture", suffixes=(), version=1, holds_pictures=True),
    Format("docx", suffixes=(".docx", ".docm", ".dotx"), version=2, libraries=("defusedxml",), holds_files=True),
    Format("pptx", suffixes=(".pptx", ".pptm", ".ppsx"), version=2, libraries=("defusedxml",), holds_files=True),
    Format("xlsx", suffixes=(".xlsx", ".xlsm"), version=1, libraries=("defusedxml", "openpyxl")),
    Format("xml", suffixes=(), version=1, libraries=("defusedxml",)),
    Format("roff", suffixes=(), version=1),
    Format("doc", suffixes=(), version=1, libraries=("olefile",)),
    Format("ppt", suffixes=(), version=1, libraries=("olefile",)),
    Format("xls", suffixes=(), version=1, libraries=("olefile", "xlrd")),
    Format("msg", suffixes=(".msg",), version=1, libraries=("olefile",), holds_files=True),
    Format("pst", suffixes=(".pst", ".ost"), version=1, holds_files=True),
    Format("odf", suffixes=(".odt", ".ott", ".odp", ".ods"), version=1, libraries=("defusedxml",)),
    Format("epub", suffixes=(".epub",), version=1, libraries=("defusedxml",)),
    Format("rtf", suffixes=(".rtf",), version=1),
    Format(
        "archive",
        suffixes=(".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz"),
        version=1,
        holds_files=True,
    ),
)
BINARY_SUFFIXES = frozenset(
    ".jpg .jpeg .png .gif .bmp .ico .tif .tiff .webp .heic .avif .psd .mp3 .m4a .ogg .opus .wav .flac .aac .wma .mp4"
    " .m4v .mov .avi .mkv .webm .wmv .flv .mpg .mpeg .ttf .otf .woff .woff2 .eot .exe .dll .so .o .a .class .pyc .dmg"
    " .iso .img .7z .rar".split()
)
"""Suffixes of files that hold no text.

A file in an archive with one of them is not unpacked to look.
"""
PICTURE_SUFFIXES = frozenset(".jpg .jpeg .png .gif .bmp .tif .tiff .webp".split())
"""Suffixes of pictures that OCR can read."""
FORMAT_BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
FORMAT_BY_NAME = {row.name: row for row in FORMATS}
_VERSIONS = tuple((row.name, row.version) for row in FORMATS)
_MAILDIR = re.compile(r"(?:^|/)(?:cur|new)/[^/]+$|[:!;]2,[A-Za-z]*$")
"""Path of a message in a Maildir, as maildir(5) names it."""


def format_by_name(path: str) -> Format | None:
    """Return the format that a path's suffix names, or None if no reader knows it.

    A file in a Maildir is mail unless its suffix names another format.
    """
    suffix = suffix_of(path).lower()
    by_name = FORMAT_BY_SUFFIX.get(suffix)
    if _MAILDIR.search(path) and not (suffix and by_name):
        return FORMAT_BY_NAME["mail"]
    return by_name


def suffix_of(path: str) -> str:
    """Return a path's suffix with its dot, as pathlib does.

    It is called for every path of a build; a PurePath for each would cost noticeable time.
    """
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:] if 0 < dot < len(name) - 1 else ""


def fingerprint(by_name: Format | None) -> object:
    """Return a value that changes when the same file, of a format by its name, would give other
    records.

    It covers the versions of all readers, because the content may call for any of them. For a
    container it covers the installed libraries too. A file that itself lacks a library needs none
    of this: every build tries it again.
    """
    return by_name and by_name.name, _VERSIONS, installed() if by_name and by_name.holds_files else None


@cache
def installed() -> tuple[str, ...]:
    """Return the installed ones of the optional libraries that readers import, sorted."""
    return tuple(sorted({library for row in FORMATS for library in row.libraries if find_spec(library)}))
