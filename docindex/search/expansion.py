"""Query expansion: the words of a query in the other spellings that the index holds, and in their
aliases.

Nothing is added to a query unasked. The spellings are looked for among all words of the index by
their sounds (`analysis.phonetics`); a form that records write in lower case is no name. The query
stays a tree of the same shape: a widened word is one leaf, so that its spellings count as one word
in the ranking.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from msgspec import Struct
from msgspec.structs import replace

from docindex.analysis import analyzer, folding
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

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

    from docindex.analysis import phonetics
    from docindex.engines.base import Searcher
    from docindex.query.aliases import Aliases
    from docindex.query.ast import Query

LEVELS = {"strict": (0.12, 0.06), "usual": (0.06, 0.0125), "wide": (0.006, 0.003)}
"""Least similarity of another spelling, by what was asked for: in the same script, and in
another one.
"""
SURE = LEVELS["strict"][0]
"""From this similarity on a form of the same script needs no capital letter to be a name."""
MIN_BRIDGE = 0.03
"""Least similarity of a form in another script whose own spellings are looked for too."""
MAX_BRIDGES = 4
"""The most frequent among the nearest forms: rare ones are errors more often."""
MAX_VARIANTS = 30
MAX_CANDIDATES = 60
"""Forms whose way of writing is looked at, best first."""
SAMPLE_RECORDS = 3
"""Records in which the way of writing is looked at."""
SAMPLE_CHARACTERS = 100_000
MIN_LETTERS = 3
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
    ("abd", "abdel", "abdul", "abdal", "عبد"),
    ("ould", "wuld", "ولد"),
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


class _Block(Struct, frozen=True, eq=False):
    """Folded forms of the index with their phones."""

    text: str
    words: phonetics.Words


_vocabularies: WeakKeyDictionary[Searcher, list[_Block]] = WeakKeyDictionary()
"""The forms of an index while it is open: a query of several words splits them once."""


def _vocabulary(index: Searcher) -> list[_Block]:
    from docindex.analysis import phonetics  # imports NumPy

    found = _vocabularies.get(index)
    if found is None:
        found = [_Block(text, phonetics.split(text)) for text in index.terms() if text]
        _vocabularies[index] = found
    return found


def sound_alikes(form: str, index: Searcher, level: str) -> dict[str, tuple[float, bool]]:
    """Return the forms of the index that sound like a folded form, without itself.

    Each has its similarity, and True if it is of another script.
    """
    from docindex.analysis import phonetics

    word = phonetics.split(f"{form}\n")
    found: dict[str, tuple[float, bool]] = {}
    if word.lengths[0] < 2:
        return found
    same, other = LEVELS[level]
    for block in _vocabulary(index):
        similarities = phonetics.similarities(word, block.words, min(same, other))
        abroad = block.words.scripts != word.scripts[0]
        rows = (similarities >= other * abroad + same * ~abroad).nonzero()[0].tolist()
        if rows:
            forms = block.text.split("\n")
            found.update((forms[row], (float(similarities[row]), bool(abroad[row]))) for row in rows)
    found.pop(form, None)
    return found


def other_spellings(form: str, index: Searcher, level: str) -> dict[str, tuple[float, bool]]:
    """Return the forms that may spell the same name, each with its similarity, and True if it is of
    another script.

    The nearest forms in another script are bridges: what sounds surely like them is a spelling too,
    for one name is written in many ways in each script.
    """
    found = sound_alikes(form, index, level)
    if level == "strict":
        return found
    for other in respellings(form):
        if other not in found and index.doc_freq(other):
            found[other] = LEVELS[level][0], False
    nearest = sorted((other for other, (_, abroad) in found.items() if abroad), key=lambda other: -found[other][0])
    nearest = [other for other in nearest[: 3 * MAX_BRIDGES] if found[other][0] >= MIN_BRIDGE]
    for bridge in sorted(nearest, key=lambda other: -index.doc_freq(other))[:MAX_BRIDGES]:
        for other, (similarity, changes) in sound_alikes(bridge, index, "strict").items():
            abroad = not changes
            least = LEVELS[level][abroad]
            if other != form and other not in found:
                found[other] = max(similarity * found[bridge][0], least), abroad
    return found


_HABITS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("chtch", "shch"), ("(?<!s)tch", "C"), ("(?<!s)ch(?!tch)", "sh"), ("C", "ch"), ("ou", "u"), ("ine$", "in")),
    (
        ("schtsch", "Q"),
        ("tsch", "C"),
        ("sch", "S"),
        ("ch", "kh"),
        ("C", "ch"),
        ("S", "sh"),
        ("Q", "shch"),
        ("w", "v"),
        ("j", "y"),
    ),
    (("shch", "CHT"), ("(?<!s)ch", "tch"), ("sh", "ch"), ("CHT", "chtch"), ("(?<!o)u", "ou"), ("in$", "ine")),
    (("shch", "SCH"), ("(?<!s)ch", "tsch"), ("sh", "sch"), ("SCH", "schtsch"), ("kh", "ch"), ("v", "w"), ("y", "j")),
)
"""Russian names as French and German write them, to English habit, and back: patterns and what
stands for them.
"""


def respellings(form: str) -> set[str]:
    """Return a name of Latin letters as another language would transliterate it: Poutine as
    Putin.
    """
    found = set()
    for habit in _HABITS if form.isascii() else ():
        other = form
        for pattern, letters in habit:
            other = re.sub(pattern, letters, other)
        found.add(other)
    return found - {form}


def variants(form: str, index: Searcher, level: str) -> tuple[Variant, ...]:
    """Return the other spellings of a name that the index holds, the surest first."""
    similar = other_spellings(form, index, level)
    best = sorted(similar, key=lambda other: (-similar[other][0], other))[:MAX_CANDIDATES]
    found: list[Variant] = []
    for other in best:
        similarity, abroad = similar[other]
        written, is_name = _written(other, index)
        if is_name or (similarity >= SURE and not abroad) or level == "wide":
            found.append(Variant(other, written, index.doc_freq(other), round(similarity, 3), "sound"))
        if len(found) == MAX_VARIANTS:
            break
    return tuple(found)


def _written(form: str, index: Searcher) -> tuple[str, bool]:
    """Return a form as most of a few records write it, and whether they write it like a name."""
    response = index.search(SearchRequest(Phrase(form), SAMPLE_RECORDS))
    seen: Counter[str] = Counter()
    for record, _ in response.hits:
        for text in (record.title, record.body[:SAMPLE_CHARACTERS]):
            seen.update(_occurrences(form, text))
    if not seen:
        return form, True  # it stands in the metadata only
    capital = sum(count for word, count in seen.items() if not word[0].islower())
    return seen.most_common(1)[0][0], 2 * capital > seen.total()


def _occurrences(form: str, text: str) -> list[str]:
    found = re.findall(rf"\b{re.escape(form)}\b", text, re.IGNORECASE)
    return found or [word for word in re.findall(r"\w+", text) if not word.isascii() and folding.fold(word) == form]


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

    Words for which a correction is suggested are left out. So are words in ASCII: a typing error is
    no reason to load NumPy, and corrections are suggested for them.
    """
    words = [leaf for leaf in leaves(query) if isinstance(leaf, Word) and leaf.field is None and not leaf.variants]
    if len(words) > MAX_OFFER_WORDS:
        return ()
    found: list[Expansion] = []
    for word in words:
        forms = forms_of(word.text)
        if (
            word.text in suggested
            or word.text.isascii()
            or len(forms) != 1
            or len(forms[0]) < MIN_LETTERS
            or not forms[0].isalpha()
        ):
            continue
        records = index.doc_freq(forms[0])
        if records <= MAX_DOCS_TO_OFFER and forms[0] not in PARTICLES:
            others = variants(forms[0], index, "usual")
            if any(one.records > records for one in others):
                found.append(Expansion(word.text, forms[0], records, others, searched=False))
    return tuple(found)


def forms_of(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return [forms[0] for forms in analyzer.analyze(text, UNDETERMINED).forms]


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
            joined = self._joined("".join(word.text for word in words), text, words[0].field)
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
        elif len(forms) == 2 and forms[0] in PARTICLES and not getattr(leaf, "slop", 0):
            joined = self._joined("".join(forms), leaf.text, leaf.field)
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
        if records and not marked and not self._only_word and not _written(form, self.index)[1]:
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
                records = 0 if unwanted else self._count(phrase)
                if records:
                    found.append(phrase)
                    self._add(leaf.text, form, self.index.doc_freq(form), (Variant(text, text, records, 1.0, "join"),))
        return found

    def _joined(self, text: str, apart: str, field: str | None) -> Query | None:
        """Return a particle and a name written as one word, in its spellings, if the index holds
        any.
        """
        form = folding.fold(text)
        similar = {other: score for other, (score, _) in other_spellings(form, self.index, "strict").items()}
        if self.index.doc_freq(form):
            similar[form] = 1.0
        similar = {
            other: score
            for other, score in similar.items()
            if other not in self.options.not_forms and self.options.only in (None, other)
        }
        if not similar:
            return None
        found = tuple(
            Variant(other, _written(other, self.index)[0], self.index.doc_freq(other), round(score, 3), "join")
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


def _weight(variant: Variant) -> float:
    return SURE_WEIGHT if variant.score >= SURE else OTHER_WEIGHT
