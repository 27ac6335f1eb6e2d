"""Spellings of names: the forms of an index that spell the same name as a word, in all scripts.

The forms are looked for among all words of the index by their sounds (`analysis.phonetics`). A form
that records write in lower case is no name.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from msgspec import Struct

from docindex.analysis import analyzer, folding
from docindex.engines.base import SearchRequest
from docindex.model.documents import UNDETERMINED
from docindex.model.results import Variant
from docindex.query.ast import Phrase

if TYPE_CHECKING:
    from docindex.analysis import phonetics
    from docindex.engines.base import Searcher

LEVELS = {"strict": (0.12, 0.06), "usual": (0.06, 0.0125), "wide": (0.006, 0.003)}
"""Least similarity of another spelling, by what was asked for: in the same script, and in
another one.
"""
SURE = LEVELS["strict"][0]
"""From this similarity on a rare form of the same script needs no capital letter to be a name."""
MIN_LONGER_SIMILARITY = 0.4
"""Least similarity of a form that is longer or shorter by an ending."""
MIN_WORD_RECORDS = 3
"""Records that hold a form in lower case, from which on it is a word: victory is no Victoria."""
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


class _Block(Struct, frozen=True, eq=False):
    """Folded forms of the index with their phones."""

    text: str
    words: phonetics.Words


_vocabularies: WeakKeyDictionary[Searcher, list[_Block]] = WeakKeyDictionary()
"""The forms of an index while it is open: a query of several words splits them once."""


def _vocabulary_of_index(index: Searcher) -> list[_Block]:
    """Return all forms of an index with their phones, split once while it is open."""
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
    for block in _vocabulary_of_index(index):
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
        written, is_name = written_form(other, index)
        records = index.doc_freq(other)
        is_derived = not abroad and similarity < MIN_LONGER_SIMILARITY and _is_longer_name(form, other)
        is_slip = similarity >= SURE and not abroad and records < MIN_WORD_RECORDS
        if ((is_name or is_slip) and not is_derived) or level == "wide":
            found.append(Variant(other, written, records, round(similarity, 3), "sound"))
        if len(found) == MAX_VARIANTS:
            break
    return tuple(found)


def _is_longer_name(one: str, other: str) -> bool:
    """Return True if one form is the other with an ending, as another name or a derived word is:
    Victoria and Victorian, Tehran and Tehrani.

    Endings without a sound of their own are spellings: Abdulla and Abdullah, Poutin and Poutine.
    """
    shorter, longer = sorted((one, other), key=len)
    ending = longer.removeprefix(shorter)
    silent = ("h", shorter[-1:], "e" if shorter.endswith("in") else "")
    return longer.startswith(shorter) and ending not in silent


def written_form(form: str, index: Searcher) -> tuple[str, bool]:
    """Return a form as most of a few records write it, and whether they write it like a name."""
    response = index.search(SearchRequest(Phrase(form), SAMPLE_RECORDS))
    seen: Counter[str] = Counter()
    for record, _ in response.hits:
        for text in (record.title, record.body[:SAMPLE_CHARACTERS]):
            seen.update(_occurrences_as_written(form, text))
    if not seen:
        return form, True  # it stands in the metadata only
    capital = sum(count for word, count in seen.items() if not word[0].islower())
    return seen.most_common(1)[0][0], 2 * capital > seen.total()


def _occurrences_as_written(form: str, text: str) -> list[str]:
    """Return the words of a text that fold to a form."""
    found = re.findall(rf"\b{re.escape(form)}\b", text, re.IGNORECASE)
    return found or [word for word in re.findall(r"\w+", text) if not word.isascii() and folding.fold(word) == form]


def forms_of(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return [forms[0] for forms in analyzer.analyze(text, UNDETERMINED).forms]
