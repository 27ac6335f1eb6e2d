"""A few texts as an `IndexReader`, with the field weights of the formula written out."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from docindex.analysis import analyzer, folding, stemming
from docindex.ranking.index_reader import FIELD_BITS, FIELDS
from docindex.ranking.term_list import TermList

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date as Day

WEIGHTS = {"body": 1.0, "title": 2.0, "quoted": 0.25}


class TinyIndex:
    """Texts by field.

    A text's number is its document; the text of `language` names its language.
    """

    def __init__(self, *documents: Mapping[str, str]) -> None:
        self._languages = [document.get("language", "en") for document in documents]
        self._positions: defaultdict[tuple[str, str], dict[int, list[int]]] = defaultdict(dict)
        self._freqs: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        self._lengths = [0.0] * len(documents)
        for number, document in enumerate(documents):
            for field in WEIGHTS:
                self._add(number, field, document.get(field, ""))

    def _add(self, number: int, field: str, text: str) -> None:
        language = self._languages[number]
        tokens = analyzer.analyze(text, language)
        for forms, position in zip(tokens.forms, tokens.positions, strict=True):
            self._lengths[number] += max(1.0, WEIGHTS[field])
            for form in forms:
                at = (FIELDS.index(field) << FIELD_BITS) + position
                self._positions[language, form].setdefault(number, []).append(at)
                freqs = self._freqs[language, form]
                freqs[number] = freqs.get(number, 0.0) + WEIGHTS[field]

    @property
    def languages(self) -> Mapping[str, int]:
        return Counter(self._languages)

    @property
    def average_doc_length(self) -> float:
        return sum(self._lengths) / len(self._lengths)

    def doc_lengths(self, documents: Iterable[int]) -> list[float]:
        return [self._lengths[document] for document in documents]

    def doc_freq(self, language: str, term: str) -> int:
        return len(self._freqs.get((language, term), ()))

    def term_freqs(self, language: str, term: str) -> dict[int, float]:
        return self._freqs.get((language, term), {})

    def positions(self, language: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        held = self._positions.get((language, term), {})
        return {document: held[document] for document in documents if document in held}

    def term_lists(self, language: str) -> Sequence[TermList]:
        folded = {
            term: len(freqs)
            for (code, term), freqs in self._freqs.items()
            if code == language and not term.startswith(stemming.STEM) and folding.EXACT not in term
        }
        return [TermList.from_doc_freqs(folded)]

    def docs_with_keyword(self, field: str, matches: Callable[[str], bool]) -> set[int]:
        assert field == "language"
        return {number for number, language in enumerate(self._languages) if matches(language)}

    def docs_with_value(self, facet: str, matches: Callable[[str], bool]) -> set[int]:
        return set()

    def docs_in_date_range(self, earliest: Day | None, latest: Day | None, *, certain: bool) -> set[int]:
        return {0}

    def live_docs(self) -> set[int]:
        return set(range(len(self._languages)))
