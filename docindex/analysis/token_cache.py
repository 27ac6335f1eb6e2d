"""Token cache: words recur, so each chunk and each word of a language is analyzed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.analysis.folding import EXACT, fold, to_term
from docindex.analysis.stemming import STEM, stem_function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docindex.analysis.tokenizer import Token, Tokenizer

MAX_CHUNKS = 200_000
"""Distinct chunks, and distinct words, in memory for one language."""
MAX_CHUNK_CHARACTERS = 10_000_000
"""Total length of the chunks in memory for one language."""

Forms = tuple[str, ...]
"""All terms of one word, the folded form first."""
NO_SINGLE_TERM = ""
"""Stands in the cache for a chunk with no word or with several."""


class TokenCache(dict[str, str]):
    """Terms of the chunks in one language. A chunk without exactly one word has NO_SINGLE_TERM."""

    def __init__(self, tokenizer: Tokenizer, stemmer: str | None) -> None:
        super().__init__()
        self.forms = _FormsCache(stemmer)
        self.tokens: dict[str, Sequence[Token]] = {}
        """Terms and offsets for each chunk that is not one word from end to end."""
        self.generation = 0
        """Number of times that the cache was emptied."""
        self._tokenizer = tokenizer
        self._characters = 0

    def __missing__(self, chunk: str) -> str:
        self._characters += len(chunk)
        tokens = [(start, stop, step, to_term(word)) for start, stop, step, word in self._tokenizer.tokenize(chunk)]
        if len(tokens) != 1 or tokens[0][:2] != (0, len(chunk)):
            self.tokens[chunk] = tokens
        self[chunk] = term = tokens[0][3] if len(tokens) == 1 else NO_SINGLE_TERM
        return term

    def limit_size(self) -> None:
        """Empty the cache if it exceeds its bounds, so that it does not grow with all text ever
        read.
        """
        if len(self) > MAX_CHUNKS or self._characters > MAX_CHUNK_CHARACTERS:
            self.clear()
            self.tokens.clear()
            self.generation += 1
            self._characters = 0
        if len(self.forms) > MAX_CHUNKS:
            self.forms.clear()


class _FormsCache(dict[str, Forms]):
    """All terms of each word, by the term that it is indexed under."""

    def __init__(self, stemmer: str | None) -> None:
        super().__init__()
        self._stem = stem_function(stemmer) if stemmer else None

    def __missing__(self, term: str) -> Forms:
        folded, _, exact = term.partition(EXACT)
        stem = fold(self._stem(exact or folded)) if self._stem else folded
        forms = [folded]
        if stem and stem != folded:
            forms.append(STEM + stem)
        if exact:
            forms.append(term)
        self[term] = found = tuple(forms)
        return found
