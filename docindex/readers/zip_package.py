"""Zip packages and limits on unpacking. `archive` uses the limits too. Opens nothing on disk.

Names in a package are labels and never paths. A member's declared size is checked before it is
unpacked. It is reliable as a limit, because zipfile reads no byte beyond it.
"""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from docindex.errors import ReaderError

MAX_SIZE = 512 << 20  # unpacked bytes of one file
MAX_RATIO = 200  # unpacked bytes per packed byte; repetitive text reaches 50
HARMLESS = 16 << 20  # unpacked bytes below which the ratio is not checked
MAX_MEMBERS = 100_000

BOMB_HINT = "unpack it, and name the files that you need"
_DAMAGED_HINT = "copy it again from where it comes from, or take it off the list"
_FAILURES = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    ValueError,
)  # zipfile, tarfile and the decompressors raise any of these on damaged files


class DamagedError(ReaderError):
    """A packed file whose content is not what its format requires."""


@contextmanager
def damage(what: str) -> Iterator[None]:
    """Translate every error that the standard library raises on a damaged file into
    DamagedError.
    """
    try:
        yield
    except _FAILURES as error:
        raise DamagedError(f"is damaged, or no {what}", _DAMAGED_HINT) from error


def check_size(size: int, packed: int) -> None:
    """Raise ReaderError for data that would unpack to too many bytes."""
    if size > MAX_SIZE:
        raise ReaderError(f"unpacks to more than {MAX_SIZE >> 20} MB", BOMB_HINT)
    if size > HARMLESS and size > MAX_RATIO * packed:
        raise ReaderError(f"unpacks to more than {MAX_RATIO} times its size, as a bomb does", BOMB_HINT)


class Package:
    """Members of a zip file by name, each unpacked on access."""

    def __init__(self, data: bytes, what: str) -> None:
        """Open a zip file.

        `what` names its kind in messages: `Word document`. Raises ReaderError.
        """
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise ReaderError(f"is encrypted, or older than the {what}s of 2007", "save it anew, without a password")
        if data.count(b"PK\x01\x02") > MAX_MEMBERS:  # the signature of each member's entry
            raise ReaderError(f"holds more than {MAX_MEMBERS:,} files", BOMB_HINT)
        self._what = what
        self._packed = len(data)
        with damage(what):
            self._zip = zipfile.ZipFile(BytesIO(data))
        if sum(info.compress_size for info in self._zip.infolist()) > len(data):
            raise ReaderError("holds files that overlap, as a bomb does", BOMB_HINT)

    @property
    def members(self) -> list[zipfile.ZipInfo]:
        return self._zip.infolist()

    def names(self) -> list[str]:
        return self._zip.namelist()

    def get(self, name: str) -> bytes:
        """Return a member's bytes, or none if there is no such member. Raises ReaderError."""
        with damage(self._what):
            info = self._zip.NameToInfo.get(name)
        return self.read(info) if info else b""

    def read(self, info: zipfile.ZipInfo) -> bytes:
        if info.flag_bits & 1:
            raise ReaderError("is encrypted", "save it without a password")
        check_size(info.file_size, self._packed)
        with damage(self._what):
            return self._zip.read(info)
