"""Headers in plain text: a press agency's header, a mail's block of labels, a title line. Pure.

Each rule prefers to miss a header rather than to take running text for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, islice, pairwise

from msgspec import Struct
from msgspec.structs import replace

from docindex.metadata import dates, people
from docindex.model.documents import Date, Metadata

# Press layout -------------------------------------------------------------------------------------

_PRESS = re.compile(
    r"(?P<date>(?:\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{4})"
    r"(?:[ \tT,]{1,3}\d{1,2}[:h.]\d{2}(?::\d{2})?)?)"
    r"(?:\s{0,9}[-–—:]\s|\s{1,9}[-–—:])\s*(?P<title>\S.*)"
)
_MAX_TITLE_CHARS = 250  # a longer line that begins with a date is a paragraph


class PressHeader(Struct, frozen=True):
    """A header such as `20-03-2016 23:15 - Title`, on line `at` (from 0)."""

    at: int
    date: Date
    title: str


def press_headers(lines: Sequence[str]) -> list[PressHeader]:
    """Return the headers that open a record each, or none if the text is no press article or
    digest.

    A header stands alone: lines without a word, a page's start, or the text's ends surround it. A
    single header must be the first line of the text. Of several, most must have text below;
    otherwise they are lines of a chronology.
    """
    begun = [at for at, line in enumerate(lines) if line and line.lstrip()[:1].isdigit()]
    found = [header for at in begun if (header := _press_header(lines, at))]
    if len(found) < 2:
        return found if found and _is_blank(lines[: found[0].at]) else []
    stops = [header.at for header in found[1:]] + [len(lines)]
    bare = sum(_is_blank(lines[header.at + 1 : stop]) for header, stop in zip(found, stops, strict=True))
    return found if 2 * bare < len(found) else []


def _press_header(lines: Sequence[str], at: int) -> PressHeader | None:
    line = lines[at].strip()
    match = _PRESS.fullmatch(line) if len(line) <= _MAX_TITLE_CHARS + 30 else None
    if not match or not has_words(match["title"]):
        return None
    opens = at == 0 or not has_words(lines[at - 1]) or lines[at].startswith("\f")
    if not opens or not _is_blank(lines[at + 1 : at + 2]):
        return None
    date = dates.parse(match["date"], origin="header")
    return PressHeader(at, date, match["title"]) if date else None


_WORD = re.compile(r"\w")


def has_words(line: str) -> bool:
    """Return True if a line contains a letter or a digit."""
    return bool(_WORD.search(line.replace("_", "")))


def _is_blank(lines: Sequence[str]) -> bool:
    return not any(map(has_words, lines))


# Dateline -----------------------------------------------------------------------------------------

_PUBLISHERS = """
AA, AFP, Al Hayat, An Nahar, ANP, ANSA, AP, APA, APS, ATS, BBC, Belga, Bernama, Bloomberg, CNN, DAP, Die Welt, Die Zeit,
DPA, EFE, El Mundo, INA, Interfax, IRNA, ITAR TASS, Jeune Afrique, Kuna, Kyodo, La Stampa, Le Matin, Le Monde, Le Point,
Le Soir, Libération, Lusa, MAP, Mediapart, Mena, Mondafrique, NNA, Pana, PAP, Petra, PTI, QNA, Reuters, RFI, Sana, SPA,
TAP, TASS, The Economist, The Sun, TRT, TSA, UPI, Wafa, WAM, Xinhua, Yonhap,
أ ف ب, أ.ف.ب, رويترز, واج, وأج, وات, وام, واس, كونا, سانا, بترا
"""
_PRESS_WORDS = """
agence agencia agency agenzia agentur ahram allgemeine arabiya chronicle corriere courrier diario echorouk expression
figaro gazette giornale guardian hebdo herald huffington independent jazeera journal khabar magazine monde moudjahid
nachrichten news newspaper novosti observateur observer país parisien periódico post prensa press presse quotidien
radio repubblica rundfunk spiegel tagblatt tageblatt tageszeitung telegraph television télévision times tribune watan
weekly zeitung الأهرام الخبر الشروق الجزيرة العربية وكالة صحيفة جريدة قناة إذاعة
"""
_KNOWN = frozenset(name.strip() for name in _PUBLISHERS.casefold().split(","))
_WORDS = frozenset(_PRESS_WORDS.split())
_DATELINE = re.compile(r"(?P<who>[^\n]{2,80}?)\s[-–—]{1,2}\s+(?P<rest>\S.{20})")
_AGENCY = re.compile(r"(?P<place>[^()]*)\((?P<name>[^()]{2,40})\)")


def publisher(line: str) -> str | None:
    """Return the publisher before a spaced dash in a press text's first line: `AFP - `, `ALGER
    (APS) - `.

    It must be a known agency, a name with a typical word of newspapers (Post, Zeitung, Agence), or
    in brackets after a place in capitals. `Alger - ` is a place.
    """
    match = _DATELINE.match(line.strip())
    if not match:
        return None
    who = match["who"].strip()
    agency = _AGENCY.fullmatch(who)
    if agency:
        name = agency["name"].strip()
        return name if _is_press(name) or (agency["place"].isupper() and _is_name(name)) else None
    return who if _is_press(who) else None


def _is_press(name: str) -> bool:
    words = name.casefold().replace("-", " ").split()
    return _is_name(name) and (" ".join(words) in _KNOWN or not _WORDS.isdisjoint(words))


def _is_name(text: str) -> bool:
    """Return True for at most five words without sentence marks, of which the first is not in
    lower case.
    """
    return len(text.split()) <= 5 and text[0].isalpha() and not text[0].islower() and not re.search("[,;:!?]", text)


# Mail ---------------------------------------------------------------------------------------------

_LABELS = {
    "creator": "from de von da van från fra من от kimden gönderen od από מאת از",
    "date": "sent date envoyé gesendet datum enviado enviada fecha inviato data verzonden skickat تاريخ التاريخ дата "
    "отправлено date_sent sent_on envoyé_le date_d'envoi date_d’envoi gesendet_am enviado_el enviado_em inviato_il "
    "تاريخ_الإرسال تاريخ_الارسال أرسلت дата_отправки gönderildi tarih "
    "gönderme_tarihi wysłano ημερομηνία εστάλη נשלח תאריך تاریخ",
    "to": "to à a para an aan till til إلى الى for pour für кому kime do προς אל به",
    "title": "subject objet sujet betreff asunto assunto oggetto onderwerp ämne emne re الموضوع тема "
    "konu temat θέμα נושא موضوع",
    "cc": "cc kopie copie نسخة копия",
    "bcc": "bcc cci cco",
    "": "attachments importance reply-to sender message-id pièces anlagen wichtigkeit",
}
_ROLES = {label.replace("_", " "): role for role, labels in _LABELS.items() for label in labels.split()}
_MAIL_ROLES = {"creator", "date", "to", "title"}
_LABEL = re.compile(
    r"\s*+[.,'‘’`•*]?(?P<label>[^\W\d_][\w-]{0,24}(?:[ \xa0][^\W\d_][\w'’]{0,15}(?=[ \xa0]{0,9}:))?)"
    r"(?:[ \t\xa0\u202f]{0,9}(?P<colon>:)|(?=[ \t]{2}|\t|$))\s*(?P<value>.*)"
)
_MAX_TOP_LINES = 40  # from the start of a text, among which a header begins
_MAX_TOP_CHARS = 4_000
_CHAIN = re.compile(  # the first quantifier is possessive, because backtracking took most of the time
    r"\W*+(?:original message|message d.origine|forwarded message|ursprüngliche nachricht)\b", re.IGNORECASE
)
_MAX_CHAIN_CHARS = 150


def mail_headers(lines: Sequence[str]) -> Metadata | None:
    """Return the metadata of a block of labels near the top, or None.

    Labels are From, Sent, To and Subject in several languages. The first has a colon (RFC 5322);
    the others may have lost theirs to OCR. Two of the four make a mail if one is the sender or the
    subject. A block after `Original Message` belongs to a quoted reply.
    """
    top = _top(lines)
    for at, line in enumerate(top):
        if not line or line.isspace():
            continue
        if _CHAIN.match(line):
            return None
        if _opens_block(line):
            values, _ = _block(lines[at : at + _MAX_TOP_LINES])
            if _is_header(values):
                found = _metadata(values)
                return found if found.date else replace(found, date=_date_near(lines, at))
    return None


def label_block(lines: Sequence[str]) -> tuple[Metadata, int] | None:
    """Return the metadata of the block of labels that begins with the first line, and how many
    lines it has; None if there is no such block.
    """
    if not lines or not _opens_block(lines[0]):
        return None
    values, count = _block(lines[:_MAX_TOP_LINES])
    return (_metadata(values), count) if _is_header(values) else None


def announces_quotation(line: str) -> bool:
    """Return True for a line such as `Original Message`, which stands above a quoted header."""
    return len(line) <= _MAX_CHAIN_CHARS and bool(_CHAIN.match(line))


def header_end(lines: Sequence[str]) -> int:
    """Return the line below the block of labels near the top of a text, or 0 if there is none."""
    for at, line in enumerate(lines[:_MAX_TOP_LINES]):
        if line and _opens_block(line):
            values, count = _block(lines[at : at + _MAX_TOP_LINES])
            if _is_header(values):
                return at + count
    return 0


def _is_header(values: Mapping[str, str]) -> bool:
    return len(values.keys() & _MAIL_ROLES) >= 2 and ("creator" in values or "title" in values)


def _top(lines: Sequence[str]) -> Sequence[str]:
    top = lines[:_MAX_TOP_LINES]
    if sum(map(len, top)) + len(top) <= _MAX_TOP_CHARS:
        return top
    sizes = accumulate(len(line) + 1 for line in top)
    return [line for line, size in zip(top, sizes, strict=True) if size <= _MAX_TOP_CHARS]


def _opens_block(line: str) -> bool:
    match = _LABEL.match(line) if ":" in line else None
    return match is not None and match["colon"] is not None and bool(_ROLES.get(match["label"].casefold()))


def _block(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Return the role and value of each label, up to a repeated label or a foreign line, and the
    number of lines that they take.

    One blank line between labels is allowed, and so are labels without a role. An indented line
    continues a value. Only a subject's is read, and only if the line before is full and this one
    begins no further right than the value. Otherwise it is a note in the margin.
    """
    values: dict[str, str] = {}
    last, gap, column, stop = "", False, 0, 0
    for number, (before, line) in enumerate(pairwise(["", *lines]), 1):
        match = _LABEL.match(line) if line else None
        role = _ROLES.get(match["label"].casefold()) if match else None
        if match and role is not None:
            if role in values:
                break
            last, gap, column, stop = role, False, match.start("value"), number
            if role:
                values[role] = match["value"].strip()
        elif not line.strip():
            if gap:
                break
            gap = True
        elif gap or not (line[0].isspace() or (match and match["colon"])):
            break
        elif last in ("to", "cc", "bcc") and len(line) - len(line.lstrip()) <= column + 2:
            values[last] += "\n" + line.strip()
            stop = number
        elif last == "title" and len(before) >= _MIN_FULL_LINE_CHARS and len(line) - len(line.lstrip()) <= column:
            values[last] += " " + line.strip()
            stop = number
    return values, stop


_MIN_FULL_LINE_CHARS = 60  # a shorter line was not wrapped
_COLUMN_GAP = re.compile(r"\s{5}|\t")  # a stamp in the margin follows it
_MAX_SPECK_CHARS = 2  # letters that an OCR has read before a date
_LOST_SPACE = re.compile(r"\b((?:19|20)\d\d)(\d{1,2}:\d\d)")  # 201111:54


def _metadata(values: dict[str, str]) -> Metadata:
    sender = _COLUMN_GAP.split(values.get("creator", ""), maxsplit=1)[0]
    sent, *margin = _COLUMN_GAP.split(values.get("date", ""), maxsplit=1)
    if margin and len(sent) <= _MAX_SPECK_CHARS:
        sent = margin[0]
    sent = _LOST_SPACE.sub(r"\1 \2", _clean(sent)).replace(";", ",")
    return Metadata(
        title=_clean(values.get("title", "")) or None,
        creator=None if people.is_redacted(sender) else people.person(_clean(sender)) or None,
        date=_date(sent) if sent else None,
        to=_people(values, "to"),
        cc=_people(values, "cc"),
        bcc=_people(values, "bcc"),
    )


def _people(values: dict[str, str], role: str) -> tuple[str, ...]:
    lines = values.get(role, "").split("\n")
    text = "\n".join(_COLUMN_GAP.split(line, maxsplit=1)[0] for line in lines)
    return people.people(text if ";" not in text else text.replace("\n", " "))


_FULL_DATE = re.compile(
    r".{4,40}?\b(?:19|20)\d\d\b(?:,?\s{1,3}(?:at\s)?\d{1,2}[:.]\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\b\.?)?)?"
)
_WORN_DIGITS = re.compile(r"(?<=\d)[lIoO]+(?![^\W\d_])|(?<![^\W_])[lIoO]+(?=\d)")
_DIGITS = str.maketrans("lIoO", "1100")
_MAX_WORN_WORDS = 2


def _date(text: str) -> Date | None:
    """Return the date of a header's value, also if an OCR has worn its weekday or its digits, or
    None.
    """
    if found := dates.parse(text, origin="header"):
        return found
    text = _WORN_DIGITS.sub(lambda worn: worn[0].translate(_DIGITS), text)
    whole = _FULL_DATE.match(text)
    text = _LOST_SPACE.sub(r"\1 \2", whole[0] if whole else text)
    for _ in range(_MAX_WORN_WORDS + 1):
        found = dates.parse(text, origin="header")
        if found and found.precision in ("day", "minute"):
            return found
        first, _, text = text.partition(" ")
        if not first.rstrip(",.").isalpha():
            return None
    return None


_LINES_ABOVE = 4  # of a block of labels
_LINES_BELOW = 14


def _date_near(lines: Sequence[str], at: int) -> Date | None:
    """Return the date that stands on a line of its own within a block of labels or shortly above
    it, or None.
    """
    around = [*lines[at : at + _LINES_BELOW], *reversed(lines[max(0, at - _LINES_ABOVE) : at])]
    for line in around:
        text = line.strip()
        if _CHAIN.match(text):
            break
        if 6 <= len(text) <= dates.MAX_DATE_CHARS and text[-1].isalnum() and any(map(str.isdecimal, text)):
            found = _date(_clean(text))
            if found and found.precision in ("day", "minute"):
                return found
    return None


def _clean(value: str) -> str:
    """Return a value with single spaces and without OCR noise before it."""
    return " ".join(value.lstrip(" .,•'‘’`*").split())


# Title line ---------------------------------------------------------------------------------------

_MAX_TITLE_LINE_CHARS = 120
_MAX_SENTENCE_TITLE_CHARS = 200  # of a title that ends in a full stop
_SENTENCE_END = re.compile(r"[.,;:،؛۔।。-][\"'»”’)\]]?$")
_FULL_STOP = re.compile(r"[.۔।。][\"'»”’)\]]?$")
_INNER_SENTENCE_END = re.compile(r"\w{3,}[.!?]\s+\S|[。۔।]\s*\S")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{3,}")
_VOWEL = re.compile(r"[aeiouyà-åè-ïò-öù-ÿ]")


def title_line(lines: Sequence[str], *, sentence: bool = False) -> str | None:
    """Return the first line if it looks like a title, or None.

    A title is short, contains a readable word and precedes a blank line. With `sentence` it may end
    in a full stop, if it is one sentence with text below it. A line that occurs again is a page's
    running head.
    """
    line = lines[0].strip()
    if not _is_readable(line) or "".join(lines[1:2]).strip():
        return None
    if _SENTENCE_END.search(line):
        if not (sentence and _is_sentence_title(line)) or not any(map(has_words, islice(lines, 1, None))):
            return None
    elif len(line) > _MAX_TITLE_LINE_CHARS:
        return None
    if _PRESS.fullmatch(line) or line in map(str.strip, islice(lines, 1, None)):
        return None
    return line


def _is_sentence_title(line: str) -> bool:
    """Return True if a line is one short sentence of two words or more with its full stop."""
    bare = _FULL_STOP.sub("", line)
    if bare == line or len(line) > _MAX_SENTENCE_TITLE_CHARS or " " not in bare.strip():
        return False
    return _INNER_SENTENCE_END.search(bare) is None


def _is_readable(line: str) -> bool:
    """Return True if a line holds a word; the letters and digits of bad OCR make none."""
    if not any(map(str.isalpha, line)):
        return False
    if not line.isascii() or (not any(map(str.isdigit, line)) and len(set(line.lower())) > 3):
        return True
    return any(_VOWEL.search(word.lower()) and len(set(word.lower())) > 1 for word in _LATIN_WORD.findall(line))
