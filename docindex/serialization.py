"""Values as JSON and back, names and texts included that are no UTF-8.

Each kind of value is a Struct of msgspec, which checks on reading that all is there and of its type: a tenth of what it
takes to build the same of dictionaries.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from msgspec import DecodeError, convert, to_builtins
from msgspec.json import Decoder, encode

Value = TypeVar("Value")


def dumps(value: object) -> bytes:
    """A value as JSON, on one line."""
    try:
        return encode(value)
    except UnicodeEncodeError:  # lone surrogates, which stand for bytes of a name that are no UTF-8
        import json

        return json.dumps(to_builtins(value), separators=(",", ":")).encode("ascii")


def loads(data: bytes, kind: type[Value]) -> Value:
    """The value that was dumped. Raises DecodeError where the bytes hold no such value."""
    try:
        found: Value = _decoder(kind).decode(data)  # type: ignore[arg-type]  # mypy takes no class for hashable
    except DecodeError as error:
        import json

        try:
            found = convert(json.loads(data), kind)
        except ValueError:
            raise error from None
    return found


def loads_lines(data: bytes, kind: Any) -> list[Any]:
    """The values of a kind, which may be a tuple's, that were dumped, one on each line. Raises DecodeError."""
    try:
        found: list[Any] = _decoder(kind).decode_lines(data)
    except DecodeError:
        found = [loads(line, kind) for line in data.splitlines()]
    return found


@cache
def _decoder(kind: Any) -> Decoder[Any]:
    """Making one takes as long as reading hundreds of small values."""
    return Decoder(kind)
