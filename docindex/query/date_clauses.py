"""Date clauses of a query: what follows `date:`, with the repairs of what is no date."""

from __future__ import annotations

import re

from docindex.model.documents import Span
from docindex.query import date_ranges, lexer
from docindex.query.ast import DateRange, Query
from docindex.query.clause_reader import ClauseReader, has_letter_or_digit

DATE_HINT = "date:2013, date:2013-01, date:2013-01-17, date:2012..2013, date:>=2012-06"


class DateClauses(ClauseReader):
    """Reader of dates and of ranges of dates."""

    def date_clause(self) -> bool:
        """Read a date or a range if the field is `date`."""
        if self.field() != "date" or self._operator_ahead():
            return False
        bracketed = self.take(lexer.RANGE())
        if bracketed:
            self._range_in_brackets(bracketed)
            return True
        days = self.take(lexer.DATE())
        if days is None:
            return False
        text = days[0].rstrip(lexer.TRAILING.replace(".", "").replace("…", ""))
        if text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        place = Span(days.start(), days.start() + len(text))
        if not text:
            self.leave_out(Span(*days.span()))
            return True
        understood = date_ranges.parse_dates(lexer.unescape(text))
        if understood is None:
            place = self._in_words(place)
            understood = date_ranges.parse_dates(self.text[place.start : place.stop])
        self._date_range(understood, place, place)
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
        return run is not None and run[0] in lexer.OPERATORS and not self.at_value()

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
        self._date_range(understood, place, Span(*days.span(2)))

    def _date_range(self, days: date_ranges.DateInterval | None, place: Span, inner: Span) -> None:
        if days is None:
            if has_letter_or_digit(self.text[inner.start : inner.stop]):
                self._no_date(inner)
            else:
                self.leave_out(place)
            return
        earliest, latest = days
        if earliest and latest and latest < earliest:
            self.repairs.add(
                place, f"{self.repairs.quote(inner)} runs backwards", "its ends were swapped", "the earlier end first"
            )
            earliest, latest = latest, earliest
        self.complete(DateRange(earliest, latest, place=self.count(place)))

    def _no_date(self, place: Span) -> None:
        self.repairs.add(place, f"{self.repairs.quote(place)} is no date", "searched as words", DATE_HINT)
        words: list[Query] = []
        for run in lexer.WORD.finditer(self.text, place.start, place.stop):
            text = lexer.unescape(run[0])
            if has_letter_or_digit(text):
                words.append(self.word(text, None, Span(*run.span())))
        self.complete(self.side_by_side(words))
