"""Query expansion: the words of a query in the other spellings that the index holds, and in their
aliases.

Nothing is added to a query unasked. The query stays a tree of the same shape: a widened word is one
leaf, so that its spellings count as one word in the ranking.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from msgspec import Struct
from msgspec.structs import replace

from docindex.analysis import folding
from docindex.engines.base import SearchRequest
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.documents import UNDETERMINED
from docindex.model.results import Expansion, Variant
from docindex.query.ast import (
    And,
    AndMaybe,
    Not,
    Or,
    Phrase,
    Spelling,
    WidenedPhrase,
    WidenedWord,
    Word,
    conjunction,
    disjunction,
    leaves,
)
from docindex.search.highlighter import find_matches
from docindex.search.spellings import MIN_LETTERS, SURE, forms_of, other_spellings, variants, written_form

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record
    from docindex.query.aliases import Aliases
    from docindex.query.ast import Query


MIN_REST_LETTERS = 4
"""Letters behind a particle that is written together with them."""
MAX_DOCS_TO_OFFER = 5
"""Records of a word and of a query, at most, for its other spellings to be offered."""
MIN_RECORDS_PER_MATCH = 100
MAX_OFFER_RECORDS = 20_000
"""Size of an index up to which other spellings are offered: unasked, they must cost little."""
MAX_OFFER_WORDS = 3
SURE_WEIGHT, OTHER_WEIGHT = 0.9, 0.7
"""Weight of one occurrence of another spelling. The word as typed weighs 1."""

_SAME_PARTICLES = (
    ("al", "el", "ul", "ال"),
    ("ben", "bin", "ibn", "بن", "ابن"),
    ("abu", "abou", "ابو"),
    ("abd", "abdel", "abdul", "abdoul", "abdal", "عبد"),
    ("ould", "wuld", "wald", "ولد"),
    ("oum", "umm", "um", "ام"),
    ("bel",),
    ("bou", "bu"),
    ("von",),
    ("van",),
    ("mac", "mc"),
)
PARTICLES = {particle: group for group in _SAME_PARTICLES for particle in group}
"""Words in front of a name, with those that stand for the same.

Many are also written together with the name.
"""
_ARTICLES = frozenset(_SAME_PARTICLES[0])


class ExpansionOptions(Struct, frozen=True):
    """User's choice of other forms of the typed words."""

    level: str | None = None  # of LEVELS; None = no other spellings but those of words marked in the query
    not_forms: frozenset[str] = frozenset()  # folded forms that are left out
    aliases: Aliases | None = None
    no_aliases: bool = False  # not even those that the manifest names
    only: str | None = None  # of all forms of a word, this one alone


class Expanded(Struct, frozen=True):
    """Query with added forms, and a list of the forms."""

    query: Query
    expansions: tuple[Expansion, ...]


NO_EXPANSION = ExpansionOptions()


_expanded: WeakKeyDictionary[Searcher, dict[Hashable, Expanded]] = WeakKeyDictionary()
"""Queries that were expanded over an index while it is open: an answer and its marks ask for the
same one.
"""


def expand(query: Query, index: Searcher, options: ExpansionOptions) -> Expanded:
    """Return the query with the chosen forms, and the forms added to each word."""
    done = _expanded.setdefault(index, {})
    key = query, options
    if key not in done:
        expander = _Expander(query, index, options)
        done[key] = Expanded(expander.query(query), tuple(expander.expansions.values()))
    return done[key]


def manifest_aliases(manifest: str) -> Aliases | None:
    """Return the aliases that the front matter of a manifest names. A process reads them once."""
    from docindex.query import aliases

    path = Path(manifest)
    if aliases.named_in(path) is None:
        return None
    if manifest not in _manifest_aliases:
        _manifest_aliases[manifest] = aliases.of_manifest(path)
    return _manifest_aliases[manifest]


_manifest_aliases: dict[str, Aliases | None] = {}


def is_asked(query: Query, options: ExpansionOptions) -> bool:
    """Return True if a query is to be expanded."""
    return (
        options.level is not None
        or options.aliases is not None
        or any(isinstance(leaf, Word) and leaf.variants for leaf in leaves(query))
    )


def is_little(total: int, index: Searcher) -> bool:
    """Return True if so few of many records match that other spellings are worth a look."""
    records = index.state.records
    return total <= MAX_DOCS_TO_OFFER and MIN_RECORDS_PER_MATCH * max(1, total) <= records <= MAX_OFFER_RECORDS


def offers(query: Query, index: Searcher, suggested: Collection[str]) -> tuple[Expansion, ...]:
    """Return spellings that a query with few matches could ask for: those of its rare words, if any
    is more common.

    Words for which a correction is suggested are left out. So are words in ASCII that any record
    holds: they are no reason to load NumPy.
    """
    words = [leaf for leaf in leaves(query) if isinstance(leaf, Word) and leaf.field is None and not leaf.variants]
    if len(words) > MAX_OFFER_WORDS:
        return ()
    found: list[Expansion] = []
    for word in words:
        forms = forms_of(word.text)
        if word.text in suggested or len(forms) != 1 or len(forms[0]) < MIN_LETTERS or not forms[0].isalpha():
            continue
        records = index.doc_freq(forms[0])
        if word.text.isascii() and records:
            continue
        if records <= MAX_DOCS_TO_OFFER and forms[0] not in PARTICLES:
            others = variants(forms[0], index, "usual")
            if any(one.records > records for one in others):
                found.append(Expansion(word.text, forms[0], records, others, searched=False))
    return tuple(found)


class _Expander:
    def __init__(self, query: Query, index: Searcher, options: ExpansionOptions) -> None:
        self.index = index
        self.options = options
        self.expansions: dict[str, Expansion] = {}
        self._only_word = isinstance(query, Word | Phrase) or (
            isinstance(query, And) and sum(isinstance(one, Word | Phrase) for one in query.operands) == 1
        )

    def query(self, query: Query) -> Query:
        match query:
            case And(operands):
                return conjunction(list(self._operands(operands)))
            case Or(operands):
                return disjunction([self.query(operand) for operand in operands])
            case AndMaybe(required, optional):
                return AndMaybe(self.query(required), self.query(optional))
            case Not(operand):
                return Not(self.query(operand))
            case Phrase() | Word() if query.field not in KEYWORD_FIELDS and not getattr(query, "whole", False):
                return self._leaf(query)
            case _:
                return query

    def _operands(self, operands: Sequence[Query]) -> Iterator[Query]:
        """Yield the operands widened.

        Neighbouring words are first looked up together, as a name of several words.
        """
        done = 0
        while done < len(operands):
            length = self._run(operands, done)
            if length:
                yield self._together([one for one in operands[done : done + length] if isinstance(one, Word)])
                done += length
            else:
                yield self.query(operands[done])
                done += 1

    def _run(self, operands: Sequence[Query], start: int) -> int:
        """Return how many words from here on are one name: an alias, or a particle and what
        follows it.
        """
        words: list[Word] = []
        for operand in operands[start:]:
            if not isinstance(operand, Word) or operand.field != getattr(operands[start], "field", None):
                break
            words.append(operand)
        if self.options.aliases:
            for length in range(len(words), 1, -1):
                if self.options.aliases.others(forms_of(" ".join(word.text for word in words[:length]))):
                    return length
        if len(words) > 1 and self._asked(words[0]) and folding.fold(words[0].text) in PARTICLES:
            return 2
        return 0

    def _together(self, words: list[Word]) -> Query:
        text = " ".join(word.text for word in words)
        apart = conjunction([self._leaf(word) for word in words])
        others = self._aliases(text, words[0].field)
        if len(words) == 2 and folding.fold(words[0].text) in PARTICLES and self._asked(words[0]):
            particle, rest = (folding.fold(word.text) for word in words)
            joined = self._joined(particle, rest, text, words[0].field)
            others = [*others, *([joined] if joined else [])]
        return disjunction([apart, *others])

    def _asked(self, leaf: Word | Phrase) -> bool:
        return self.options.level is not None or (isinstance(leaf, Word) and leaf.variants)

    def _leaf(self, leaf: Word | Phrase) -> Query:
        others = self._aliases(leaf.text, leaf.field)
        forms = forms_of(leaf.text)
        if not self._asked(leaf):
            is_other = bool(others) and self.options.only is not None and self.options.only != " ".join(forms)
            return disjunction(others if is_other else [leaf, *others])
        marked = isinstance(leaf, Word) and leaf.variants
        level = self.options.level or "usual"
        spellings: list[Spelling] = []
        for form in dict.fromkeys(forms):
            spellings += [
                Spelling(form, variant.form, _weight(variant))
                for variant in self._variants(form, leaf.text if len(forms) == 1 else form, level, marked)
            ]
            spellings += [Spelling(form, other, SURE_WEIGHT) for other in PARTICLES.get(form, ()) if other != form]
        if len(forms) == 1:
            others += self._apart(leaf, forms[0], level)
        elif forms and forms[0] in _ARTICLES and len(forms) == 2:  # al-Qaddafi: without the article too
            others.append(WidenedWord(forms[1], leaf.field, spellings=tuple(spellings)))
            joined = self._joined(forms[0], forms[1], leaf.text, leaf.field)
            others += [joined] if joined else []
        elif len(forms) == 2 and forms[0] in PARTICLES and not getattr(leaf, "slop", 0):
            joined = self._joined(forms[0], forms[1], leaf.text, leaf.field)
            others += [joined] if joined else []
        return disjunction([*self._widened(leaf, forms, tuple(spellings)), *others])

    def _widened(self, leaf: Word | Phrase, forms: list[str], spellings: tuple[Spelling, ...]) -> list[Query]:
        """Return the leaf itself with its spellings; nothing if only a form is asked for that is
        none of them.
        """
        typed = not (len(forms) == 1 and forms[0] in self.options.not_forms)
        only = self.options.only
        if only is not None and len(forms) == 1 and forms[0] in self.expansions:
            typed = only == forms[0]
            spellings = tuple(one for one in spellings if one.form == only)
            if not typed and not spellings and self._has(forms[0], only):
                return []
        if isinstance(leaf, Phrase):
            return [
                WidenedPhrase(leaf.text, leaf.field, leaf.slop, leaf.whole, leaf.any_form, spellings, place=leaf.place)
            ]
        return [WidenedWord(leaf.text, leaf.field, leaf.variants, leaf.any_part, spellings, typed, place=leaf.place)]

    def _has(self, word: str, form: str) -> bool:
        return any(one.form == form for one in self.expansions[word].variants)

    def _variants(self, form: str, word: str, level: str, marked: bool) -> tuple[Variant, ...]:
        if form in self.expansions and self.expansions[form].variants:
            return self.expansions[form].variants
        if len(form) < MIN_LETTERS - (not form.isascii()) or not form.isalpha() or form in PARTICLES:
            return ()
        records = self.index.doc_freq(form)
        if records and not marked and not self._only_word and not written_form(form, self.index)[1]:
            return ()  # a word like any other among names
        found = tuple(one for one in variants(form, self.index, level) if one.form not in self.options.not_forms)
        self._add(word, form, records, found)
        return found

    def _add(self, word: str, form: str, records: int, found: tuple[Variant, ...]) -> None:
        earlier = self.expansions.get(form)
        if earlier:
            known = {one.form for one in earlier.variants}
            more = tuple(one for one in found if one.form not in known)
            self.expansions[form] = replace(earlier, variants=(*earlier.variants, *more))
        else:
            self.expansions[form] = Expansion(word, form, records, found, dropped=form in self.options.not_forms)

    def _count(self, query: Query) -> int:
        return self.index.count([SearchRequest(query, 0)])[0]

    def _apart(self, leaf: Word | Phrase, form: str, level: str) -> list[Query]:
        """Return a name that begins with a particle, written apart: `bel mokhtar`."""
        found: list[Query] = []
        for particle in PARTICLES:
            rest = form[len(particle) :]
            if form.startswith(particle) and len(rest) >= MIN_REST_LETTERS:
                text = f"{particle} {rest}"
                others = other_spellings(rest, self.index, "strict")
                spellings = [Spelling(rest, other, SURE_WEIGHT) for other in others]
                spellings += [Spelling(particle, other, SURE_WEIGHT) for other in PARTICLES[particle]]
                phrase = WidenedPhrase(text, leaf.field, any_form=True, spellings=tuple(spellings))
                unwanted = text in self.options.not_forms or self.options.only not in (None, text)
                response = None if unwanted else self.index.search(SearchRequest(phrase, 1))
                if response and response.hits:
                    found.append(phrase)
                    written = _first_match(phrase, response.hits[0][0]) or text
                    variant = Variant(text, written, response.total, 1.0, "join")
                    self._add(leaf.text, form, self.index.doc_freq(form), (variant,))
        return found

    def _joined(self, particle: str, rest: str, apart: str, field: str | None) -> Query | None:
        """Return a particle and a name written as one word, in its spellings, if the index holds
        any.

        Another particle may stand for it: `ibn Battuta`, Benbattuta.
        """
        form = particle + rest
        similar: dict[str, float] = {}
        for other in PARTICLES.get(particle, (particle,)):
            for spelling, (score, _) in other_spellings(other + rest, self.index, "strict").items():
                similar[spelling] = max(score, similar.get(spelling, 0.0))
            if self.index.doc_freq(other + rest):
                similar[other + rest] = 1.0
        similar = {
            other: score
            for other, score in similar.items()
            if other not in self.options.not_forms and self.options.only in (None, other)
        }
        if not similar:
            return None
        found = tuple(
            Variant(other, written_form(other, self.index)[0], self.index.doc_freq(other), round(score, 3), "join")
            for other, score in sorted(similar.items(), key=lambda one: -one[1])
        )
        words = " ".join(forms_of(apart))
        self._add(apart, words, self._count(Phrase(apart)), found)
        return WidenedWord(form, field, spellings=tuple(Spelling(form, one.form, _weight(one)) for one in found))

    def _aliases(self, text: str, field: str | None) -> list[Query]:
        """Return the other names of an alias group as queries of their own."""
        if not self.options.aliases:
            return []
        forms = forms_of(text)
        found: list[Query] = []
        for name in self.options.aliases.others(forms):
            other = forms_of(name)
            if " ".join(other) in self.options.not_forms or self.options.only not in (None, " ".join(other)):
                continue
            leaf: Query = Word(name, field) if len(other) == 1 else Phrase(name, field)
            found.append(leaf)
            key = " ".join(forms)
            records = self.expansions[key].records if key in self.expansions else self._count(Phrase(text))
            self._add(text, key, records, (Variant(" ".join(other), name, self._count(leaf), 1.0, "alias"),))
        return found


def _first_match(query: Query, record: Record) -> str | None:
    """Return the first match of a query in a record's body, as it is written there."""
    matches = find_matches(query, record.body, record.metadata.language or UNDETERMINED, "body")
    return record.body[matches[0].span.start : matches[0].span.stop] if matches else None


def _weight(variant: Variant) -> float:
    return SURE_WEIGHT if variant.score >= SURE else OTHER_WEIGHT
