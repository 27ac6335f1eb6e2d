"""Mailboxes of Outlook (.pst, .ost) to messages, by the program readpst where it is installed.

readpst (libpst, GPL) is a program of its own: it is run, not linked. It writes each message as a
file into a temporary folder, from which they are read as mail.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from docindex.errors import LibraryMissing, ReaderError
from docindex.model.documents import Metadata, Source
from docindex.readers.base import EmbeddedFile
from docindex.system import programs

INSTALL_HINT = "install the program readpst: apt install pst-utils, or brew install libpst"
MAX_SECONDS = 600.0
MAX_FILES = 1_000_000
_MAIL_SUFFIX = ".eml"
_SIGNATURE = b"!BDN"
_COMMAND = ("-D", "-b", "-e", "-q", "-8", "-j", "0")
"""Deleted messages too, no RTF beside a body, a file for each message, UTF-8, one process."""


def read(source: Source, data: bytes) -> Iterator[EmbeddedFile]:
    """Yield each message as a file, with its folder as a part. Raises ReaderError."""
    if not data.startswith(_SIGNATURE):
        raise ReaderError("is no mailbox of Outlook", "give it the suffix of what it is")
    program = shutil.which("readpst")
    if program is None:
        raise LibraryMissing("pst", INSTALL_HINT)
    with tempfile.TemporaryDirectory(prefix="docindex-pst-") as folder:
        mailbox, written = Path(folder, "mailbox"), Path(folder, "messages")
        mailbox.write_bytes(data)
        written.mkdir()
        try:
            programs.run([program, *_COMMAND, "-o", str(written), str(mailbox)], seconds=MAX_SECONDS)
        except programs.ProgramError as error:
            raise ReaderError(f"readpst {error}", "export its messages as mbox or .eml, or repair it") from error
        mailbox.unlink()
        yield from _messages(written)


def _messages(folder: Path) -> Iterator[EmbeddedFile]:
    """Yield the files that readpst has written, in order of folders and numbers."""
    count = 0
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names, key=_number):
            path = Path(root, name)
            if path.is_symlink() or not path.is_file() or count == MAX_FILES:
                continue
            count += 1
            part = path.relative_to(folder).as_posix()
            is_mail = path.suffix == _MAIL_SUFFIX
            unpack = partial(_taken, path)
            yield EmbeddedFile(part.removesuffix(_MAIL_SUFFIX), name, unpack, Metadata(), "mail" if is_mail else None)


def _number(name: str) -> tuple[int, str]:
    """Return the key of a name that begins with a number: 2.eml stands before 10.eml."""
    digits = name.partition(".")[0]
    return int(digits) if digits.isdecimal() else 0, name


def _taken(path: Path) -> bytes:
    """Return a file's bytes and remove it, so that the folder shrinks as it is read."""
    data = path.read_bytes()
    path.unlink()
    return data
