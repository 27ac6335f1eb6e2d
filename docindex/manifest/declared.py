"""What a manifest declares about a file: keys as people write them -> Dublin Core's, their values -> metadata."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from docindex import dates
from docindex.model import Metadata

_ALIASES = {
    "title": "title titre titel titulo titolo name العنوان",
    "creator": "creator author authors auteur auteurs autor from by verfasser autore الكاتب المولف",
    "publisher": "publisher source newspaper journal editeur quelle verlag medium editor fuente fonte المصدر",
    "date": "date dated jour datum fecha data day التاريخ",
    "language": "language lang langue sprache idioma lingua اللغه",
    "subject": "subject subjects tag tags keyword keywords topic topics sujet sujets mots-cles mots cles theme themes "
    "thema schlagworte asunto argomento الموضوع",
    "path": "path file files fichier fichiers datei archivo document chemin الملف",
    "split": "split",
}
KEYS = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()} | {"mots cles": "subject"}

_LANGUAGES = {
    "ar": "ara arabic arabe arabisch العربيه عربي", "ca": "cat catalan catala", "cs": "ces cze czech tcheque cestina",
    "da": "dan danish danois dansk", "de": "deu ger german allemand deutsch", "el": "ell gre greek grec ελληνικα",
    "en": "eng english anglais englisch", "es": "spa spanish espagnol spanisch espanol castellano",
    "fa": "fas per persian persan farsi فارسي", "fi": "fin finnish finnois suomi",
    "fr": "fra fre french francais franzosisch", "he": "heb hebrew hebreu עברית", "hi": "hin hindi",
    "hu": "hun hungarian hongrois magyar", "id": "ind indonesian indonesien", "it": "ita italian italien italiano",
    "ja": "jpn japanese japonais 日本語", "ko": "kor korean coreen 한국어",
    "nl": "nld dut dutch neerlandais nederlands",
    "no": "nor norwegian norvegien norsk", "pl": "pol polish polonais polski",
    "pt": "por portuguese portugais portugues", "ro": "ron rum romanian roumain romana",
    "ru": "rus russian russe русскии русский", "sv": "swe swedish suedois svenska", "tr": "tur turkish turc turkce",
    "uk": "ukr ukrainian ukrainien українська украінська", "ur": "urd urdu ourdou اردو", "vi": "vie vietnamese",
    "zh": "zho chi chinese chinois 中文", "und": "und mixed mixte unknown mul",
}  # fmt: skip
_CODES = {name: code for code, names in _LANGUAGES.items() for name in names.split()}
_PAIR = re.compile(r"\s*(?P<key>[^\W\d_][\w -]{0,30}?)\s*:\s*(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value as written."""

    key: str
    value: str
    line: int


def fold(text: str) -> str:
    """Lower case, without accents, Arabic letters unified."""
    letters = unicodedata.normalize("NFKD", text.strip().lower()).replace("ة", "ه").replace("ى", "ي")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def key(name: str) -> str | None:
    """Dublin Core's name for a key (or `path`, `split`); None for one that is not known."""
    return KEYS.get(fold(name))


def pairs(tail: str, line: int) -> tuple[tuple[Pair, ...], list[tuple[str, str]]]:
    """The `key: value; key: value` pairs of what follows an entry, and what is wrong with them.

    What does not begin with a known key, or with a near miss of one, is prose, unless a dash leads to such a pair.
    """
    for text in (tail, *(part for dash in (" — ", " – ") for part in tail.split(dash)[1:])):
        pieces = text.split(";")
        first = _PAIR.match(pieces[0])
        if first and (key(first["key"]) or _near(first["key"])):
            return _read(pieces, line)
    return (), []


def _read(pieces: Sequence[str], line: int) -> tuple[tuple[Pair, ...], list[tuple[str, str]]]:
    found: list[Pair] = []
    problems: list[tuple[str, str]] = []
    for piece in pieces:
        match = _PAIR.fullmatch(piece)
        if match is None:
            if piece.strip():
                problems.append(
                    (f"'{piece.strip()}' is no `key: value` pair", "write pairs as `date: 2016; language: fr`")
                )
        elif key(match["key"]) is None:
            near = _near(match["key"])
            hint = f"did you mean {near}?" if near else "known keys: title, creator, publisher, date, language, subject"
            problems.append((f"unknown key '{match['key']}'", hint))
        elif any(key(pair.key) == key(match["key"]) for pair in found):
            problems.append((f"'{match['key']}' is given twice", "keep one of them"))
        else:
            found.append(Pair(match["key"], match["value"].strip(), line))
    return tuple(found), problems


def _near(name: str) -> str | None:
    close = get_close_matches(fold(name), KEYS, n=1, cutoff=0.75)
    return KEYS[close[0]] if close else None


def metadata(found: Iterable[Pair]) -> tuple[Metadata, str | None, list[tuple[int, str, str]]]:
    """What the pairs declare: metadata, how the file is split, and the mistakes (line, what, hint)."""
    declared = Metadata()
    split: str | None = None
    problems: list[tuple[int, str, str]] = []
    for pair in found:
        name, value = key(pair.key), " ".join(pair.value.split())
        if not value:
            continue
        if name is None or name == "path":
            problems.append((pair.line, f"unknown key '{pair.key}'", f"did you mean {_near(pair.key) or 'title'}?"))
        elif name == "date":
            date = dates.parse(value, origin="manifest")
            if date is None:
                problems.append((pair.line, f"'{value}' is no date", "write 2016-03-20, 2016-03, 2016 or mars 2016"))
            declared = replace(declared, date=date)
        elif name == "language":
            code = language(value)
            if code is None:
                problems.append((pair.line, f"'{value}' is no language", "write a code such as fr, en or ar"))
            declared = replace(declared, language=code)
        elif name == "subject":
            subjects = tuple(part.strip() for part in re.split("[,;،]", value) if part.strip())
            declared = replace(declared, subject=subjects)
        elif name == "split":
            if value != "sections":
                problems.append((pair.line, f"unknown split '{value}'", "try: split: sections"))
            else:
                split = value
        elif name == "title":
            declared = replace(declared, title=value)
        elif name == "creator":
            declared = replace(declared, creator=value)
        else:
            declared = replace(declared, publisher=value)
    return declared, split, problems


def language(text: str) -> str | None:
    """A language's code from a code of two or three letters, with or without a region, or from its name."""
    name = fold(text)
    code = re.split("[-_]", name)[0]
    if code in _LANGUAGES:
        return code
    if code in _CODES or name in _CODES:
        return _CODES.get(name) or _CODES[code]
    return code if re.fullmatch("[a-z]{2}", code) else None
