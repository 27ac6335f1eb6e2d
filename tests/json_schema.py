"""The schema of what scripts read, closed: no key may be there of which it does not speak."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

import docindex.render

SCHEMA = json.loads((Path(docindex.render.__file__).parent / "schema.json").read_text(encoding="utf-8"))


def closed(schema: Any) -> Any:
    if isinstance(schema, dict):
        inner = {key: closed(value) for key, value in schema.items()}
        return {**inner, "additionalProperties": False} if "required" in schema and "properties" in schema else inner
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


CLOSED = closed(SCHEMA)


def conforms(text: str, kind: str) -> Any:
    """Return a JSON document, if it is one of a kind."""
    value = json.loads(text)
    jsonschema.Draft202012Validator({**CLOSED, "$ref": f"#/$defs/{kind}"} | {"anyOf": [True]}).validate(value)
    return value
