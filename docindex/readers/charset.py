"""Charset detection: bytes to text. Opens no file; only here: charset-normalizer.

A byte order mark comes first, then strict UTF-8, because other text is hardly ever valid UTF-8.
Older encodings must be guessed. charset-normalizer does that well for East Asia and for long texts,
but it takes short texts in French, Arabic or Russian for Windows-1250, Thai or Japanese. So the
alphabets of Europe and the Near East are detected here, by their letters.
"""

from __future__ import annotations

import codecs
import re

from docindex.errors import ReaderError

_BOMS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 20_000  # read to guess an encoding
_HINT = "save it as UTF-8 text, or take it off the list"

_HIGH = re.compile("[^\x00-\x7f]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
_CONTROL_BYTE = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_ESCAPED = re.compile("[\udc80-\udcff]")  # bytes that are no UTF-8, after "surrogateescape"


def decode(data: bytes) -> tuple[str, str]:
    r"""Return a file's text, its newlines as "\n", and the name of its encoding.

    Invalid bytes become U+FFFD. Raises ReaderError for data that are not text.
    """
    text, encoding = _decode(data)
    if "\0" in text:
        raise ReaderError("holds NUL bytes, so it is not text", _HINT)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


_MIN_UNMARKED_BYTES = 16  # of UTF-16 without a mark: in less, every file looks like it


def is_text(data: bytes) -> bool:
    """Return True if the beginning of a file is text in some encoding."""
    if any(data.startswith(mark) for mark, _ in _BOMS):
        return True
    if b"\0" in data:
        try:
            if len(data) < _MIN_UNMARKED_BYTES:
                return False
            _unmarked_utf16(data[: len(data) // 2 * 2])
        except ReaderError:
            return False
        return True
    return len(_CONTROL_BYTE.findall(data)) <= len(data) / 200


_NOT_OLDER = ("utf-8", "utf8", "utf-16", "utf16", "utf-32", "utf32", "unicode", "us-ascii", "ascii", "")
_READ_AS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "x-big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
    "unicode-1-1-utf-7": "utf-7",
    "dos-720": "cp720",
    "dos-862": "cp862",
}
"""Codecs for names that Python lacks, or that programs use for a larger encoding (the WHATWG's
Encoding Standard).
"""


def decode_as(data: bytes, charset: str) -> str:
    r"""Return the text of data declared to be in `charset`, its newlines as "\n".

    The declaration counts if it names an older encoding, and if the data are valid in it and are
    not UTF-8. Otherwise the encoding is detected.
    """
    if _is_older(charset) and b"\0" not in data and not _is_utf8(data):
        name = _READ_AS.get(charset.lower(), charset)
        try:
            return data.decode(name).replace("\r\n", "\n").replace("\r", "\n")
        except (LookupError, UnicodeError):
            pass  # an unknown name, or a wrong one
    return decode(data)[0]


def _is_older(charset: str) -> bool:
    return charset.lower() not in _NOT_OLDER


def _is_utf8(data: bytes) -> bool:
    """Return True if data are valid UTF-8 with a character over 127. Other text hardly ever is."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    if b"\x1b$" in data or b"\x1b(" in data:
        try:
            return data.decode("iso2022_jp_ext"), "iso2022_jp"
        except UnicodeDecodeError:
            pass  # escape sequences of a terminal
    if b"\0" in data:
        encoding = _unmarked_utf16(data)
        return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _damaged_utf8(data) or _legacy(data)


def _unmarked_utf16(data: bytes) -> str:
    """Return the byte order of UTF-16 in which nine tenths of the text are characters below
    U+0700.
    """
    for encoding in ("utf-16-le", "utf-16-be"):
        sample = data[:_SAMPLE_BYTES].decode(encoding, "replace")
        if sum(" " <= c < "\u0700" or c in "\t\n\r\f" for c in sample) >= 0.9 * len(sample):
            return encoding
    raise ReaderError("holds NUL bytes, so it is not text", _HINT)


def _damaged_utf8(data: bytes) -> tuple[str, str] | None:
    """Return UTF-8 text with a few invalid bytes (a cut end, a pasted line) read as
    Windows-1252, or None.
    """
    text = data.decode("utf-8", "surrogateescape")
    bad = len(_ESCAPED.findall(text))
    if len(_HIGH.findall(text)) < 3 * bad:
        return None
    return _ESCAPED.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text), "utf-8"


def _legacy(data: bytes) -> tuple[str, str]:
    """Return text in an 8-bit or East Asian encoding, detected in a sample around its first byte
    over 127.
    """
    first = _HIGH_BYTE.search(data)
    start = max(0, first.start() - 100) if first else 0
    sample = data[start : start + _SAMPLE_BYTES]
    if len(_CONTROL_BYTE.findall(sample)) > len(sample) / 20:
        raise ReaderError("holds control bytes, so it is not text", _HINT)
    encoding = _of_other_script(sample) if _is_other_script(sample) else _of_latin_script(sample)
    return data.decode(encoding, "replace"), encoding


def _is_other_script(sample: bytes) -> bool:
    """Return True for scripts whose words are runs of bytes over 127.

    Latin accents stand alone or in pairs.
    """
    return 2 * sum(map(len, _HIGH_RUN.findall(sample))) > len(_HIGH_BYTE.findall(sample))


_COMMON = (  # letters that make up more than half of any text in a script, and its encodings
    ("اليمنورت", ("cp1256", "iso8859_6")),
    ("оеаинтсрвл", ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")),
    ("αοιετσνρης", ("cp1253", "iso8859_7", "mac_greek", "cp737", "cp869")),
    ("יוהלאמרתבש", ("cp1255", "cp862")),
)


def _of_other_script(sample: bytes) -> str:
    """Return the encoding in which a script's most frequent letters are frequent, else
    charset-normalizer's.
    """
    shares = {encoding: _share(sample, encoding, letters) for letters, row in _COMMON for encoding in row}
    likeliest = max(shares, key=shares.__getitem__)
    if shares[likeliest] > 0.4:
        return likeliest
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    end = max(sample.rfind(b"\n"), sample.rfind(b" ")) + 1  # a cut character would exclude its encoding
    best = from_bytes(sample[:end] or sample).best()
    return best.encoding if best else "cp1252"


def _share(sample: bytes, encoding: str, letters: str) -> float:
    high = _HIGH.findall(sample.decode(encoding, "replace"))
    return sum(letter in letters for letter in high) / len(high)


_WESTERN = ("àâäáåçèéêëíîïñóôöøæœšùûüúßÿªº", "áâãàçéêíóôõú", "àèéìíîòóùú")
_TURKISH = ("çğıiöşüâîû",)
_CENTRAL = ("ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "âăîşţ", "čćđšž")
_LATIN = (  # letters over 127 of each encoding's languages; the first of equals is chosen
    ("cp1252", _WESTERN),
    ("iso8859_15", _WESTERN),
    ("cp1250", _CENTRAL),
    ("iso8859_2", _CENTRAL),
    ("cp1254", _TURKISH),
    ("cp1252", ("áðéíóúýþæö",)),  # Icelandic: its rarer letters are Turkish ones
    ("mac_roman", _WESTERN),
    ("cp850", _WESTERN),
    ("cp852", _CENTRAL),
    ("cp857", _TURKISH),
    ("mac_latin2", _CENTRAL),
    ("mac_turkish", _TURKISH),
)
_WITHIN_WORDS = frozenset("’‘·–—\xad")


def _of_latin_script(sample: bytes) -> str:
    """Return the encoding in which most characters over 127 are letters of one language or apt
    signs.
    """
    return max(_LATIN, key=lambda row: _likeness(sample.decode(row[0], "replace"), row[1]))[0]


def _likeness(text: str, alphabets: tuple[str, ...]) -> int:
    """Return the number of plausible characters over 127, with letters of the one best alphabet."""
    places = [found.start() for found in _HIGH.finditer(text)]
    letters = "".join(text[i].lower() for i in places if _is_apt_letter(text[i - 1 : i], text[i]))
    signs = sum(_is_apt_sign(text[i - 1 : i], text[i], text[i + 1 : i + 2]) for i in places)
    return signs + max(sum(map(letters.count, alphabet)) for alphabet in alphabets)


def _is_apt_letter(before: str, letter: str) -> bool:
    """Return False for a capital inside a word: it shows a wrong encoding."""
    return letter.isalpha() and not (letter.isupper() and before.islower())


def _is_apt_sign(before: str, sign: str, after: str) -> bool:
    """Return False for quotation marks inside a word and for control characters."""
    if sign.isalpha() or sign == "\ufffd" or "\x80" <= sign < "\xa0":
        return False
    if sign in "¹²³" and before.isalpha() and before not in "mM":
        return False  # an index stands behind a unit: m², km³
    return sign in _WITHIN_WORDS or not (before.isalpha() and after.isalpha())
