"""Manual pages and other roff documents (groff(7), man(7), mdoc(7)) to records: their words
without requests. Opens no file; runs no roff.

Words of macros are text, those of requests are not. What a document defines is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docindex.errors import ReaderError
from docindex.metadata import dates
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import text
from docindex.readers.base import record
from docindex.readers.charset import decode
from docindex.readers.roff_escapes import plain

_REQUESTS = frozenset(
    "ad af aln als am as asciify backtrace bd bp c2 cc ce cf ch char chop close color cp cs cu da de di do ds dt "
    "ec ecr ecs el em eo ev evc ex fam fc fchar fi fl fp ft ftr fzoom hc hcode hla hlm hpf hw hy hym hys ie if ig "
    "in it kern lc length lf lg linetabs ll ls lt mc mk mso na ne nf nh nm nn nop nr nroff ns nx open opena os "
    "output pc pev pi pl pm pn pnr po ps psbb pso ptr rchar rd return rfschar rj rm rn rnn rr rs rt schar shc "
    "shift so sp special ss sty substring sy ta tc ti tkf tl tm tm1 tmc tr trf trin trnt troff uf ul unformat vpt "
    "vs warn warnscale wh while write writec writem PD UC AT RS RE EX EE TE EQ EN SM Bk Ek Bl El Bd Ed Os Dt Dd "
    "Rs Re Xo Xc Oo Oc Sm LINKSTYLE".split()
)
"""Requests and macros whose words are no text."""
_BREAKS = frozenset("PP P LP HP IP TP TQ Pp It Bl El Bd Ed sp br RS RE nf fi EX EE bp QP XP".split())
_HEADINGS = frozenset("SH SS Sh Ss NH TL".split())
_ALTERNATING = frozenset("BR RB BI IB IR RI".split())
_DEFINING = frozenset("de de1 dei am ig".split())
_CONTROL = re.compile(r"['.][ \t]*([^\s\\\"]+)?[ \t]*(.*)")
_END = re.compile(r"^['.][ \t]*")
_OPEN_SIGN = re.compile(r"(?<!\S)- (?=\w)")
_CLOSING_SIGN = re.compile(r" ([,.;:)\]])(?=\s|\Z)")
_WORD = re.compile(r'"((?:[^"]|"")*)"?|(\S+(?:\\ \S*)*)')
_MDOC_NAMES = dict.fromkeys(
    "Ad Ar An Aq Bq Brq Cm Dq Dv Em Er Ev Fa Fn Ft Ic Li Lk Mt Nm No Ns Oc Oo Op Pa Pq Ql Qq Sq Sy Tn Va Vt Xc".split(),
    "",
) | {"Fl": "-", "Ap": "'", "Ta": "·", "Ux": "Unix", "Xo": "", "Xr": ""}
"""Macros of mdoc that stand within a line, and their text."""


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record, or those of the plain text of a page without words. Raises ReaderError."""
    page = _Page(decode(data)[0].split("\n"))
    if not page.is_roff:
        raise ReaderError("is no roff document", "give it the suffix of what it is")
    if page.rows:
        body, lines = zip(*page.rows, strict=True)
        found = Metadata(title=page.title, date=dates.parse(page.date, origin="header") if page.date else None)
        yield record(source, found=found, body="\n".join(body), lines=lines)
    else:
        yield from text.read(source, data)


class _Page:
    """Collector of a page's lines, each with its number in the file."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.rows: list[tuple[str, int]] = []
        self.title: str | None = None
        self.date = ""
        self.is_roff = False
        self._is_mdoc = False
        self._name = ""
        self._in_table = self._in_table_format = False
        self._hidden_until: str | None = None  # the end of a definition
        has_header = any(re.match(r"\.(?:TH|Dt) ", line) for line in lines)
        self._begun = not has_header  # what precedes the header defines macros
        self._apart = False
        self._number = 0
        for number, line in enumerate(lines, 1):
            self._number = number
            self._line(line)

    def _line(self, line: str) -> None:
        if self._hidden_until is not None:
            if _END.sub("", line).strip() == self._hidden_until:
                self._hidden_until = None
            return
        control = _CONTROL.fullmatch(line) if line[:1] in (".", "'") else None
        if control is None:
            if self._begun:
                self._text(line)
            return
        self.is_roff = True
        name, rest = control[1] or "", control[2]
        if name in _DEFINING:
            words = rest.split()
            end = words[0] if name == "ig" and words else words[1] if len(words) > 1 else "."
            self._hidden_until = end
        elif name in ("TH", "Dt"):
            self._header(name, self._words(rest))
        elif name == "Dd":
            self.date = plain(rest)
        elif self._begun:
            self._macro(name, rest)

    def _header(self, name: str, words: list[str]) -> None:
        self._begun = True
        self._is_mdoc = name == "Dt"
        if self.title is None and words:
            self.title = f"{words[0].lower()}({words[1]})" if len(words) > 1 else words[0].lower()
        if name == "TH" and len(words) > 2:
            self.date = words[2]

    def _macro(self, name: str, rest: str) -> None:
        if name in ("TS", "TE", "T&"):
            self._in_table = self._in_table_format = name != "TE"
            self._apart = True
        elif name in _HEADINGS:
            self._apart = True
            self._text(" ".join(self._words(rest)))
            self._apart = True
        elif name == "so":
            self._text(rest)
        else:
            self._apart |= name in _BREAKS
            if name == "IP":
                self._text(" ".join(self._words(rest)[:1]), is_plain=True)
            elif name == "It":
                self._text(self._mdoc_line(name, self._words(rest)), is_plain=True)
            elif name in _ALTERNATING:
                self._text("".join(self._words(rest)), is_plain=True)
            elif name not in _REQUESTS and name[:1].isalpha() and not (name in _BREAKS or name == "RS"):
                words = self._words(rest)
                self._text(self._mdoc_line(name, words) if self._is_mdoc else " ".join(words), is_plain=True)

    def _mdoc_line(self, name: str, words: list[str]) -> str:
        """Return the text of a macro of mdoc. `Nm` alone stands for the name that it gave first."""
        if name == "Nm":
            self._name = self._name or " ".join(words[:1])
            words = words or [self._name]
        line = " ".join(filter(None, [_MDOC_NAMES.get(name, ""), *words]))
        return _OPEN_SIGN.sub("-", _CLOSING_SIGN.sub(r"\1", line))

    def _words(self, rest: str) -> list[str]:
        """Return the arguments of a macro as text."""
        found = (quoted.replace('""', '"') or bare for quoted, bare in _WORD.findall(rest.partition('\\"')[0]))
        words = [plain(word) for word in found]
        return [_MDOC_NAMES.get(word, word) for word in words] if self._is_mdoc else words

    def _text(self, text: str, *, is_plain: bool = False) -> None:
        shown = text if is_plain else plain(text)
        if self._in_table:
            if self._in_table_format:
                self._in_table_format = not shown.rstrip().endswith(".")
                return
            if re.fullmatch(r"\s*[_=]\s*|T[{}]", shown):
                return
            shown = shown.removeprefix("T}")
            shown = " · ".join(filter(None, map(str.strip, shown.split("\t"))))
        shown = " ".join(shown.split())
        if not shown:
            self._apart = True
            return
        if self._apart and self.rows:
            self.rows.append(("", self._number))
        self._apart = False
        self.rows.append((shown, self._number))
