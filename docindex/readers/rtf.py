"""Rich Text Format (.rtf: Microsoft's specification 1.9.1) to records. Opens no file, and needs no
library.

striprtf (BSD licence), the only library in use, was rejected. It omits footnotes, text boxes and
metadata, splits characters beyond U+FFFF, and takes cubic time on hostile links.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import document_builder
from docindex.readers.document_builder import Block, Writer, properties

MAX_NESTING = 500  # groups within groups
_HINT = "save it anew with the program it was made with, or take it off the list"

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|\\"
)
_SIGNS = {
    "tab": "\t", "line": "\n", "softline": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ",
    "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "~": "\xa0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\t": "\t",
}  # fmt: skip
_ENDS = ("par", "sect", "page", "column", "\n", "\r")
_ASIDES = ("footnote", "annotation", "shptxt", "header", "headerl", "headerr", "headerf",
           "footer", "footerl", "footerr", "footerf")  # fmt: skip
_PROPERTIES = ("title", "subject", "author", "keywords")
_STARRED = ("shpinst", "footnote", "annotation")  # optional destinations that are read
_SKIPPED = frozenset(
    """
    atnauthor atndate atnicn atnid atnparent atnref atntime atrfend atrfstart bkmkend bkmkstart colortbl datafield
    do docvar falt ffdeftext ffentrymcr ffexitmcr ffformat ffhelptext ffl ffname ffstattext filetbl fldinst fontemb
    fontfile ftncn ftnsep ftnsepc aftncn aftnsep aftnsepc generator hlinkbase keycode latentstyles list listlevel
    listoverride listpicture listtable listoverridetable listtext nonesttables nonshppict objclass objdata objname
    oleclsid operator password pgp pict picprop pntext pntxta pntxtb printim private propname pxe revtbl rsidtbl rxe
    shppict shprslt sn sp staticval stylesheet sv tc template themedata txe userprops wgrffmtfilter xe xmlnstbl doccomm
    buptim category comment manager revtim
    """.split()
)
_CHARSETS = {
    77: "mac_roman", 78: "shift_jis", 79: "big5", 80: "euc_kr", 81: "mac_arabic", 83: "mac_greek", 84: "mac_cyrillic",
    86: "mac_romanian", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850", 0: "cp1252",
}  # fmt: skip


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record, with notes and text boxes after their paragraphs. Raises ReaderError."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ReaderError("is no RTF", "give it the suffix of what it is")
    document = _Document()
    document.read(data.decode("latin-1"))
    yield from document_builder.document(source, document.metadata(), document.blocks())


class _Group(Struct, frozen=True):
    """State of a group, which ends with its closing brace."""

    place: str | None = ""  # where text goes: "" = the document, None = nowhere, else a property
    encoding: str | None = None  # of the font; None = the file's
    replaced: int = 1  # fallback characters after each \\u, for programs without Unicode
    aside: bool = False  # a note, a text box, or a page header or footer
    starred: bool = False  # `\\*` precedes the next word


class _Document:
    """Interpreter of a file's tokens."""

    def __init__(self) -> None:
        self.writer = Writer()
        self._group = _Group()
        self._outer: list[_Group] = []
        self._bytes = bytearray()  # text in the current encoding
        self._half = 0  # the high surrogate of an incomplete pair (UTF-16)
        self._skip = 0  # fallback characters still to skip after a \\u
        self._encoding = "cp1252"
        self._fonts: dict[int, str | None] = {}
        self._font = 0  # the last one named in the font table
        self._rows = [False]  # True if a row is open: in the document, then in each open aside
        self._in_table = False  # the current paragraph is in a table
        self._properties: dict[str, list[str]] = {}
        self._made: dict[str, int] = {}

    def read(self, text: str) -> None:
        at = 0
        while token := _TOKEN.match(text, at):
            at = token.end()
            if token["word"] == "bin":
                at += max(0, int(token["number"] or 0))
            elif token["text"] or token["hex"]:
                self._plain(token["text"] or chr(int(token["hex"], 16)))
            else:
                self._flush()
                self._control(token)
            if token["brace"] == "}" and not self._outer:
                return
        self._flush()
        while self._outer:
            self._close()

    def blocks(self) -> list[Block]:
        self._end_row()
        return self.writer.end()

    def metadata(self) -> Metadata:
        values = {name: "".join(texts) for name, texts in self._properties.items()}
        made = [self._made.get(part, 0) for part in ("yr", "mo", "dy")]
        return properties(
            title=values.get("title", ""),
            creator=values.get("author", ""),
            date="-".join(f"{number:02}" for number in made) if all(made) else "",
            subject=f"{values.get('subject', '')};{values.get('keywords', '')}",
        )

    # Text

    def _plain(self, text: str) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        if self._group.place is not None:
            self._bytes += text[skipped:].encode("latin-1")

    def _flush(self) -> None:
        if self._bytes:
            text = self._bytes.decode(self._group.encoding or self._encoding, "replace")
            self._bytes.clear()
            self._text(text)

    def _text(self, text: str) -> None:
        self._half = 0
        if self._group.place == "":
            self.writer.text(text)
        elif self._group.place in _PROPERTIES:
            self._properties.setdefault(self._group.place, []).append(text)

    def _unicode(self, number: int) -> None:
        code = number % 0x10000
        self._skip = self._group.replaced
        if 0xD800 <= code < 0xDC00:
            self._half = code
        elif 0xDC00 <= code < 0xE000:
            if self._half:
                self._text(chr(0x10000 + ((self._half - 0xD800) << 10) + code - 0xDC00))
        else:
            self._text(chr(code))

    # Groups, words and signs

    def _control(self, token: re.Match[str]) -> None:
        if token["brace"] == "{":
            self._open()
        elif token["brace"]:
            self._close()
        elif token["word"]:
            self._word(token["word"], int(token["number"] or 0), token["number"] is not None)
        elif token["sign"] == "*":
            self._group = replace(self._group, starred=True)
        elif token["sign"]:
            self._sign(token["sign"])

    def _open(self) -> None:
        self._outer.append(self._group)
        if len(self._outer) > MAX_NESTING:
            raise ReaderError(f"is nested more than {MAX_NESTING} deep", _HINT)
        self._group = replace(self._group, aside=False, starred=False)
        self._skip = 0

    def _close(self) -> None:
        if self._group.aside:
            self._end_row()
            self._rows.pop()
            self.writer.end_aside()
        self._group = self._outer.pop() if self._outer else self._group
        self._skip = 0

    def _word(self, word: str, number: int, numbered: bool) -> None:
        group = self._group
        if group.starred or word in _SKIPPED:
            place = group.place if word in _STARRED else None
            group = self._group = replace(group, starred=False, place=place)
        if group.place is None:
            return
        if word in _SIGNS or word in _ENDS:
            self._sign(word)
        elif word in _ASIDES:
            self._begin_aside()
        elif word in ("info", "fonttbl") or (group.place == "info" and word in (*_PROPERTIES, "creatim")):
            self._group = replace(group, place=word)
        elif group.place == "creatim":
            self._made[word] = number
        elif word == "u" and numbered:
            self._unicode(number)
        elif word == "uc":
            self._group = replace(group, replaced=max(0, number))
        elif word in ("f", "fcharset", "plain", "ansicpg", "mac", "pc", "pca"):
            self._encode(word, number)
        else:
            self._table(word)

    def _encode(self, word: str, number: int) -> None:
        if word == "f" and self._group.place == "fonttbl":
            self._font = number
        elif word == "f":
            self._group = replace(self._group, encoding=self._fonts.get(number))
        elif word == "fcharset":
            self._fonts[self._font] = _CHARSETS.get(number)
        elif word == "plain":
            self._group = replace(self._group, encoding=None)
        else:
            name = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}.get(word, f"cp{number}")
            with suppress(LookupError):
                self._encoding = codecs.lookup(name).name

    def _sign(self, sign: str) -> None:
        if sign in _SIGNS:
            self._text(_SIGNS[sign])
        elif sign in _ENDS and self._group.place == "":
            if self._rows[-1] and not self._in_table:
                self._end_row()
            self.writer.end_block()

    def _begin_aside(self) -> None:
        if self._group.place == "" and not self._group.aside:
            self._group = replace(self._group, aside=True)
            self._rows.append(False)
            self.writer.begin_aside()

    # Tables

    def _table(self, word: str) -> None:
        if word in ("intbl", "pard"):
            self._in_table = word == "intbl"
        elif word == "trowd" and not self._rows[-1]:
            self._rows[-1] = True
            self.writer.begin_row()
        elif word in ("cell", "nestcell"):
            self.writer.end_cell()
        elif word == "row":
            self._end_row()

    def _end_row(self) -> None:
        if self._rows[-1]:
            self._rows[-1] = False
            self.writer.end_row()
