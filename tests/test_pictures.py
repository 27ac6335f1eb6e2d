"""What a browser makes of the page and of the timeline's picture: painted by Chromium, light and
dark, narrow and wide.

The pictures are read pixel by pixel (PNG, ISO/IEC 15948), for a page without scripts tells nothing
of itself.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from docindex.model.documents import Date, IndexState, Metadata, Record, Span
from docindex.model.results import Hit, Passage, Results, Staleness
from docindex.render import formats
from docindex.render.timeline import svg
from docindex.search.timeline import build_timeline

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
painted = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed to paint the page")
Color = tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    """Rows of pixels."""

    rows: list[list[Color]]

    @property
    def colors(self) -> Counter[Color]:
        return Counter(color for row in self.rows for color in row)

    def within(self, first: int, last: int) -> Counter[Color]:
        """The colours of the columns from the first to before the last."""
        return Counter(color for row in self.rows for color in row[first:last])


def paint(text: str, name: str, folder: Path, *, width: int, height: int, dark: bool) -> Picture:
    (folder / name).write_text(text, encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={width},{height}",
        f"--screenshot={folder / 'picture.png'}", f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        (folder / name).as_uri(),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    return Picture(pixels((folder / "picture.png").read_bytes()))


def pixels(png: bytes) -> list[list[Color]]:
    """The pixels of a PNG of eight bits a channel, with or without alpha, not interlaced."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed, each, wide = 8, b"", 0, 0
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        chunk = png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            wide, _, depth, color, *_, interlaced = struct.unpack(">IIBBBBB", chunk)
            assert (depth, interlaced) == (8, 0)
            each = {2: 3, 6: 4}[color]
        elif kind == b"IDAT":
            packed += chunk
        place += length + 12
    data = zlib.decompress(packed)
    above = bytearray(wide * each)
    rows = []
    for start in range(0, len(data), wide * each + 1):
        above = unfiltered(data[start], bytearray(data[start + 1 : start + 1 + wide * each]), above, each)
        rows.append(list(zip(above[0::each], above[1::each], above[2::each], strict=True)))
    return rows


def unfiltered(kind: int, row: bytearray, above: bytearray, each: int) -> bytearray:
    if kind == 2:
        return bytearray((one + other) & 255 for one, other in zip(row, above, strict=True))
    for place in range(len(row)) if kind else ():
        left = row[place - each] if place >= each else 0
        up = above[place]
        corner = above[place - each] if place >= each else 0
        if kind == 4:
            guess = left + up - corner
            near = min((abs(guess - one), rank, one) for rank, one in enumerate((left, up, corner)))[2]
        else:
            near = (0, left, up, (left + up) // 2)[kind]
        row[place] = (row[place] + near) & 255
    return row


def hit(title: str, body: str, marked: str, language: str, path: str = "press/a.txt") -> Hit:
    day = date(2016, 3, 20)
    known = Metadata(title, "A. Author", "Le Journal", Date("2016-03-20", day, day, "day"), language)
    record = Record(path, None, known, None, body, range(1, 9))
    marks = tuple(Span(found.start(), found.end()) for found in re.finditer(marked, body))
    return Hit(record, 1.0, (Passage(body, 0, 3, None, marks), Passage(body, 0, 3, 12, marks)))


def page(*hits: Hit) -> str:
    state = IndexState("2026-01-01T12:00:00Z", "1", 412, "/archive", None)
    return "".join(
        formats.answers("html", [Results("accord OR بلمختار", "q", hits, len(hits), 0, 10, 1.0, state, Staleness())])
    )


PAGE = page(
    hit("Un règlement rompu", "Un accord secret avec lui, dit-on, fut rompu avant l’été. " * 2, "accord", "fr"),
    hit("Talks broke off", "The accord was never signed, he said. " * 3, "accord", "en", "deep/" * 30 + "a.txt"),
    hit("رسالة عن بلمختار", "قال الكاتب إن بلمختار كان هناك في يناير 2013. " * 3, "بلمختار", "ar"),
    hit("x" * 300, "https://example.org/" + "a" * 500 + " accord", "accord", "en"),
)


def named(style: str, *names: str) -> list[Color]:
    """The colours that a style sheet's variables name."""
    values = [re.findall(rf"--{name}: #(\w{{6}})", style)[0] for name in names]
    return [(int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16)) for value in values]


def styles() -> dict[bool, str]:
    """The page's styles by whether it is dark."""
    light, _, dark = PAGE.partition("@media (prefers-color-scheme: dark)")
    return {False: light, True: dark}


def contrast(one: Color, other: Color) -> float:
    """The ratio of contrast of the Web Content Accessibility Guidelines 2.1."""

    def luminance(color: Color) -> float:
        linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in scaled(color)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def scaled(color: Color) -> list[float]:
        return [channel / 255 for channel in color]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_all_that_is_written_can_be_read(dark: bool) -> None:
    ink, paper, faint, mark, mark_ink, warn = named(
        styles()[dark], "ink", "page", "faint", "mark", "mark-ink", "warn"
    )  # fmt: skip
    for one, other in ((ink, paper), (faint, paper), (warn, paper), (mark_ink, mark)):
        assert contrast(one, other) >= 4.5
    assert contrast(mark, paper) >= 1.2  # a mark is seen by its colour alone


@painted
@pytest.mark.parametrize(("width", "margin"), [(400, 20), (1100, 182)])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_keeps_its_margins_and_shows_its_marks(tmp_path: Path, width: int, margin: int, dark: bool) -> None:
    shown = paint(PAGE, "a.html", tmp_path, width=width, height=700, dark=dark)
    paper, mark, ink = named(styles()[dark], "page", "mark", "ink")
    colors = shown.colors
    assert {len(row) for row in shown.rows} == {width}
    assert colors.most_common(1)[0][0] == paper
    assert (sum(paper) < 3 * 64) is dark
    # Eight words at least are seen marked, of some fifty by twenty pixels; what letters leave of
    # that is its colour.
    assert colors[mark] > 8 * 300
    assert colors[ink] > 1_000
    # A word too long, or an address, would be painted over the margin, and over the window's edge.
    assert shown.within(0, margin - 2).keys() == shown.within(width - margin + 2, width).keys() == {paper}


@painted
@pytest.mark.parametrize(("dark", "paper", "bar"), [(False, "ffffff", "b3261e"), (True, "15171a", "ff7b72")])
def test_the_picture_of_a_timeline_has_its_bars_light_and_dark(
    tmp_path: Path, dark: bool, paper: str, bar: str
) -> None:
    days = [date(2012, month, 1) for month in (1, 2, 2, 5)]
    records = [
        Record(f"{number}.txt", None, Metadata(date=Date(day.isoformat(), day, day, "day")), None, "", ())
        for number, day in enumerate(days)
    ]
    state = IndexState("2026-01-01T12:00:00Z", "1", 4, "/archive", None)
    answer = Results("accord " * 60, "q", (), 4, 0, 0, 1.0, state, Staleness())
    drawn = svg([answer], build_timeline([records], "month"))
    shown = paint(drawn, "a.svg", tmp_path, width=970, height=400, dark=dark)
    colors = {f"{red:02x}{green:02x}{blue:02x}": count for (red, green, blue), count in shown.colors.items()}
    assert max(colors, key=colors.__getitem__) == paper
    assert colors[bar] > 40 * 240  # the highest bar, and the others
    white = tuple(bytes.fromhex(paper))
    assert shown.within(952, 970).keys() == {white}  # a long query is cut before the edge
