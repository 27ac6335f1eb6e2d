"""People as headers name them: `Name <address>`, one after the other, also as an OCR reads them."""

from __future__ import annotations

import re

from docindex.metadata.folding import fold

MAX_PEOPLE = 2_000
"""People of one field that are kept."""

_MAX_FIELD_CHARS = 200_000
_ADDRESS = re.compile(r"[^\s<>()\[\]{}\"',;:]{1,200}@[^\s<>()\[\]{}\"',;]{1,200}")
_BRACKETED = re.compile(
    r"\s*[<(\[{]\s*(?:(?:mailto|smtp):\s*)?(?P<address>[^\s<>()\[\]{}\"';]{1,100}"
    r"(?: ?[@.] ?[^\s<>()\[\]{}\"';]{1,100}){1,6})\s*[>)\]}]*(?:\s*[<\[]mailto:[^<>\[\]]{0,200}[>\]])?\s*"
)
"""Address in brackets, with the blanks and the wrong brackets of an OCR."""
_SEPARATORS = re.compile(r"[;؛\n]|(?<=[>\]])\s*,")
_WORN_AT = re.compile(r"(?<=\w) ?© ?(?=\w)")
_CUT = re.compile(r"\s*(?:<|\[mailto)(?![^<>]*@).*|\s+B[156]$")
"""Rest of a person whose address is blacked out or lost."""
_SPECKS = " \t.,;:•*·|\"'`´‘’“”<[({"
_REDACTED = re.compile(r"\W*(?:B[1-9](?:\(\w\))?|REDACTED|undisclosed[- ]recipients:?|\W*)\W*", re.IGNORECASE)


def person(text: str) -> str:
    """Return one person as `Name <address>`, as a name, or as an address, with single blanks and
    without quotes.
    """
    plain = _WORN_AT.sub("@", " ".join(text[:_MAX_FIELD_CHARS].split()).replace("›", ">").replace("‹", "<"))
    found = _BRACKETED.search(plain)
    if found is None or "@" not in found["address"]:
        return plain.strip(_SPECKS + ">)]}") if _ADDRESS.fullmatch(plain.strip(_SPECKS + ">)]}")) else _name(plain)
    address = found["address"].replace(" ", "").strip(".,")
    name = _name(plain[: found.start()])
    return f"{name} <{address}>" if name and name.casefold() != address.casefold() else address


def people(text: str) -> tuple[str, ...]:
    """Return the people whom a header's value lists, each once, without marks of redaction.

    Commas separate people only between addresses, because `Doe, Jane` is one person.
    """
    pieces: list[str] = []
    for piece in _SEPARATORS.split(text[:_MAX_FIELD_CHARS]):
        parts = piece.split(",")
        is_list = len(parts) > 1 and all("@" in part for part in parts)
        pieces += parts if is_list else [piece]
    found = (person(piece) for piece in pieces if not is_redacted(piece))
    return tuple(dict.fromkeys(filter(None, found)))[:MAX_PEOPLE]


def is_redacted(text: str) -> bool:
    """Return True if a header's value is only a mark of redaction, or names nobody."""
    return bool(_REDACTED.fullmatch(text.strip()))


def parts(text: str) -> tuple[str, str]:
    """Return the name and the address of a person, folded; either may be empty."""
    name, bracket, rest = text.partition(" <")
    if bracket and "@" in rest:
        return _folded_name(name), rest.rstrip(">").casefold()
    return ("", text.casefold()) if "@" in text and " " not in text else (_folded_name(name), "")


def _name(text: str) -> str:
    """Return a name without quotes and specks at its ends. A full stop behind an initial stays."""
    name = _CUT.sub("", text).strip(_SPECKS.replace(".", "") + ">)]}").lstrip(".")
    return re.sub(r"\s+,", ",", name)


def _folded_name(name: str) -> str:
    """Return the folded words of a name; `Doe, Jane` becomes `jane doe`."""
    last, comma, first = fold(name).partition(",")
    return " ".join(re.findall(r"\w+", f"{first} {last}" if comma else last))
