"""The program tesseract: which version and languages are installed, and the text of one picture."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from docindex.errors import ReaderError
from docindex.metadata import language_codes
from docindex.readers.base import RecognizedText
from docindex.system import programs

INSTALL_HINT = "install it: apt install tesseract-ocr, or brew install tesseract tesseract-lang"
MAX_PAGE_SECONDS = 120.0
MAX_PAGES = 1_000  # of one picture, as a fax in TIFF has
MIN_SURE_PERCENT = 60
"""Confidence of a page from which its text is taken to be in the language of the data."""
_PACKS_BY_SCRIPT = {
    "Arabic": "ara fas urd pus uig", "Cyrillic": "rus ukr bul srp bel mkd", "Greek": "ell", "Hebrew": "heb yid",
    "Han": "chi_sim chi_tra", "Japanese": "jpn", "Hangul": "kor", "Korean": "kor", "Devanagari": "hin mar nep san",
    "Thai": "tha", "Armenian": "hye", "Georgian": "kat", "Bengali": "ben", "Tamil": "tam", "Ethiopic": "amh tir",
    "Latin": "eng fra deu spa ita por nld pol tur",
}  # fmt: skip


class Program(Struct, frozen=True):
    """An installed tesseract."""

    path: str
    version: str
    packs: tuple[str, ...]  # its own names of the languages that it has data for

    def packs_of(self, language: str) -> tuple[str, ...]:
        """Return the installed packs for a language's code, the plainest first."""
        found = (pack for pack in self.packs if language_codes.code(pack.split("_")[0]) == language)
        return tuple(sorted(found, key=lambda pack: (len(pack), pack))[:2])

    def packs_of_script(self, script: str) -> tuple[str, ...]:
        """Return the installed packs for a script that `script_of` names, at most three."""
        known = _PACKS_BY_SCRIPT.get(script, "").split()
        return tuple(pack for pack in known if pack in self.packs)[:3]


def find_program() -> Program | None:
    """Return the installed tesseract, or None if there is none that works."""
    path = shutil.which("tesseract")
    if path is None:
        return None
    try:
        version = programs.run([path, "--version"], seconds=10).decode("utf-8", "replace")
        listed = programs.run([path, "--list-langs"], seconds=10).decode("utf-8", "replace")
    except programs.ProgramError:
        return None
    number = re.search(r"\d+(?:\.\d+)*", version)
    packs = [line.strip() for line in listed.splitlines()[1:]]
    return Program(path, number[0] if number else "?", tuple(pack for pack in packs if re.fullmatch(r"\w+", pack)))


def recognize(program: Program, picture: bytes, packs: Sequence[str], *, turned: bool = False) -> bytes:
    """Return the words of a picture as tesseract's table. `turned`: find its direction first.

    Raises ReaderError.
    """
    mode = "1" if turned and "osd" in program.packs else "3"
    command = [program.path, "stdin", "stdout", "-l", "+".join(packs), "--dpi", "300", "--psm", mode, "tsv"]
    return _output(program, command, picture)


def script_of(program: Program, picture: bytes) -> str | None:
    """Return the name of a picture's script, or None if it cannot be told."""
    if "osd" not in program.packs:
        return None
    try:
        told = _output(program, [program.path, "stdin", "stdout", "-l", "osd", "--psm", "0"], picture)
    except ReaderError:
        return None  # too few letters
    found = re.search(rb"Script: (\w+)", told)
    return found[1].decode() if found else None


def _output(program: Program, command: Sequence[str], picture: bytes) -> bytes:
    try:
        return programs.run(command, picture, seconds=MAX_PAGE_SECONDS, environment={"OMP_THREAD_LIMIT": "1"})
    except programs.ProgramError as error:
        raise ReaderError(f"tesseract {error}", "look at the picture, or take it off the list") from error


def pages(table: bytes) -> list[RecognizedText]:
    """Return the text of each page of tesseract's table. Raises ValueError for another table."""
    rows = [row for line in table.decode("utf-8").split("\n")[1:] if len(row := line.split("\t")) == 12]
    return [_text(list(found)) for _, found in groupby(rows, key=lambda row: int(row[1]))][:MAX_PAGES]


def _text(rows: Sequence[Sequence[str]]) -> RecognizedText:
    """Return the text of one page: a line for each line, a blank one between paragraphs."""
    text, letters, surety = "", 0, 0.0
    before: tuple[str, ...] = ()
    for place, word, percent in _words(rows):
        if before:
            text += " " if place == before else "\n" if place[:2] == before[:2] else "\n\n"
        before = place
        text += word
        letters += len(word)
        surety += percent * len(word)
    return RecognizedText(text, round(surety / letters) if letters else 0)


def _words(rows: Sequence[Sequence[str]]) -> Iterator[tuple[tuple[str, ...], str, float]]:
    """Yield each word with the numbers of its block, paragraph and line, and its confidence."""
    for level, _, block, paragraph, line, _, _, _, _, _, percent, word in rows:
        if level == "5" and word.strip():
            yield (block, paragraph, line), word.strip(), float(percent)
