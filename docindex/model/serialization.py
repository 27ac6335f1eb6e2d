"""Frozen values as JSON and back, including names and texts that are not UTF-8.

Each kind of value is a Struct of msgspec. Its decoder checks fields and types, and takes a tenth of
the time of building the values from dictionaries.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from msgspec import DecodeError, convert, to_builtins
from msgspec.json import Decoder, encode

Value = TypeVar("Value")


def dumps(value: object) -> bytes:
    """Return a value as JSON on one line."""
    try:
        return encode(value)
    except UnicodeEncodeError:  # lone surrogates: bytes of a name that are no UTF-8
        import json

        return json.dumps(to_builtins(value), separators=(",", ":")).encode("ascii")


def loads(data: bytes, kind: type[Value]) -> Value:
    """Return a value from its JSON. Raises DecodeError if the bytes hold no such value."""
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
    """Return the values of a kind from JSON, one on each line. Raises DecodeError."""
    try:
        found: list[Any] = _decoder(kind).decode_lines(data)
    except DecodeError:
        found = [loads(line, kind) for line in data.splitlines()]
    return found


@cache
def _decoder(kind: Any) -> Decoder[Any]:
    """Return a decoder, cached because making one takes as long as decoding hundreds of small
    values.
    """
    return Decoder(kind)
