"""The keys of metadata and their aliases, for manifests, for the columns of tables and for
queries.
"""

from __future__ import annotations

from functools import lru_cache

from docindex.metadata.folding import fold

KEYS = {
    "title": "title, titre, titel, título, titolo, name, العنوان",
    "creator": "creator, author, authors, auteur, auteurs, autor, from, by, verfasser, autore, الكاتب, المؤلف",
    "publisher": "publisher, source, newspaper, journal, éditeur, quelle, verlag, medium, editor, fuente, fonte, "
    "المصدر",
    "date": "date, dated, jour, datum, fecha, data, day, التاريخ",
    "language": "language, lang, langue, sprache, idioma, lingua, اللغة",
    "subject": "subject, subjects, tag, tags, keyword, keywords, topic, topics, sujet, sujets, mots-clés, mots clés, "
    "theme, themes, thema, schlagworte, asunto, argomento, الموضوع",
    "collection": "collection",
    "to": "to, recipient, recipients, destinataire, destinataires, empfänger, destinatario, "
    "destinatarios, إلى, المرسل إليه",
    "cc": "cc, copie, kopie",
    "bcc": "bcc, cci, cco",
    "reply_to": "reply-to, reply_to, replyto",
    "resent": "resent, resent-to",
    "with": "with, avec, mit, con, com, مع",
    "path": "path, file, files, fichier, fichiers, datei, archivo, document, chemin, الملف",
    "id": "id, uid, uuid, guid, identifier, identifiant, kennung, identificador, message-id",
    "body": "body, text, content, contents, texte, contenu, inhalt, texto, contenido, conteudo, testo, النص",
    "split": "split",
    "columns": "columns, colonnes, spalten, columnas, colunas, colonne",
}
"""Each key's name, which is Dublin Core's if that has one, and the words that people write for
it.
"""

FIELDS = (
    "title",
    "creator",
    "publisher",
    "date",
    "language",
    "subject",
    "collection",
    "path",
    "id",
    "body",
    "to",
    "cc",
    "bcc",
    "reply_to",
    "resent",
    "with",
)
"""The keys that a query may name."""

KEYWORD_FIELDS = frozenset({"language", "path", "id"})
"""Fields that hold one term each, as it is written."""

_OF_MANIFESTS = KEYS.keys() - {"collection", "id", "body", "to", "cc", "bcc", "reply_to", "resent", "with"}
_OF_TABLES = KEYS.keys() - {"collection", "with"}
_BY_ALIAS = {fold(alias): name for name, aliases in KEYS.items() for alias in aliases.split(", ")}


@lru_cache(maxsize=1024)
def key(name: str) -> str | None:
    """Return the key of a manifest that a word stands for, or None."""
    known = _BY_ALIAS.get(fold(name))
    return known if known in _OF_MANIFESTS else None


@lru_cache(maxsize=1024)
def column(name: str) -> str | None:
    """Return the key that the name of a table's column stands for, or None."""
    known = _BY_ALIAS.get(fold(name))
    return known if known in _OF_TABLES else None


def field(name: str) -> str | None:
    """Return the field of a query that a word stands for, or None."""
    known = _BY_ALIAS.get(fold(name))
    return known if known in FIELDS else None


@lru_cache(maxsize=1024)
def closest_key(name: str) -> str | None:
    """Return the key of a manifest that a misspelt word most likely means, or None."""
    close = _closest(name, [alias for alias, known in _BY_ALIAS.items() if known in _OF_MANIFESTS], 0.75)
    return _BY_ALIAS[close] if close else None


def closest_field(name: str) -> str | None:
    """Return the field of a query, or the alias of one, that is spelt most like a word, or None."""
    aliases = [alias for alias, known in _BY_ALIAS.items() if known in FIELDS]
    return _closest(name, FIELDS, 0.7) or _closest(name, aliases, 0.7)


def _closest(name: str, known: list[str] | tuple[str, ...], similarity: float) -> str | None:
    from difflib import get_close_matches  # only a mistake needs it

    return next(iter(get_close_matches(fold(name), known, n=1, cutoff=similarity)), None)
