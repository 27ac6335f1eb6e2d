"""Dates as people write them -> an interval of days with its precision. Pure: no clock, no locale, no guess.

What is written is read as ISO 8601 or EDTF (Library of Congress, levels 0 and 1), as figures with the day first
(`03/04/2016` is 3 April; `03/20/2016` can only be March), or in words of English, French, German, Spanish, Italian,
Portuguese, Dutch and Arabic. A missing part is never filled in: `mars 2012` is all of March 2012.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import MAXYEAR, date, timedelta

from docindex.dates.names import (
    ABOUT,
    CENTURIES,
    DECADES,
    MONTHS,
    QUARTERS,
    SEASON_MONTHS,
    SEASONS,
    SILENT,
)
from docindex.model import Date

LONGEST = 80  # characters; a longer text is no date
_DIGITS = {zero + digit: str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
_LETTERS = str.maketrans("أإآٱىةک", "ااااىهك") | _DIGITS | {ord("ى"): "ي", ord("ـ"): None, ord("ß"): "ss"}

_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|\([A-Z]{2,5}\)|[A-Z]{3,4})){0,2}(?: Uhr)?"
_TIME = (
    r"(?:[T ,]+(?:à |at |um |kl )?(?P<hour>\d{1,2})"
    r"(?:[:hH](?P<minute>\d{2})(?::\d{2}(?:[.,]\d{1,9})?)?|[hH]|(?= ?[AaPp]\.?[Mm]))"
    rf"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?{_ZONE})?"
)
_ISO_DAY = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?P<mark>[~?%]?){_TIME}")
_BASIC = re.compile(
    r"(?P<year>(?:1[5-9]|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:T(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?\d{2})?Z?)?"
)
_FIGURES = re.compile(rf"(?P<day>\d{{1,2}})([-/.])(?P<month>\d{{1,2}})\2(?P<year>\d{{4}}){_TIME}")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?P<mark>[~?%]?)")
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})[/.](?P<year>\d{4})")
_YEAR = re.compile(r"(?P<year>\d{4})(?P<mark>[~?%]?)")
_UNSPECIFIED = re.compile(r"(?P<known>\d{2,3})(?P<open>[XxUu]{1,2})")
_WEEK = re.compile(r"(?P<year>\d{4})-?[Ww](?P<week>\d{2})")
_ORDINAL = re.compile(r"(?P<year>\d{4})-(?P<day>\d{3})")
_CLOCK = re.compile(
    r"(?P<rest>.*?\D)\s*\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2})?|h(?P<french>\d{2})?)"
    rf"(?P<tail>(?: ?[ap]\.?m\.?)?{_ZONE.lower()})"
)
_WORD = re.compile(r"\b[qt]\d\b|\d+|[^\W\d_]+|[-–—/]")
_NUMERALS = {"i": 1, "v": 5, "x": 10}


def parse(text: str, *, origin: str = "") -> Date | None:
    """A text that is a date and nothing else -> what it means; None if it is none.

    The day is that which is written, whatever time zone stands behind it. `vers mars 2012` is March 2012, marked `~`.
    """
    written = unicodedata.normalize("NFKC", text).translate(_DIGITS).strip().rstrip(".,;")
    if not written or len(written) > LONGEST:
        return None
    try:
        found = _range(written) or _single(written) or _words(_fold(written))
    except (ValueError, OverflowError):
        return None  # a day that no calendar has
    return found and Date(found.value, found.earliest, found.latest, found.precision, origin)


def from_name(name: str) -> Date | None:
    """The date written in full in a file's name (`2013-01-17_cable.txt`, `cable-20130117.txt`); None without one."""
    found = re.search(r"(?<!\d)((?:1[5-9]|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?!\d)", name)
    return parse("-".join(found.group(1, 3, 4)), origin="file name") if found else None


def _date(value: str, earliest: date, latest: date, precision: str) -> Date:
    return Date(value, earliest, latest, precision)


def _day(year: int, month: int, day: int, time: str = "", mark: str = "") -> Date:
    when = date(_plausible(year), month, day)
    return _date(when.isoformat() + time + mark, when, when, "minute" if time else "day")


def _month(year: int, month: int, mark: str = "") -> Date:
    last = calendar.monthrange(_plausible(year), month)[1]
    return _date(f"{year:04}-{month:02}{mark}", date(year, month, 1), date(year, month, last), "month")


def _season(year: int, season: int, mark: str = "") -> Date:
    first, last = SEASON_MONTHS[season]
    end = _month(year + (last < first), last)
    return _date(f"{year:04}-{season}{mark}", date(_plausible(year), first, 1), end.latest, "season")


def _years(value: str, first: int, last: int, precision: str) -> Date:
    return _date(value, date(first, 1, 1), date(last, 12, 31), precision)


def _year(year: int, mark: str = "") -> Date:
    return _years(f"{_plausible(year):04}{mark}", year, year, "year")


def _plausible(year: int) -> int:
    if not 1000 <= year <= 2999:
        raise ValueError(year)
    return year


def _between(first: Date, last: Date) -> Date:
    if last.latest < first.earliest:
        raise ValueError("an interval that ends before it begins")
    return _date(f"{first.value}/{last.value}", first.earliest, last.latest, "interval")


def _range(text: str) -> Date | None:
    """EDTF's intervals, `2012/2013`, `2012..2013`, and those open at one end, `2012/..`."""
    first, dots, last = text.partition("..") if text.count("..") == 1 else ("", "", "")
    if not dots:
        first, slash, last = text.partition("/")
        if not slash or "/" in last or re.fullmatch(r"\d{1,2}", first):
            return None
    if first.strip(" /.") and last.strip(" /."):
        begin, end = _single(first.strip()), _single(last.strip())
        return _between(begin, end) if begin and end else None
    known = _single(first.strip(" /.") or last.strip(" /."))
    if known is None:
        return None
    if first.strip(" /."):
        return _date(f"{known.value}/..", known.earliest, date(MAXYEAR, 12, 31), "interval")
    return _date(f"../{known.value}", date(1, 1, 1), known.latest, "interval")


def _single(text: str) -> Date | None:
    """One date in figures."""
    if found := _ISO_DAY.fullmatch(text) or _BASIC.fullmatch(text):
        return _day(
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            _time(found),
            found.groupdict().get("mark") or "",
        )
    if found := _FIGURES.fullmatch(text):
        day, month = int(found["day"]), int(found["month"])
        if month > 12 >= day:
            day, month = month, day
        return _day(int(found["year"]), month, day, _time(found))
    if found := _MONTH.fullmatch(text):
        year, month = int(found["year"]), int(found["month"])
        return _season(year, month, found["mark"]) if month in SEASON_MONTHS else _month(year, month, found["mark"])
    if found := _MONTH_FIRST.fullmatch(text):
        return _month(int(found["year"]), int(found["month"]))
    if found := _YEAR.fullmatch(text):
        return _year(int(found["year"]), found["mark"])
    if found := _UNSPECIFIED.fullmatch(text):
        width = len(found["open"])
        if len(found["known"]) + width != 4:
            return None
        first = _plausible(int(found["known"]) * 10**width)
        return _years(found["known"] + "X" * width, first, first + 10**width - 1, "decade" if width == 1 else "century")
    if found := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(_plausible(int(found["year"])), int(found["week"]), 1)
        return _between(_of(monday), _of(monday + timedelta(days=6)))
    if found := _ORDINAL.fullmatch(text):
        year = _plausible(int(found["year"]))
        when = date(year, 1, 1) + timedelta(days=int(found["day"]) - 1)
        return _of(when) if when.year == year and int(found["day"]) else None
    return None


def _of(when: date) -> Date:
    return _day(when.year, when.month, when.day)


def _time(found: re.Match[str]) -> str:
    """`T23:15`, or nothing where no time is written. Raises ValueError for 25:00."""
    parts = found.groupdict()
    if parts.get("hour") is None:
        return ""
    return _clock(int(parts["hour"]), int(parts.get("minute") or 0), (parts.get("half") or "").lower())


def _clock(hour: int, minute: int, half: str) -> str:
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(hour)
    return f"T{hour:02}:{minute:02}"


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower()).translate(_LETTERS)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(text: str) -> Date | None:
    """One date in words, folded."""
    time = ""
    clock = _CLOCK.fullmatch(text)
    if clock and (clock["minute"] or clock["french"] or "h" in text[clock.end("hour") : clock.end("hour") + 1]):
        half = re.match(r" ?([ap])\.?m", clock["tail"])
        minute = int(clock["minute"] or clock["french"] or 0)
        time, text = _clock(int(clock["hour"]), minute, half[1] if half else ""), clock["rest"]
    words = _joined(_WORD.findall(re.sub(r"(?<=\d)(?:st|nd|rd|th|er|eme|o|a)\b", "", text)))
    about = any(word in ABOUT for word in words)
    if not re.sub(r"[\w\s,.'’´`º°:()–—/-]", "", text):
        kept = [word for word in words if word not in ABOUT and word not in SILENT]
        return _shape(kept, words, time, "~" if about else "")
    return None


def _joined(words: list[str]) -> list[str]:
    """Names of two words, such as تشرين الاول, as one."""
    joined: list[str] = []
    for word in words:
        if joined and f"{joined[-1]} {word}" in MONTHS:
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _shape(kept: list[str], words: list[str], time: str, mark: str) -> Date | None:
    """What the words that count, in order, come to."""
    kinds = "".join(_kind(word) for word in kept)
    if kinds.replace("-", "") != kinds and kinds not in ("m-my", "d-dmy", "dm-dmy", "md-dy", "dmy-dmy", "my-my"):
        kept = [word for word in kept if _kind(word) != "-"]
        kinds = kinds.replace("-", "")
    numbers = [MONTHS.get(word) or SEASONS.get(word) or _number(word) for word in kept]
    match kinds:
        case "dmy":
            return _day(numbers[2], numbers[1], numbers[0], time, mark)
        case "mdy":
            return _day(numbers[2], numbers[0], numbers[1], time, mark)
        case "ymd":
            return _day(numbers[0], numbers[1], numbers[2], time, mark)
        case _ if time:
            return None
        case "my":
            return _month(numbers[1], numbers[0], mark)
        case "ym":
            return _month(numbers[0], numbers[1], mark)
        case "sy":
            return _season(numbers[1], numbers[0], mark)
        case "ys":
            return _season(numbers[0], numbers[1], mark)
        case "y":
            return _year(numbers[0], mark) if len(words) > 1 or mark else None
        case "qy" | "yq":
            quarter, year = (kept[0], numbers[1]) if kinds == "qy" else (kept[1], numbers[0])
            first = 3 * QUARTERS[quarter] - 2
            return _between(_month(year, first), _month(year, first + 2))
        case "yk" | "ky":
            year = numbers[kinds.index("y")]
            return None if year % 10 else _years(f"{_plausible(year) // 10}X", year, year + 9, "decade")
        case "dc" | "cd" | "rc" | "cr":
            word = kept[0 if kinds[0] in "dr" else 1]
            century = _number(word) or _roman(word)
            return (
                _years(f"{century - 1}XX", century * 100 - 100, century * 100 - 1, "century") if century > 10 else None
            )
        case "m-my":
            return _between(_month(numbers[3], numbers[0]), _month(numbers[3], numbers[2]))
        case "d-dmy":
            return _between(_day(numbers[4], numbers[3], numbers[0]), _day(numbers[4], numbers[3], numbers[2]))
        case "ddmy":
            return _between(_day(numbers[3], numbers[2], numbers[0]), _day(numbers[3], numbers[2], numbers[1]))
        case "md-dy":
            return _between(_day(numbers[4], numbers[0], numbers[1]), _day(numbers[4], numbers[0], numbers[3]))
        case "dm-dmy":
            return _between(_day(numbers[5], numbers[1], numbers[0]), _day(numbers[5], numbers[4], numbers[3]))
        case "dmy-dmy":
            begin, end = numbers[:3], numbers[4:]
            return _between(_day(begin[2], begin[1], begin[0]), _day(end[2], end[1], end[0]))
        case "my-my":
            return _between(_month(numbers[1], numbers[0]), _month(numbers[4], numbers[3]))
        case _:
            return None


def _kind(word: str) -> str:
    """d(ay), m(onth), y(ear), s(eason), q(uarter), k (decade), c(entury), r(oman numeral), -, or ? for all else."""
    if word.isdigit():
        return "y" if len(word) == 4 else "d" if len(word) <= 2 else "?"
    tables = (("m", MONTHS), ("s", SEASONS), ("q", QUARTERS), ("k", DECADES), ("c", CENTURIES))
    kind = next((kind for kind, table in tables if word in table), "")
    return kind or ("-" if word in "-–—/" else "r" if _roman(word) else "?")


def _number(word: str) -> int:
    return int(word) if word.isdigit() else 0


def _roman(word: str) -> int:
    """A numeral of a century, `xx`, with an ending such as `xxe`; 0 if it is none."""
    letters = word.removesuffix("eme").removesuffix("e")
    if not letters or set(letters) - _NUMERALS.keys():
        return 0
    values = [_NUMERALS[letter] for letter in letters]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))
