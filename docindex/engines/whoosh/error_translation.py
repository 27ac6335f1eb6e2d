"""Translate failures of Whoosh and of the disk into docindex's own errors."""

from __future__ import annotations

import pickle
import struct
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import DecodeError
from whoosh.index import EmptyIndexError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import CorruptIndexError

from docindex.engines.whoosh.directory import REBUILD
from docindex.errors import DocindexError, EngineError, IndexDamaged, IndexMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.engines.whoosh.directory import Store

_DAMAGE = (
    CorruptIndexError,
    WhooshIndexError,
    pickle.UnpicklingError,
    struct.error,
    zlib.error,
    DecodeError,
    UnicodeDecodeError,
    EOFError,
)
"""Errors that Whoosh and our own readers raise for a damaged file."""


@contextmanager
def translate_errors(store: Store) -> Iterator[None]:
    """Raise docindex's errors for those of Whoosh and of the disk."""
    folder = store.path
    try:
        yield
    except DocindexError:
        raise
    except EmptyIndexError as error:
        raise IndexMissing(f"{folder}: there is no index here", "docindex build") from error
    except _DAMAGE as error:
        raise IndexDamaged(f"{folder}: the index is damaged ({type(error).__name__}: {error})", REBUILD) from error
    except FileNotFoundError as error:
        raise IndexDamaged(f"{error.filename or folder}: is missing", REBUILD) from error
    except OSError as error:
        raise EngineError(f"{error.filename or folder}: {error.strerror or error}", "check the disk") from error
    except Exception as error:
        # A turned bit leaves a file's time as it was and may raise anything.
        try:
            store.verify()
        except EngineError as damage:
            raise damage from error
        raise
