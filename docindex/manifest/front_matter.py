"""YAML between `---` lines at the top of a manifest -> defaults for all its entries. Pure.

A title there belongs to the manifest and is no default. Keys of other tools (layout, draft) are
ignored. Values are read as written, without YAML's types, because `no` is Norwegian and not false.
"""

from __future__ import annotations

import yaml

from docindex.manifest.entry_metadata import Pair, Problem, duplicate_key, unknown_key
from docindex.metadata.keys import closest_key, key

_HINT = "write `key: value` lines"


def cut(text: str) -> tuple[str, str]:
    """Return the front matter ("" if there is none) and the rest.

    Blank lines before each keep its line numbers.
    """
    first, *lines = text.split("\n")
    if first.rstrip() != "---":
        return "", text
    end = next((number for number, line in enumerate(lines) if line.rstrip() in ("---", "...")), None)
    if end is None:
        return "", text
    return "\n".join(["", *lines[:end]]), "\n" * (end + 2) + "\n".join(lines[end + 1 :])


def read(text: str) -> tuple[tuple[Pair, ...], list[Problem]]:
    """Return the defaults of a front matter and its mistakes.

    Lines count from the manifest's first.
    """
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "holds what YAML may not"
        return (), [Problem(mark.line + 1 if mark else 1, f"the front matter cannot be read: {reason}", _HINT)]
    except RecursionError:
        return (), [Problem(1, "the front matter cannot be read: it is nested too deeply", _HINT)]
    if top is None or _is_null(top):
        return (), []
    if not isinstance(top, yaml.MappingNode):
        return (), [Problem(top.start_mark.line + 1, "the front matter holds no keys", _HINT)]
    return _defaults(top)


def _defaults(top: yaml.MappingNode) -> tuple[tuple[Pair, ...], list[Problem]]:
    found: dict[str, Pair] = {}
    problems: list[Problem] = []
    for key_node, value_node in top.value:
        line = key_node.start_mark.line + 1
        name = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        known, value = key(name), _text(value_node)
        if known in ("title", "path"):
            continue
        if known is None:
            if closest_key(name):
                problems.append(unknown_key(name, line))
        elif known in found:
            problems.append(duplicate_key(name, line))
        elif value is None:
            problems.append(Problem(line, f"'{name}' holds more than a text or a list of texts", _HINT))
        else:
            found[known] = Pair(known, value, line)
    return tuple(found.values()), problems


def _text(node: yaml.Node) -> str | None:
    """Return a value as written, a list's parts joined by commas, or None for other nodes."""
    if _is_null(node):
        return ""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value).encode("utf-8", "replace").decode("utf-8")  # halves of characters, written as escapes
    if isinstance(node, yaml.SequenceNode) and all(isinstance(part, yaml.ScalarNode) for part in node.value):
        return ", ".join(filter(None, map(_text, node.value)))
    return None


def _is_null(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null"
