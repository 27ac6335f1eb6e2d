"""The words of a manifest's keys: what people write for them, in several languages and spellings. Pure."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from functools import lru_cache

_ALIASES = {
    "title": "title, titre, titel, título, titolo, name, العنوان",
    "creator": "creator, author, authors, auteur, auteurs, autor, from, by, verfasser, autore, الكاتب, المؤلف",
    "publisher": "publisher, source, newspaper, journal, éditeur, quelle, verlag, medium, editor, fuente, fonte, "
    "المصدر",
    "date": "date, dated, jour, datum, fecha, data, day, التاريخ",
    "language": "language, lang, langue, sprache, idioma, lingua, اللغة",
    "subject": "subject, subjects, tag, tags, keyword, keywords, topic, topics, sujet, sujets, mots-clés, mots clés, "
    "theme, themes, thema, schlagworte, asunto, argomento, الموضوع",
    "path": "path, file, files, fichier, fichiers, datei, archivo, document, chemin, الملف",
    "split": "split",
    "columns": "columns, colonnes, spalten, columnas, colunas, colonne",
}


def fold(text: str) -> str:
    """Lower case, without accents, Arabic letters unified."""
    letters = unicodedata.normalize("NFKD", text.strip().lower()).replace("ة", "ه").replace("ى", "ي")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_KEYS = {fold(alias): name for name, aliases in _ALIASES.items() for alias in aliases.split(", ")}


@lru_cache(maxsize=1024)
def key(name: str) -> str | None:
    """Dublin Core's name for a key (or `path`, `split`, `columns`); None for one that is not known."""
    return _KEYS.get(fold(name))


@lru_cache(maxsize=1024)
def closest_key(name: str) -> str | None:
    """The key that a word was likely meant to be, as Dublin Core names it."""
    close = get_close_matches(fold(name), _KEYS, n=1, cutoff=0.75)
    return _KEYS[close[0]] if close else None
