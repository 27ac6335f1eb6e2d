"""Fingerprint of a source: a digest of everything but its content that decides its records."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from docindex.readers import formats

if TYPE_CHECKING:
    from docindex.model.documents import Source


def fingerprint(source: Source) -> str:
    """Return 32 hexadecimal digits (BLAKE2b, RFC 7693) of what is declared of a source and of the
    readers' versions.

    A source whose fingerprint differs from the stored one must be read again.
    """
    return _digest(source.declared, source.collection, source.split, source.columns, formats.fingerprint(source.path))


@lru_cache(maxsize=1024)  # most sources of a collection share these values
def _digest(*values: object) -> str:
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
