"""Dates as people write them -> an interval of days with its precision. Pure: no clock, no locale,
no guess.

A date may be ISO 8601 or EDTF (Library of Congress, levels 0 and 1), or figures with the day first
(`03/04/2016` is 3 April; `03/20/2016` can only be March). It may be words of English, French,
German, Spanish, Italian, Portuguese, Dutch or Arabic. A missing part is never filled in: `mars
2012` is all of March 2012. Years have four figures from 1000 to 2999; others are more likely plain
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import MAXYEAR, date, timedelta
from functools import lru_cache

from msgspec.structs import replace

from docindex.metadata.date_names import (
    ABOUT,
    CENTURIES,
    DECADES,
    JOINTS,
    LISTED,
    MONTHS,
    OPENERS,
    ORDINALS,
    QUARTERS,
    SEASON_MONTHS,
    SEASONS,
    SILENT,
    WEEKDAYS,
)
from docindex.metadata.folding import fold
from docindex.model.documents import Date

MAX_DATE_CHARS = 80  # a longer text is no date

_CLOCK = re.compile(
    r"(?:(?<=\d)t|(?: [-–—] )?(?:\b(?:a|alle|as|at|kl|las|om|ore|um|الساعه) ){0,2}(?<![\w:]))(?P<hour>\d{1,2})"
    r"(?:(?::|(?<=t\d\d))(?P<minute>\d\d)(?::?(?:[0-5]\d|60)(?:[.,]\d{1,9})?)?"
    r"| ?h(?: ?(?P<french>\d\d))?|(?:(?<= \d)|(?<= \d\d))\.(?P<dotted>\d\d)(?= uhr|$)|(?= uhr| ?[ap]\.?m\b)|(?<=t\d\d))"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?(?: uhr)?"
    # The zone: an offset, a name, or a comment in brackets.
    r"(?: ?(?:z|utc?|tu|(?:utc|gmt)?[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?|gmt|[a-z]{1,3}[sd]t|[cew]es?t|[cew]at|mes?z|msk"
    r"|\([^()]{1,40}\))(?!\w)){0,3}(?![\w:])(?: [-–—](?= ))?"
)
"""Time of day in folded text, with the words before it and the zone after it."""
_DAY = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d\d?)\2(?P<day>\d\d?)(?P<mark>[~?%]?)")
_BASIC = re.compile(r"(?P<year>(?:1[5-9]|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?P<mark>)")
_FIGURES = re.compile(r"(?P<day>\d\d?) ?([-/.]) ?(?P<month>\d\d?) ?\2 ?(?P<year>\d{4})")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(?P<mark>[~?%]?)")
_MONTH_FIRST = re.compile(r"(?P<month>\d\d(?=-)|\d\d?(?=[/.])).(?P<year>\d{4})")
_YEAR = re.compile(r"(?P<year>\d{4})(?P<mark>[~?%]?)")
_UNSPECIFIED = re.compile(r"(?:(?P<century>\d\d)[xu]{2}|(?P<decade>\d{3})[xu])(?P<mark>[~?%]?)")
_UNSAID = re.compile(r"(?P<year>\d{4})-(?:xx(?:-xx)?|(?P<month>\d\d)-xx)[~?%]?")
_WEEK = re.compile(r"(?P<year>\d{4})(-?)w(?P<week>\d\d)(?:\2(?P<day>[1-7]))?")
_ORDINAL = re.compile(r"(?P<year>\d{4})-(?P<day>\d{3})")

_OPEN = re.compile(r"(?:\.\.|(?P<first>[^/]*?)) ?(?:/|\.\.) ?(?:\.\.|(?P<last>[^/]*))")
_JOINT = re.compile(rf" ([-–—]|{'|'.join(sorted(JOINTS))}) ")
_STRANGE = re.compile(r"[^\w ,.'’`°()/–—-]|\.\.")
_ENDING = re.compile(r"(?<!\d)(\d\d?)(?:st|nd|rd|th|er|e|i?eme|r?o)\b")
_DECADE_ENDING = re.compile(r"(?<=\d\d\d0)['’]?(?:s|er)\b(?: jahren?)?")
_HALF = re.compile(r"\b(mid|mi|early|late)[-–]")
_WORD = re.compile(r"(?<![^\W\d_])[qt][1-4](?!\w)|\d+|[^\W\d_]+|[-–—/]")
_ROMAN = re.compile(r"(?P<tens>x{0,2})(?P<rest>ix|iv|v?i{0,3})(?:i?eme|e)?")
_UNITS = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_SKIPPED = ABOUT | SILENT | WEEKDAYS
_RANGES = frozenset("m-my my-my d-dmy dm-dmy dmy-dmy md-dy md-mdy mdy-mdy y-y sy-y".split())


def parse(text: str, *, origin: str = "") -> Date | None:
    """Return the date that a text consists of, or None if it is anything else.

    The day is taken as written, whatever the time zone. `vers mars 2012` is March 2012, marked `~`.
    """
    if len(text) > 4 * MAX_DATE_CHARS:  # before folding, which drops combining accents and blanks
        return None
    written = _folded(text)
    if not written or len(written) > MAX_DATE_CHARS:
        return None
    try:
        found = _range(written) or _single(written) or _words(written)
    except (ValueError, OverflowError):
        return None  # such as 30 February
    return replace(found, origin=origin) if found else None


_IN_NAME = re.compile(
    r"(?<!\d)(?:1[5-9]|20)\d\d([-_.])\d\d\1\d\d(?!\d)"
    # Without separators it must be a whole word, because hashes in names contain such digits.
    r"|(?:(?<![^\W_])|(?<![^\W_])[^\W\d_]{2,20}(?=\d))((?:1[5-9]|20)\d{6})(?:(?![^\W_])|(?=[Tt]\d{4}))"
)


def from_name(name: str) -> Date | None:
    """Return the full date in a file's name (`2013-01-17_cable.txt`, `cable-20130117.txt`), or
    None.
    """
    written = (found[2] or found[0].replace(found[1], "-") for found in _IN_NAME.finditer(name))
    return next((day for text in written if (day := parse(text, origin="file name"))), None)


def _folded(text: str) -> str:
    """Return the folded text without the punctuation at its end."""
    plain = fold(text).rstrip(" ,;:")
    return plain if plain.endswith("..") else plain.rstrip(" .,;:")  # `2012..` is an open range


# Ranges, times, and dates in figures --------------------------------------------------------------


def _range(text: str) -> Date | None:
    """Return an interval: `2012/2013`, `2012..2013`, open `2012/..` (EDTF), or `mars 2012 - mai
    2013`.
    """
    if found := ("/" in text or ".." in text) and _OPEN.fullmatch(text):
        first, last = (end and _single(end) for end in found.group("first", "last"))
        if first and last:
            return _between(first, last)
        if first and not found["last"]:
            return replace(first, value=f"{_begin(first)}/..", latest=date(MAXYEAR, 12, 31), precision="interval")
        if last and not found["first"]:
            return replace(last, value=f"../{_end(last)}", earliest=date(1, 1, 1), precision="interval")
    opened = text.partition(" ")[0] in OPENERS
    text = text.partition(" ")[2] if opened else text
    for joint in _JOINT.finditer(text):
        ends = [_single(end) or _words(end) for end in (text[: joint.start()], text[joint.end() :])]
        # `hiver 2012 - 2013` is no range from winter 2012 to the year 2013.
        if ends[0] and ends[1] and (ends[1].precision != "year" or ends[0].precision == "year"):
            return _between(ends[0], ends[1], listed=not opened and joint[1] in LISTED)
    return None


def _single(text: str) -> Date | None:
    """Return a single date in figures, with or without a time."""
    return _timed(text, _figures)


def _timed(text: str, read: Callable[[str], Date | None]) -> Date | None:
    """Return the date that `read` finds in a text, with its time of day.

    Raises ValueError for 25:00.
    """
    found = read(text)
    clock = None if found else _clock(text)
    if clock is None:
        return found
    day = read((text[: clock.start()] + text[clock.end() :]).strip(" ,"))
    if day is None or day.precision != "day":
        return None
    hour, minute = int(clock["hour"]), int(clock["minute"] or clock["french"] or clock["dotted"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if clock["half"] == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(hour)
    return replace(day, value=f"{day.earliest}T{hour:02}:{minute:02}{day.value[10:]}", precision="minute")


@lru_cache(maxsize=1)  # a text is searched twice, for figures and then for words
def _clock(text: str) -> re.Match[str] | None:
    return _CLOCK.search(text)


def _figures(text: str) -> Date | None:
    if not text[:1].isdecimal():
        return None
    if found := _DAY.fullmatch(text) or _BASIC.fullmatch(text):
        return _day(int(found["year"]), int(found["month"]), int(found["day"]), found["mark"])
    if found := _FIGURES.fullmatch(text):
        day, month = int(found["day"]), int(found["month"])
        if month > 12 >= day:
            day, month = month, day
        return _day(int(found["year"]), month, day)
    if found := _MONTH.fullmatch(text):
        year, month = int(found["year"]), int(found["month"])
        return _season(year, month, found["mark"]) if month in SEASON_MONTHS else _month(year, month, found["mark"])
    if found := _MONTH_FIRST.fullmatch(text):
        return _month(int(found["year"]), int(found["month"]))
    if found := _YEAR.fullmatch(text):
        return _year(int(found["year"]), found["mark"])
    if found := _UNSPECIFIED.fullmatch(text):
        period, digits = (_century, found["century"]) if found["century"] else (_decade, found["decade"])
        return period(int(digits), found["mark"])
    if found := _UNSAID.fullmatch(text):
        year, unsaid = int(found["year"]), found["month"] is None
        return replace(_year(year) if unsaid else _month(year, int(found["month"])), value=text.upper())
    if found := _WEEK.fullmatch(text):
        year, week = _plausible(int(found["year"])), int(found["week"])
        first, last = (_of(date.fromisocalendar(year, week, int(found["day"] or day))) for day in (1, 7))
        return first if found["day"] else _between(first, last)
    if found := _ORDINAL.fullmatch(text):
        year = _plausible(int(found["year"]))
        when = date(year, 1, 1) + timedelta(days=int(found["day"]) - 1)
        return _of(when) if when.year == year else None
    return None


# Intervals ----------------------------------------------------------------------------------------


def _day(year: int, month: int, day: int, mark: str = "") -> Date:
    when = date(_plausible(year), month, day)
    return Date(when.isoformat() + mark, when, when, "day")


def _of(when: date, mark: str = "") -> Date:
    return _day(when.year, when.month, when.day, mark)


def _month(year: int, month: int, mark: str = "") -> Date:
    first = date(_plausible(year), month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return Date(f"{year:04}-{month:02}{mark}", first, last, "month")


def _season(year: int, season: int, mark: str = "") -> Date:
    first, last = SEASON_MONTHS[season]
    begin, end = _month(year, first), _month(year + (last < first), last)
    return Date(f"{year:04}-{season}{mark}", begin.earliest, end.latest, "season")


def _quarter(year: int, quarter: int, mark: str = "") -> Date:
    return _between(_month(year, 3 * quarter - 2, mark), _month(year, 3 * quarter, mark))


def _year(year: int, mark: str = "") -> Date:
    return _years(f"{year:04}{mark}", year, year, "year")


def _decade(tens: int, mark: str = "") -> Date:
    return _years(f"{tens}X{mark}", tens * 10, tens * 10 + 9, "decade")


def _century(hundreds: int, mark: str = "") -> Date:
    return _years(f"{hundreds}XX{mark}", hundreds * 100, hundreds * 100 + 99, "century")


def _years(value: str, first: int, last: int, precision: str) -> Date:
    return Date(value, date(_plausible(first), 1, 1), date(last, 12, 31), precision)


def _plausible(year: int) -> int:
    if not 1000 <= year <= 2999:
        raise ValueError(year)
    return year


def _between(first: Date, last: Date, *, listed: bool = False) -> Date:
    """Return the interval from one date to another.

    Listed dates, `16 et 17 janvier`, must be consecutive.
    """
    if last.latest < first.earliest:
        raise ValueError("an interval that ends before it begins")
    if listed and last.earliest - first.latest > timedelta(days=1):
        raise ValueError("two dates")
    return Date(f"{_begin(first)}/{_end(last)}", first.earliest, last.latest, "interval")


def _begin(interval: Date) -> str:
    """Return the value of an interval's start. A week and a quarter are intervals too."""
    return interval.value.split("/")[0]


def _end(interval: Date) -> str:
    return interval.value.split("/")[-1]


# Dates in words -----------------------------------------------------------------------------------


def _words(text: str) -> Date | None:
    """Return a date in words, or a range whose ends share a month or a year."""
    return _timed(text, _worded)


def _worded(text: str) -> Date | None:
    if _STRANGE.search(text):
        return None
    if found := _after_words(text):
        return found
    text = _DECADE_ENDING.sub(" decade", _ENDING.sub(r"\1", _HALF.sub(r"\1 ", text)))
    words = _joined(_WORD.findall(text))
    opened = not OPENERS.isdisjoint(words[:1])
    # Elsewhere `mar` is March, `mi` is the middle of a month, and `au` joins two ends.
    weekday = words[:1] in (["mar"], ["mi"]) and _kinds(words[1:3]) == "dm"
    if opened or weekday or not SILENT.isdisjoint(words[:1]):
        del words[0]
    kept = [word for word in words if word in JOINTS or word not in _SKIPPED]
    kinds, numbers = _once(_kinds(kept), [_number(word) for word in kept])
    mark = "" if ABOUT.isdisjoint(words) else "~"
    if "d" not in kinds and not WEEKDAYS.isdisjoint(words):
        return None
    if (ends := kinds.replace("&", "-")) in _RANGES:
        return _worded_range(ends, numbers, mark, listed=not opened and not LISTED.isdisjoint(words))
    if opened or kinds.startswith("-") or kinds.endswith("-"):
        return None
    numbers = [number for kind, number in zip(kinds, numbers, strict=True) if kind != "-"]
    return _worded_single(kinds.replace("-", ""), numbers, mark)


def _after_words(text: str) -> Date | None:
    """Return a day in figures after words without effect, such as `jeudi 17/01/2013`, or None."""
    *before, figures = (word.rstrip(".,") for word in text.split(" "))
    if not before or not _SKIPPED.issuperset(before):
        return None
    found = _figures(figures)
    if found is None or found.precision != "day":
        return None
    return found if ABOUT.isdisjoint(before) else _of(found.earliest, "~")


def _once(kinds: str, numbers: list[int]) -> tuple[str, list[int]]:
    """Return the kinds and numbers with a month written by two of its names, `شباط/فبراير`,
    once.
    """
    at = kinds.find("m-m")
    if at < 0 or numbers[at] != numbers[at + 2]:
        return kinds, numbers
    return kinds[:at] + kinds[at + 2 :], numbers[:at] + numbers[at + 2 :]


def _worded_single(kinds: str, numbers: list[int], mark: str) -> Date | None:
    by_kind = dict(zip(kinds, numbers, strict=True)) if len(set(kinds)) == len(kinds) else {}
    match kinds:
        case "dmy" | "mdy" | "ymd":
            return _day(by_kind["y"], by_kind["m"], by_kind["d"], mark)
        case "my" | "ym":
            return _month(by_kind["y"], by_kind["m"], mark)
        case "sy" | "ys":
            return _season(by_kind["y"], by_kind["s"], mark)
        case "qy" | "yq":
            return _quarter(by_kind["y"], by_kind["q"], mark)
        case "y":
            return _year(by_kind["y"], mark)
        case "yk" | "ky":
            return None if by_kind["y"] % 10 else _decade(by_kind["y"] // 10, mark)
        case "dc" | "cd" | "rc" | "cr":
            return _century(by_kind.get("d", 0) + by_kind.get("r", 0) - 1, mark)
        case _:
            return None


def _worded_range(kinds: str, numbers: list[int], mark: str, *, listed: bool) -> Date | None:
    """Return a range whose first end takes its missing parts from the last."""
    before, after = kinds.split("-")
    first = dict(zip(before, numbers, strict=False))
    last = first | dict(zip(after, numbers[len(before) + 1 :], strict=True))
    first = last | first
    match after:
        case "my":
            ends = [_month(end["y"], end["m"], mark) for end in (first, last)]
        case "y" if "s" in first:
            # `hiver 2012-2013`: one winter, named by both its years
            crosses = first["s"] == 24 and last["y"] == first["y"] + 1
            return _season(first["y"], first["s"], mark) if crosses else None
        case "y":
            ends = [_year(end["y"], mark) for end in (first, last)]
        case _:
            ends = [_day(end["y"], end["m"], end["d"], mark) for end in (first, last)]
    return _between(ends[0], ends[1], listed=listed)


def _joined(words: list[str]) -> list[str]:
    """Join names of two words, such as تشرين الاول, into one."""
    joined: list[str] = []
    for word in words:
        pair = f"{joined[-1]} {word}" if joined else ""
        if pair in MONTHS or pair in QUARTERS or pair in ORDINALS:
            joined[-1] = pair
        else:
            joined.append(word)
    return joined


_TABLES = (("m", MONTHS), ("s", SEASONS), ("q", QUARTERS), ("d", ORDINALS))
_KINDS = {word: kind for kind, table in _TABLES for word in table} | {
    word: kind for kind, table in (("k", DECADES), ("c", CENTURIES), ("&", JOINTS), ("-", "-–—/")) for word in table
}
_NUMBERS = MONTHS | SEASONS | QUARTERS | ORDINALS


def _kinds(words: list[str]) -> str:
    """Return a letter per word.

    They are d(ay), m(onth), y(ear), s(eason), q(uarter), k (decade), c(entury), r(oman numeral), -,
    &, or ? for another word.
    """
    return "".join(map(_kind, words))


def _kind(word: str) -> str:
    if word.isdecimal():
        return "y" if len(word) == 4 else "d" if len(word) <= 2 else "?"
    return _KINDS.get(word) or ("r" if _roman(word) else "?")


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS.get(word) or _roman(word)


def _roman(word: str) -> int:
    """Return a century's Roman numeral, with or without an ending: `xx`, `xxe`. 0 if it is none."""
    found = _ROMAN.fullmatch(word)
    return 10 * len(found["tens"]) + _UNITS[found["rest"]] if found else 0
