"""Term clauses of a query: words, patterns, fuzzy words and phrases."""

from __future__ import annotations

import re

from msgspec.structs import replace

from docindex.metadata import keys, language_codes
from docindex.model.documents import Span
from docindex.query import date_ranges, foreign_syntax, lexer
from docindex.query.ast import Fuzzy, Leaf, MatchAll, Phrase, Prefix, Wildcard, Word, disjunction
from docindex.query.clause_reader import has_letter_or_digit
from docindex.query.date_clauses import DateClauses

MAX_PATTERN_CHARACTERS = 1_000
"""Characters of a pattern, which is compared with every word of the index."""
MAX_PATTERNS = 100
"""Patterns of one query."""


class TermClauses(DateClauses):
    """Reader of words, patterns and phrases."""

    def __init__(self, text: str, any_word: bool, strict: bool) -> None:
        super().__init__(text, any_word, strict)
        self.patterns = 0

    def verbatim_leaf(self, raw: str, place: Span) -> Leaf:
        """Return the leaf of a whole value, such as a path or a language."""
        leaf = self._pattern_or(raw, place)
        if leaf:
            return leaf
        text = lexer.unescape(raw)
        if self.field() == "language":
            text = _language(text)
        return Word(text, self.field(), place=self.count(place))

    def word_clause(self, raw: str, run: Span) -> None:
        """Add the clause of a word, a pattern or a fuzzy word."""
        raw = raw[: len(lexer.mask_escapes(raw).rstrip(lexer.TRAILING))]
        if self._alternatives(raw, run):
            return
        fuzzy = lexer.FUZZY().search(lexer.mask_escapes(raw))
        stem = self._without_question_mark(raw[: fuzzy.start()] if fuzzy else raw, run.start)
        place = Span(run.start, run.start + len(raw if fuzzy else stem))
        only_stars = bool(stem) and not stem.strip(lexer.STARS)
        if not (only_stars or has_letter_or_digit(lexer.unescape(stem))):
            self.leave_out(run)
            return
        leaf = self._pattern_or(stem, place)
        if leaf is None and fuzzy:
            distance = self._distance(fuzzy[1], Span(place.start + fuzzy.start(), place.stop))
            leaf = Fuzzy(lexer.unescape(stem), self.field(), distance, place=self.count(place))
        elif fuzzy:
            tail = Span(place.start + fuzzy.start(), place.stop)
            self.repairs.add(
                tail, "a pattern cannot be fuzzy too", f"{self.repairs.quote(tail)} left out", "one of the two"
            )
        if isinstance(leaf, Prefix | Wildcard | Fuzzy):
            self.patterns += 1
            if self.patterns > MAX_PATTERNS:
                raise self.repairs.error(
                    f"the query holds more than {MAX_PATTERNS} patterns", "fewer patterns", place.start
                )
        self.complete(leaf or self._plain_word(stem, place))

    def _alternatives(self, raw: str, run: Span) -> bool:
        """Add the clause of words joined by a bar, `a|b`: any of them."""
        shape = lexer.mask_escapes(raw)
        if "|" not in shape or set(shape) & set(f"{lexer.WILD}{lexer.VARIANTS}{lexer.TILDES}"):
            return False
        parts = [part.span() for part in re.finditer(r"[^|]+", shape) if has_letter_or_digit(raw[slice(*part.span())])]
        if len(parts) < 2:
            return False
        words = [self.word(lexer.unescape(raw[slice(*part)]), self.field(), _moved(run, *part)) for part in parts]
        self.complete(disjunction(list(words)))
        return True

    def near_clause(self, run: re.Match[str]) -> bool:
        """Read an operator such as `NEAR/5` with the words on both sides as words of a phrase."""
        found = lexer.NEAR.fullmatch(run[0])
        clauses = self.groups[-1].clauses
        following = _NEXT_WORD.match(self.text, run.end())
        left = clauses[-1].query if clauses and not self.pending.before else None
        if not (found and following and isinstance(left, Word) and left.place and left.field == self.field()):
            return False
        if following[1] in lexer.OPERATORS or not has_letter_or_digit(following[1]):
            return False
        if found[0] == found[1] and len(left.text) > 1 and left.text.isupper():
            return False  # a headline in capitals
        place = Span(*run.span())
        words = foreign_syntax.near_words(found[1], found[2], found[3])
        text = f"{left.text} {lexer.unescape(following[1]).rstrip(lexer.TRAILING)}"
        phrase = Phrase(text, left.field, words, any_form=not words, place=Span(left.place.start, following.end()))
        self.repairs.add(
            place,
            f"{self.repairs.quote(place)} is an operator of other tools",
            f'read as "{text}"~{words or ""}',
            f'"{text}"~{words or ""}',
        )
        self.position = following.end()
        clauses[-1] = replace(clauses[-1], query=phrase)
        return True

    def regex_clause(self) -> bool:
        """Read a regular expression as a pattern if it is one, or leave it out."""
        if self.at_value() or (self.position and not self.text[self.position - 1].isspace()):
            return False
        found = self.take(lexer.REGEX)
        if found is None:
            return False
        place = Span(*found.span())
        mistake = f"{self.repairs.quote(place)} is a regular expression, which an index of words cannot search"
        pattern = foreign_syntax.pattern_of(found[1])
        leaf = pattern and self._pattern_or(pattern, place)
        if leaf:
            self.repairs.add(place, mistake, f"read as {pattern}", "* and ? in a word")
            self.complete(leaf)
        elif pattern:
            self.repairs.add(place, mistake, f"read as {pattern}", "the word")
            self.complete(self.word(pattern, self.field(), place))
        else:
            self.repairs.add(place, mistake, "left out", "* and ? in a word, or word~")
        return True

    def _plain_word(self, raw: str, place: Span) -> Word:
        """Return a word; `name^` asks for its other spellings too."""
        marked = raw[:-1] if lexer.mask_escapes(raw).endswith(lexer.VARIANTS) else ""
        variants = has_letter_or_digit(lexer.unescape(marked))
        return self.word(lexer.unescape(marked if variants else raw), self.field(), place, variants=variants)

    def _without_question_mark(self, raw: str, start: int) -> str:
        """Drop a question mark at a word's end, unless the word has other wildcards.

        `Mali?` ends a question far more often than it stands for Malia or Malis.
        """
        asked = raw[: len(lexer.mask_escapes(raw).rstrip(f"?{lexer.TRAILING}"))]
        if len(asked) == len(raw) or not asked or any(wild in lexer.mask_escapes(asked) for wild in lexer.WILD):
            return raw
        place = Span(start + len(asked), start + len(raw))
        self.repairs.add(place, "a ? at a word's end is no pattern", "read as a question mark", "a * there")
        return asked

    def _pattern_or(self, raw: str, place: Span) -> Leaf | None:
        """Return the leaf of a text with `*` or `?`, None for a text without."""
        shape = lexer.mask_escapes(raw)
        wild = [index for index, character in enumerate(shape) if character in lexer.WILD]
        if not wild:
            return None
        if len(raw) > MAX_PATTERN_CHARACTERS:
            raise self.repairs.error(
                f"a pattern is longer than {MAX_PATTERN_CHARACTERS:,} characters", "a shorter pattern", place.start
            )
        if _ADDRESS.search(shape) and not any(character in lexer.STARS for character in shape):
            return None  # the ? of a pasted address
        field = self.field()
        self.count(place)
        if field is None and not shape.strip(lexer.STARS):
            return MatchAll(place=place)
        if wild == [len(raw) - 1] and wild != [0] and raw[-1] in lexer.STARS:
            return Prefix(lexer.unescape(raw[:-1]), field, place=place)
        return Wildcard(lexer.normalize_pattern(raw), field, place=place)

    def _distance(self, number: str, place: Span) -> int | None:
        if number in ("", "1", "2"):
            return int(number) if number else None
        self.repairs.add(
            place,
            f"a fuzzy word differs by 1 or 2 letters, not by {self.repairs.quote(Span(place.start + 1, place.stop))}",
            "read as ~2",
            "~1, ~2, or ~ alone",
        )
        return 2

    def quoted_clause(self, quoted: re.Match[str]) -> None:
        """Add the clause of a quoted text."""
        start = quoted.start()
        if not quoted[2]:
            self.repairs.add(Span(start, start + 1), "the quote is never closed", "closed at the end", 'a " at the end')
        field = self.field()
        slop = self._slop() if quoted[2] and field not in ("date", *keys.KEYWORD_FIELDS) else None
        place = Span(start, self.position)
        text = lexer.unescape(quoted[1])
        star = _STAR_IN_PHRASE.search(lexer.mask_escapes(quoted[1]))
        if star and field not in keys.KEYWORD_FIELDS and field != "date":
            at = quoted.start(1) + star.start()
            self.repairs.add(
                Span(at, at + 1),
                "a * within quotes stands for nothing",
                "left out",
                "the word with * outside the quotes",
            )
            text = _STAR_IN_PHRASE.sub("", text)
        if field == "language":
            text = _language(text)
        if field in keys.KEYWORD_FIELDS and text.strip():
            self.complete(Word(text, field, place=self.count(place)))
        elif not has_letter_or_digit(text):
            self.leave_out(place)
        elif field == "date":
            self._date_range(date_ranges.parse_dates(text.strip()), place, Span(*quoted.span(1)))
        else:
            any_form = slop == 0
            self.complete(Phrase(text.strip(), field, slop or 0, any_form=any_form, place=self.count(place)))

    def _slop(self) -> int | None:
        """Read the slop of a phrase: 0 for `~` alone, None without it."""
        slop = self.take(lexer.SLOP())
        if slop is None:
            return None
        place = Span(*slop.span())
        if slop[2] and not slop[1]:
            unit, words = ("sentence" if slop[2] == "s" else "paragraph"), foreign_syntax.unit_words(slop[2])
            self.repairs.add(place, f"the ends of a {unit} are not indexed", f"read as ~{words}", f"~{words}")
            return words
        if not slop[1]:
            return 0
        if len(slop[1]) <= 4 and int(slop[1]) <= lexer.MAX_SLOP_WORDS:
            return int(slop[1])
        most = f"at most {lexer.MAX_SLOP_WORDS:,} words may stand among those of a phrase"
        self.repairs.add(place, most, f"read as ~{lexer.MAX_SLOP_WORDS}", f"~{lexer.MAX_SLOP_WORDS} or less")
        return lexer.MAX_SLOP_WORDS


def _language(text: str) -> str:
    """Return the code of a language that is given by its name."""
    return (len(text) > 3 and language_codes.code(text)) or text


def _moved(run: Span, start: int, stop: int) -> Span:
    """Return the span of a part of a run."""
    return Span(run.start + start, run.start + stop)


_NEXT_WORD = re.compile(rf"\s+({lexer.WORD.pattern})", re.DOTALL)
_ADDRESS = re.compile(r"://|\w\?[\w.%+-]{1,40}=")
"""Part of a web address."""
_STAR_IN_PHRASE = re.compile(rf"(?<=\w)[{lexer.STARS}]|[{lexer.STARS}](?=\w)")
