"""Fingerprint of a source: a digest of everything but its content that decides its records."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from docindex.model.documents import Metadata
from docindex.readers import formats

if TYPE_CHECKING:
    from docindex.model.documents import Source

_NOTHING = Metadata()


def fingerprint(source: Source) -> str:
    """Return 32 hexadecimal digits (BLAKE2b, RFC 7693) of what is declared of a source and of the
    readers' versions.

    A source whose fingerprint differs from the stored one must be read again.
    """
    by_name = formats.format_by_name(source.path)
    declared = None if source.declared == _NOTHING else source.declared  # None has its hash in no time
    libraries = formats.installed() if by_name and by_name.holds_files else ()
    return _digest(declared, source.collection, source.split, source.columns, by_name and by_name.name, libraries)


@lru_cache(maxsize=1024)  # most sources of a collection share these values
def _digest(
    declared: Metadata | None,
    collection: str | None,
    split: str | None,
    columns: object,
    name: str | None,
    libraries: tuple[str, ...],  # installed ones, which decide what a container's files give
) -> str:
    form = formats.FORMAT_BY_NAME[name] if name else None
    values = declared or _NOTHING, collection, split, columns, formats.fingerprint(form)
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
