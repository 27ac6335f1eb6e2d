"""OCR: the text of pictures, by tesseract, in the language of their document.

The declared language decides. Else the text is read in the usual languages first, and once more if
it proves to be in another language or script that tesseract has data for. The language of one page
is the first guess for the next.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from docindex.analysis import language_detection
from docindex.errors import ReaderError
from docindex.metadata import language_codes
from docindex.model.documents import UNDETERMINED
from docindex.readers import ocr_cache, tesseract
from docindex.readers.base import RecognizedText
from docindex.readers.tesseract import MIN_SURE_PERCENT, Program

_USUAL_LANGUAGES = ("en", "fr")


class OcrSettings(Struct, frozen=True):
    """Settings of OCR for a whole build."""

    program: Program
    packs: tuple[str, ...]  # language data for documents whose language nobody declares
    cache: str | None = None  # folder of recognized pages
    file_seconds: float = 3_000.0  # for the pictures of one file; the next build goes on from there


def settings(languages: Sequence[str] = ()) -> OcrSettings:
    """Return the settings of OCR on this machine. Raises ReaderError if it cannot work.

    `languages` are codes or names of the languages that documents are usually in.
    """
    program = tesseract.find_program()
    if program is None:
        raise ReaderError("OCR needs the program tesseract, which is not installed", tesseract.INSTALL_HINT)
    packs: list[str] = []
    for language in languages:
        packs += packs_for(program, language_codes.code(language) or language)
    if not packs:
        packs = [pack for code in _USUAL_LANGUAGES for pack in program.packs_of(code)[:1]]
        packs = packs or [pack for pack in program.packs if pack != "osd"][:2]
    if not packs:
        raise ReaderError("tesseract has no data for any language", tesseract.INSTALL_HINT)
    return OcrSettings(program, tuple(dict.fromkeys(packs)), ocr_cache.folder())


def packs_for(program: Program, language: str) -> tuple[str, ...]:
    """Return the language data for a code. Raises ReaderError if there is none."""
    packs = program.packs_of(language)
    if not packs:
        name = language_codes.three_letters(language) or language
        raise ReaderError(
            f"tesseract has no data for the language '{language}'",
            f"install it, such as: apt install tesseract-ocr-{name}",
        )
    return packs[:1]


class Recognizer:
    """OCR of the pictures of one file."""

    def __init__(self, settings: OcrSettings, data: bytes, language: str | None) -> None:
        self._settings = settings
        self._file = hashlib.sha256(data).hexdigest()
        self._language = language if language != UNDETERMINED else None
        self._packs: tuple[str, ...] = ()  # of the last page that was read well
        self._until = time.monotonic() + settings.file_seconds

    def read(self, number: int, draw: Callable[[], bytes]) -> list[RecognizedText]:
        """Return the texts of a picture: one, or one for each page of a fax. Raises ReaderError.

        `number` is its place in the file. `draw` returns it in a format of tesseract, and is not
        called if the cache holds its text.
        """
        if time.monotonic() > self._until:
            raise ReaderError("were not reached in the time for one file", "build once more: they come next")
        page = _Page(self._settings, f"{self._file} {number}", draw)
        if self._language:
            return page.texts(packs_for(self._settings.program, self._language))
        found = [page.texts(self._packs or self._settings.packs)]
        if not (self._packs and _surety(found[0]) >= MIN_SURE_PERCENT):
            found += self._other_readings(page, found[0])
        best = max(found, key=_surety)
        if _surety(best) >= MIN_SURE_PERCENT:
            self._packs = page.packs_of(best)
        return best

    def _other_readings(self, page: _Page, first: list[RecognizedText]) -> list[list[RecognizedText]]:
        """Return the page's texts in the language that it seems to be in, if that is another."""
        program, used = self._settings.program, page.packs_of(first)
        if _surety(first) >= MIN_SURE_PERCENT:
            language = language_detection.detect("\n".join(text.text for text in first))
            packs = program.packs_of(language)[:1]
            return [page.texts(packs)] if packs and not set(packs) & set(used) else []
        script = page.script()
        if script is None:
            return []
        packs = program.packs_of_script(script)
        if packs and not set(packs) <= set(used):
            return [page.texts(packs, turned=True)]
        if not packs and not first:
            raise ReaderError(f"tesseract has no data for {script} script", tesseract.INSTALL_HINT)
        return [page.texts(used, turned=True)]


class _Page:
    """Picture that is drawn only when tesseract must look at it, and once."""

    def __init__(self, settings: OcrSettings, name: str, draw: Callable[[], bytes]) -> None:
        self._settings = settings
        self._name = name
        self._draw = draw
        self._picture: bytes | None = None
        self._used: dict[int, tuple[str, ...]] = {}  # packs by the identity of the texts that they gave

    def packs_of(self, texts: list[RecognizedText]) -> tuple[str, ...]:
        """Return the packs with which the texts were read."""
        return self._used[id(texts)]

    def texts(self, packs: tuple[str, ...], *, turned: bool = False) -> list[RecognizedText]:
        """Return the texts of the picture as these packs read it."""
        program = self._settings.program
        table = self._cached(
            f"{'+'.join(packs)} {turned}", lambda: tesseract.recognize(program, self._drawn(), packs, turned=turned)
        )
        found = tesseract.pages(table)
        self._used[id(found)] = packs
        return found

    def script(self) -> str | None:
        """Return the name of the picture's script, or None."""
        program = self._settings.program
        return (
            self._cached("script", lambda: (tesseract.script_of(program, self._drawn()) or "").encode()).decode()
            or None
        )

    def _cached(self, what: str, compute: Callable[[], bytes]) -> bytes:
        cache, program = self._settings.cache, self._settings.program
        key = ocr_cache.key(self._name, what, program.version)
        found = ocr_cache.load(cache, key) if cache else None
        if found is None:
            found = compute()
            if cache:
                ocr_cache.store(cache, key, found)
        return found

    def _drawn(self) -> bytes:
        if self._picture is None:
            self._picture = self._draw()
        return self._picture


def _surety(texts: Sequence[RecognizedText]) -> float:
    """Return the mean confidence of texts by their length, in percent; 0 without text."""
    letters = sum(len(text.text) for text in texts)
    return sum(text.confidence * len(text.text) for text in texts) / letters if letters else 0.0
