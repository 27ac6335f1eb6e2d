"""Escapes of roff (groff_char(7)) as the characters that they stand for. Pure."""

from __future__ import annotations

import re
import unicodedata

_CHARACTERS = {
    "aq": "'", "dq": '"', "lq": "“", "rq": "”", "oq": "‘", "cq": "’", "bu": "•", "co": "©", "rg": "®", "tm": "™",
    "em": "—", "en": "–", "hy": "-", "mi": "−", "ha": "^", "ti": "~", "rs": "\\", "ga": "`", "aa": "´", "ul": "_",
    "de": "°", "+-": "±", "mu": "×", "di": "÷", "<=": "≤", ">=": "≥", "!=": "≠", "->": "→", "<-": "←", "ss": "ß",
    "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o/": "ø", "O/": "Ø", "oa": "å", "Fo": "«", "Fc": "»", "fo": "‹",
    "fc": "›", "Eu": "€", "Po": "£", "Ye": "¥", "ct": "¢", "sc": "§", "ps": "¶", "bv": "|", "ba": "|", "br": "|",
    "sl": "/", "at": "@", "sh": "#", "Do": "$", "fi": "fi", "fl": "fl", "ff": "ff", "r!": "¡", "r?": "¿", "14": "¼",
    "12": "½", "34": "¾", "S1": "¹", "S2": "²", "S3": "³", "lB": "[", "rB": "]", "lC": "{", "rC": "}", "la": "⟨",
    "ra": "⟩", "Tm": "™", "R": "®", "Aq": "'", "Cs": "¤", "dg": "†", "dd": "‡", "..": "…", "L\"": '"', "R\"": '"',
}  # fmt: skip
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    "~": "\u0303",
    ":": "\u0308",
    ",": "\u0327",
    "v": "\u030c",
    "o": "\u030a",
}
_SIGNS = {
    "-": "-",
    "e": "\\",
    " ": " ",
    "~": " ",
    "0": " ",
    "t": "\t",
    "'": "´",
    "`": "`",
    "\\": "\\",
    ".": ".",
    "_": "_",
}
_ESCAPE = re.compile(
    r"\\(?:"
    r'["#].*'
    r"|\((?P<two>..)|\[(?P<long>[^\]]*)\]|C'(?P<named>[^']*)'"
    r"|\*(?:\((?P<string_two>..)|\[(?P<string_long>[^\]]*)\]|(?P<string_one>.))"
    r"|[fFmMgknVY](?:\(..|\[[^\]]*\]|[+-]?.)"
    r"|s(?:[+-]?\d|[+-]?\(\d\d|[+-]?\[[^\]]*\]|[+-]?'[^']*')"
    r"|N'(?P<number>\d+)'"
    r"|[ABbDHhLloRSvwXxZ]'[^']*'"
    r"|(?P<sign>.)|\Z)"
)


def plain(text: str) -> str:
    """Return a text with its escapes as characters, and without those for fonts and spaces."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    name = found["two"] or found["long"] or found["named"]
    if name is not None:
        return _named(name)
    string = found["string_two"] or found["string_long"] or found["string_one"]
    if string is not None:
        return _CHARACTERS.get(string, "")
    if found["number"]:
        code = int(found["number"][:7])
        return chr(code) if 32 <= code < 0xD800 else ""
    return _SIGNS.get(found["sign"] or "", "")


def _named(name: str) -> str:
    """Return the character of a name such as `bu`, `'e` or `u00E9_0301`."""
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    if re.fullmatch(r"u[0-9A-F]{4,6}(?:_[0-9A-F]{4,6})*", name):
        codes = [int(part, 16) for part in name[1:].split("_")]
        return "".join(chr(code) for code in codes if 32 <= code < 0xD800 or 0xE000 <= code < 0x110000)
    if len(name) == 2 and name[0] in _ACCENTS and name[1].isalpha():
        return unicodedata.normalize("NFC", name[1] + _ACCENTS[name[0]])
    return ""
