"""Parser of the query language: text to a tree. It repairs mistakes and reports each repair.

NOT binds before AND before OR. Words side by side are joined by AND: `a b OR NOT c` is
`(a AND b) OR (NOT c)`. With `any` they are joined by OR, and `a b AND c` is `a OR (b AND c)`; there
`+a b` requires a and ranks by b.

The parser reads the text once from left to right and keeps open brackets on a stack, so that the
time is linear in the length of any text, however deep.
"""

from __future__ import annotations

import re

from msgspec import Struct

from docindex.analysis import tokenizer
from docindex.errors import QueryError
from docindex.metadata import keys, language_codes
from docindex.model.documents import Span
from docindex.query import date_ranges, lexer
from docindex.query.ast import (
    DateRange,
    Fuzzy,
    Leaf,
    MatchAll,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    negation,
)
from docindex.query.boolean import Clause, combine, leaf_below
from docindex.query.repairs import MAX_QUOTED_CHARACTERS, Repair, RepairLog

MAX_QUERY_CHARACTERS = 100_000  # characters
MAX_LEAVES = 1_024  # words, phrases, patterns and dates
MAX_TREE_LEVELS = 100  # levels of a tree, so that whoever walks it may do so by recursion
MAX_PATTERN_CHARACTERS = 1_000  # characters of a pattern, which is held against every word of the index
MAX_PATTERNS = 100  # in one query

DATE_HINT = "date:2013, date:2013-01, date:2013-01-17, date:2012..2013, date:>=2012-06"


class Parsed(Struct, frozen=True):
    """Tree of a query, its text and the repairs."""

    query: Query
    text: str  # as typed
    repairs: tuple[Repair, ...] = ()


def parse(
    text: str,
    *,
    any: bool = False,  # noqa: A002 - the flag's own name
    literal: bool = False,
    strict: bool = False,
) -> Parsed:
    """Return the tree of a query.

    `any` joins words by OR unless an operator stands between them, `literal` ignores operators, and
    `strict` makes the first mistake an error instead of repairing it. Raises QueryError also if the
    text holds no word or exceeds a limit.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise QueryError(f"the query is longer than {MAX_QUERY_CHARACTERS:,} characters", "a shorter query")
    return (_Literal if literal else _Parser)(text, any, strict).parsed()


class _Pending(Struct):
    """Operators, signs and field read before the next operand, to which they apply."""

    before: str = ""  # AND or OR; nothing = side by side
    negated: bool = False
    required: bool = False
    operators: Span | None = None  # where the operators stand, as long as they wait for what they apply to
    field: str | None = None
    name: Span | None = None  # where the field's name stands
    strays: list[Query] = []  # words that were taken for fields


class _Group(Struct):
    """Open bracket and its clauses; the outermost group is the whole query."""

    opened: int
    outside: _Pending  # what applies to the whole group
    field: str | None = None
    clauses: list[Clause] = []


class _Reader:
    """Base of both parsers: limits, errors, result."""

    def __init__(self, text: str, any_word: bool, strict: bool) -> None:
        self.typed = text
        self.text = text.translate(lexer.CONTROLS)
        self.repairs = RepairLog(text, self.text, strict)
        self.any = any_word
        self.leaves = 0

    def word(self, text: str, field: str | None, place: Span, *, variants: bool = False) -> Word:
        """Return a word.

        A text in a script without blanks counts as many words as it has characters.
        """
        unspaced = field not in keys.KEYWORD_FIELDS and tokenizer.has_unspaced(text)
        place = self.count(place, len(text) if unspaced else 1)
        return Word(text, field, variants, any_part=unspaced and self.any, place=place)

    def count(self, place: Span, leaves: int = 1) -> Span:
        self.leaves += leaves
        if self.leaves > MAX_LEAVES:
            raise self.repairs.error(f"the query holds more than {MAX_LEAVES:,} words", "fewer words", place.start)
        return place

    def side_by_side(self, queries: list[Query]) -> Query:
        return disjunction(queries) if self.any else conjunction(queries)

    def result(self, query: Query | None) -> Parsed:
        if query is None:
            raise self.repairs.error("the query holds no word", "a word, or * for every record", 0)
        return Parsed(query, self.typed, tuple(self.repairs.made))


class _Literal(_Reader):
    """Parser without operators: each whitespace-separated chunk is a word."""

    def parsed(self) -> Parsed:
        words: list[Query] = [
            self.word(run[0], None, Span(*run.span()))
            for run in re.finditer(r"\S+", self.text)
            if _says_something(run[0])
        ]
        return self.result(self.side_by_side(words) if words else None)


class _Parser(_Reader):
    def __init__(self, text: str, any_word: bool, strict: bool) -> None:
        super().__init__(text, any_word, strict)
        self.position = 0
        self.groups = [_Group(0, _Pending())]
        self.patterns = 0
        self.pending = _Pending()

    def parsed(self) -> Parsed:
        while self.position < len(self.text):
            self._step()
        if len(self.groups) > 1:
            self._close_at_the_end()
        self._settle()
        clauses = self.groups[0].clauses
        query = combine(clauses, any_word=self.any) if clauses else None
        deep = leaf_below(query, MAX_TREE_LEVELS) if query else None
        if deep and deep.place:
            raise self.repairs.error(
                f"the query is more than {MAX_TREE_LEVELS} levels deep", "fewer brackets", deep.place.start
            )
        return self.result(query)

    def _step(self) -> None:
        character = self.text[self.position]
        if self._take(lexer.WHITESPACE):
            return
        if character in lexer.OPENING:
            self._open()
        elif character in lexer.CLOSING:
            self._close()
        elif character in lexer.PHRASES and (quoted := self._take(lexer.PHRASES[character]())):
            self._quoted(quoted)
        elif not (self._sign() or self._name() or self._days() or self._run()):
            self._stray_backslash()

    def _take(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    # Mistakes

    def _leave_out(self, place: Span) -> None:
        self.repairs.add(
            place, f"{self.repairs.quote(place)} holds no letter or digit", "left out", "the query without it"
        )
        if self.pending.name is not None and self.pending.name.stop == place.start:
            self.pending.field = self.pending.name = None  # so that the field does not go to the next word

    def _stray_backslash(self) -> None:
        place = Span(self.position, self.position + 1)
        self.repairs.add(
            place, "the backslash at the end stands before nothing", "left out", r"\\ for the backslash itself"
        )
        self.position += 1

    # Brackets

    def _open(self) -> None:
        group = self.groups[-1]
        self.groups.append(_Group(self.position, self.pending, self.pending.field or group.field))
        self.pending = _Pending()
        self.position += 1

    def _close(self) -> None:
        place = Span(self.position, self.position + 1)
        self.position += 1
        if len(self.groups) == 1:
            self.repairs.add(
                place, f"{self.repairs.quote(place)} closes no bracket", "left out", "a ( where the group begins"
            )
        else:
            self._close_group()

    def _close_at_the_end(self) -> None:
        unclosed = len(self.groups) - 1
        place = Span(self.groups[1].opened, self.groups[1].opened + 1)
        mistake = "the bracket is never closed" if unclosed == 1 else f"{unclosed:,} brackets are never closed"
        self.repairs.add(place, mistake, "closed at the end", f"{')' * unclosed if unclosed < 4 else ')'} at the end")
        while len(self.groups) > 1:
            self._close_group()

    def _close_group(self) -> None:
        self._settle()
        group = self.groups.pop()
        self.pending = group.outside
        if group.clauses:
            self._complete(combine(group.clauses, any_word=self.any))
            return
        place = Span(group.opened, self.position)
        self.repairs.add(place, "the brackets hold nothing", "left out", "words between the brackets")
        # What was said of these brackets is not said of what follows them, but it stays joined as
        # it was.
        self.pending = _Pending(before=group.outside.before, strays=group.outside.strays)
        if self.pending.before:
            self.pending.operators = group.outside.operators
        self._settle_strays()

    # What stands ahead of a word

    def _sign(self) -> bool:
        if self._at_value() and self._field() in keys.KEYWORD_FIELDS:
            return False
        sign = self._take(lexer.SIGN)
        if sign and sign[0] == "+":
            self.pending.required = True
        elif sign:
            self._negate(Span(*sign.span()))
        return sign is not None

    def _negate(self, place: Span) -> None:
        self.pending.negated = not self.pending.negated
        self._wait(place)

    def _wait(self, place: Span) -> None:
        first = self.pending.operators or place
        self.pending.operators = Span(first.start, place.stop)

    def _field(self) -> str | None:
        return self.pending.field or self.groups[-1].field

    def _at_value(self) -> bool:
        """Return True right after the colon of a field, where operators and other fields are
        plain words.
        """
        return self.pending.name is not None and self.pending.name.stop == self.position

    def _name(self) -> bool:
        if self._at_value():
            return False
        name = lexer.field_name(self.text, self.position)
        if name is None:
            return False
        known = keys.field(name[1])
        if known is None and (self._field() == "date" or self._field() in keys.KEYWORD_FIELDS):
            return False
        self._settle_name()
        self.position = name.end()
        if known is None:
            self._stray_name(name)
        else:
            self.pending.field = known
            self.pending.name = Span(*name.span())
        return True

    def _stray_name(self, name: re.Match[str]) -> None:
        near = keys.closest_field(name[1][:MAX_QUOTED_CHARACTERS])
        place = Span(*name.span(1))
        self.repairs.add(
            place,
            f"{self.repairs.quote(place)} is no field",
            f"did you mean {near}? searched as words" if near else "searched as words",
            f"{near}:" if near else ", ".join(keys.FIELDS),
        )
        self._stray(place)

    def _stray(self, place: Span) -> None:
        field = self.groups[-1].field
        field = None if field == "date" else field
        self.pending.strays.append(self.word(self.text[place.start : place.stop], field, place))

    def _settle_name(self) -> None:
        """Read a field name without a value as a word."""
        name = self.pending.name
        if name is not None:
            self.repairs.add(
                name, f"{self.repairs.quote(name)} has nothing after it", "searched as a word", "a word after it"
            )
            self.pending.field = self.pending.name = None
            self._stray(Span(name.start, name.stop - 1))

    def _settle_strays(self) -> None:
        if self.pending.strays:
            self._complete(None)

    def _settle(self) -> None:
        """Report the operators that nothing follows."""
        self._settle_name()
        self._settle_strays()
        waiting = self.pending.operators
        if waiting is not None:
            self.repairs.add(
                waiting, f"{self.repairs.quote(waiting)} has nothing after it", "left out", "a word after it"
            )
        self.pending = _Pending()

    def _operator(self, operator: str, place: Span) -> None:
        if operator == "NOT":
            self._negate(place)
            return
        self._settle_name()
        self._settle_strays()
        if self.pending.operators is not None:
            self.repairs.add(place, f"{self.repairs.quote(place)} follows another operator", "left out", "one operator")
        elif not self.groups[-1].clauses:
            self.repairs.add(
                place, f"{self.repairs.quote(place)} has nothing before it", "left out", "a word before it"
            )
        else:
            self.pending.before = operator
            self._wait(place)

    # Words, phrases, dates

    def _complete(self, query: Query | None) -> None:
        """Add a clause. Without a query, the clause consists of stray words only."""
        pending, self.pending = self.pending, _Pending()
        query = self.side_by_side([*pending.strays, *([query] if query else [])])
        query = negation(query) if pending.negated else query
        self.groups[-1].clauses.append(Clause(query, pending.before, pending.negated, pending.required))

    def _run(self) -> bool:
        at_value = self._at_value()
        run = self._take(lexer.WORD)
        if run is None:
            return False
        place = Span(*run.span())
        if run[0] in lexer.OPERATORS and not at_value:
            self._operator(lexer.OPERATORS[run[0]], place)
        elif self._field() in keys.KEYWORD_FIELDS:
            self._complete(self._verbatim(run[0], place))
        else:
            self._word(run[0], place)
        return True

    def _verbatim(self, raw: str, place: Span) -> Leaf:
        leaf = self._pattern_or(raw, place)
        if leaf:
            return leaf
        text = lexer.unescape(raw)
        if self._field() == "language":
            text = _language(text)
        return Word(text, self._field(), place=self.count(place))

    def _word(self, raw: str, run: Span) -> None:
        raw = raw[: len(lexer.mask_escapes(raw).rstrip(lexer.TRAILING))]
        fuzzy = lexer.FUZZY().search(lexer.mask_escapes(raw))
        stem = self._without_question_mark(raw[: fuzzy.start()] if fuzzy else raw, run.start)
        place = Span(run.start, run.start + len(raw if fuzzy else stem))
        only_stars = bool(stem) and not stem.strip(lexer.STARS)
        if not (only_stars or _says_something(lexer.unescape(stem))):
            self._leave_out(run)
            return
        leaf = self._pattern_or(stem, place)
        if leaf is None and fuzzy:
            distance = self._distance(fuzzy[1], Span(place.start + fuzzy.start(), place.stop))
            leaf = Fuzzy(lexer.unescape(stem), self._field(), distance, place=self.count(place))
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
        self._complete(leaf or self._plain_word(stem, place))

    def _plain_word(self, raw: str, place: Span) -> Word:
        """Return a word; `name^` asks for its other spellings too."""
        marked = raw[:-1] if lexer.mask_escapes(raw).endswith(lexer.VARIANTS) else ""
        variants = _says_something(lexer.unescape(marked))
        return self.word(lexer.unescape(marked if variants else raw), self._field(), place, variants=variants)

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
        field = self._field()
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

    def _quoted(self, quoted: re.Match[str]) -> None:
        start = quoted.start()
        if not quoted[2]:
            self.repairs.add(Span(start, start + 1), "the quote is never closed", "closed at the end", 'a " at the end')
        field = self._field()
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
            self._complete(Word(text, field, place=self.count(place)))
        elif not _says_something(text):
            self._leave_out(place)
        elif field == "date":
            self._date(date_ranges.parse_dates(text.strip()), place, Span(*quoted.span(1)))
        else:
            any_form = slop == 0
            self._complete(Phrase(text.strip(), field, slop or 0, any_form=any_form, place=self.count(place)))

    def _slop(self) -> int | None:
        """Read the slop of a phrase: 0 for `~` alone, None without it."""
        slop = self._take(lexer.SLOP())
        if slop is None:
            return None
        place = Span(*slop.span())
        if not slop[1]:
            return 0
        if len(slop[1]) <= 4 and int(slop[1]) <= lexer.MAX_SLOP_WORDS:
            return int(slop[1])
        most = f"at most {lexer.MAX_SLOP_WORDS:,} words may stand among those of a phrase"
        self.repairs.add(place, most, f"read as ~{lexer.MAX_SLOP_WORDS}", f"~{lexer.MAX_SLOP_WORDS} or less")
        return lexer.MAX_SLOP_WORDS

    def _days(self) -> bool:
        """Read a date or a range if the field is `date`."""
        if self._field() != "date" or self._operator_ahead():
            return False
        bracketed = self._take(lexer.RANGE())
        if bracketed:
            self._range_in_brackets(bracketed)
            return True
        days = self._take(lexer.DATE())
        if days is None:
            return False
        text = days[0].rstrip(lexer.TRAILING.replace(".", "").replace("…", ""))
        if text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        place = Span(days.start(), days.start() + len(text))
        if not text:
            self._leave_out(Span(*days.span()))
            return True
        understood = date_ranges.parse_dates(lexer.unescape(text))
        if understood is None:
            place = self._in_words(place)
            understood = date_ranges.parse_dates(self.text[place.start : place.stop])
        self._date(understood, place, place)
        return True

    def _in_words(self, place: Span) -> Span:
        """Return the span of a date in words without quotes: `date:mars 2012`."""
        stop = place.stop
        for _ in range(2):  # a day, a month and a year
            blanks = lexer.WHITESPACE.match(self.text, stop)
            run = lexer.WORD.match(self.text, blanks.end()) if blanks else None
            if run is None or run[0] in lexer.OPERATORS:
                break
            stop = run.end()
            whole = self.text[place.start : stop].rstrip(lexer.TRAILING)
            if date_ranges.parse_dates(whole):
                self.repairs.add(
                    place, f"{self.repairs.quote(place)} is no date", f'read as "{whole}"', f'date:"{whole}"'
                )
                self.position = stop
                return Span(place.start, place.start + len(whole))
        return place

    def _operator_ahead(self) -> bool:
        run = lexer.WORD.match(self.text, self.position)
        return run is not None and run[0] in lexer.OPERATORS and not self._at_value()

    def _range_in_brackets(self, days: re.Match[str]) -> None:
        place = Span(*days.span())
        if not days[3]:
            end = self.repairs.quote(Span(*days.span(2)))
            bracket = Span(place.start, place.start + 1)
            self.repairs.add(bracket, "the range is never closed", f"closed after {end}", "[2012 TO 2013]")
        if days[1] + days[3] not in ("[", "[]"):
            self.repairs.add(place, "a range of dates includes both its ends", "read so", "[2012 TO 2013]")
        words = days[2].split()
        ends = words.index("TO") if "TO" in words else None
        if ends is None:
            understood = date_ranges.parse_dates(" ".join(words)) if words else None
        else:
            understood = date_ranges.parse_range(" ".join(words[:ends]), " ".join(words[ends + 1 :]))
        self._date(understood, place, Span(*days.span(2)))

    def _date(self, days: date_ranges.DateInterval | None, place: Span, inner: Span) -> None:
        if days is None:
            if _says_something(self.text[inner.start : inner.stop]):
                self._no_date(inner)
            else:
                self._leave_out(place)
            return
        earliest, latest = days
        if earliest and latest and latest < earliest:
            self.repairs.add(
                place, f"{self.repairs.quote(inner)} runs backwards", "its ends were swapped", "the earlier end first"
            )
            earliest, latest = latest, earliest
        self._complete(DateRange(earliest, latest, place=self.count(place)))

    def _no_date(self, place: Span) -> None:
        self.repairs.add(place, f"{self.repairs.quote(place)} is no date", "searched as words", DATE_HINT)
        words: list[Query] = []
        for run in lexer.WORD.finditer(self.text, place.start, place.stop):
            text = lexer.unescape(run[0])
            if _says_something(text):
                words.append(self.word(text, None, Span(*run.span())))
        self._complete(self.side_by_side(words))


def _language(text: str) -> str:
    """Return the code of a language that is given by its name."""
    return (len(text) > 3 and language_codes.code(text)) or text


_ADDRESS = re.compile(r"://|\w\?[\w.%+-]{1,40}=")
"""Part of a web address."""
_STAR_IN_PHRASE = re.compile(rf"(?<=\w)[{lexer.STARS}]|[{lexer.STARS}](?=\w)")


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
