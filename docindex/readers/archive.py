"""Compressed and packed files (.gz .bz2 .xz, .zip, .tar) -> the files in them. Reads and writes
nothing on disk.

A name in an archive only labels a part: `../../etc/passwd` is a part's name and never a path.
"""

from __future__ import annotations

import bz2
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any, cast

from docindex.errors import ReaderError
from docindex.model.documents import Source
from docindex.readers.base import EMPTY, EmbeddedFile, PartFailure
from docindex.readers.zip_package import BOMB_HINT, MAX_MEMBERS, DamagedError, Package, check_size, damage

_MAX_XZ_MEMORY_BYTES = 512 << 20  # that one stream may use
_STREAMS: tuple[tuple[bytes, str, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", "gzip file", partial(zlib.decompressobj, 31)),
    (b"BZh", "bzip2 file", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", "xz file", partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _MAX_XZ_MEMORY_BYTES)),
)
_CHUNK_BYTES = 512  # a chunk of the densest bomb unpacks to a few MB
_SHORT = {".tgz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}


def read(source: Source, data: bytes) -> Iterator[EmbeddedFile | PartFailure]:
    """Yield the files in an archive, whose kind its first bytes show. Raises ReaderError."""
    for magic, what, new in _STREAMS:
        if data.startswith(magic):
            name = _inner_name(source.path)
            unpacked, broken = _unpacked(new, what, data)
            if broken and not unpacked:
                raise broken
            yield EmbeddedFile(name, name, unpacked, EMPTY, whole=True)
            if broken:
                yield PartFailure("the rest", broken.message, broken.hint)
            return
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _zip(data)
    elif data[257:262] == b"ustar":
        yield from _tar(data)
    elif data.strip():
        raise ReaderError("is no archive", "give it the suffix of what it is")


def _inner_name(path: str) -> str:
    name = PurePosixPath(path)
    return str(name.with_suffix(_SHORT.get(name.suffix.lower(), "")))


def _unpacked(new: Callable[[], Any], what: str, data: bytes) -> tuple[bytes, ReaderError | None]:
    """Return the content of one or several streams, and the error if they break off.

    Raises ReaderError for a decompression bomb.
    """
    pieces: list[bytes] = []
    size = 0
    stream = new()
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            rest = data[start : start + _CHUNK_BYTES]
            while rest.strip(b"\0") or not stream.eof:
                stream = new() if stream.eof else stream
                with damage(what):
                    pieces.append(stream.decompress(rest))
                size += len(pieces[-1])
                check_size(size, len(data))
                rest = stream.unused_data
                if not rest:
                    break
        with damage(what):
            if not stream.eof:
                raise EOFError
    except DamagedError as error:
        return b"".join(pieces), error
    return b"".join(pieces), None


def _zip(data: bytes) -> Iterator[EmbeddedFile]:
    package = Package(data, "zip file")
    for info in package.members:
        if not info.is_dir() and _is_shown(info.filename):
            name = _name(info.filename, info.flag_bits)
            yield EmbeddedFile(name, name, partial(package.read, info), EMPTY)


def _name(name: str, flags: int) -> str:
    """Return a member's name.

    Names without the UTF-8 flag should be in code page 437, but many are UTF-8.
    """
    if flags & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except ValueError:
        return name


def _tar(data: bytes) -> Iterator[EmbeddedFile]:
    end = -1
    with damage("tar file"):
        tar = tarfile.TarFile(fileobj=BytesIO(data), encoding="utf-8", errors="replace")
    for _ in range(MAX_MEMBERS):
        with damage("tar file"):
            member = tar.next()
            if member is None and data[tar.offset : tar.offset + tarfile.BLOCKSIZE].strip(b"\0"):
                raise tarfile.ReadError
            if member is None:
                return
            if member.offset <= end or member.size < 0:  # a negative size would seek backwards
                raise ReaderError("is damaged: it leads back into itself", BOMB_HINT)
        end = member.offset
        if member.isreg() and _is_shown(member.name):
            yield EmbeddedFile(member.name, member.name, partial(_member, tar, member, len(data)), EMPTY)
    raise ReaderError(f"holds more than {MAX_MEMBERS:,} files", BOMB_HINT)


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo, packed: int) -> bytes:
    check_size(member.size, packed)  # a sparse file is larger than its stored data
    with damage("tar file"):
        return cast(IO[bytes], tar.extractfile(member)).read()


def _is_shown(name: str) -> bool:
    """Return False for hidden files and for the metadata that macOS adds to archives."""
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" not in parts and not any(part.startswith(".") and part.strip(".") for part in parts)
