"""Verify quotations against the index: verbatim, altered, nearest passage or not found.

A record is found by the words of the quotation, then both are aligned word by word (the longest
matching blocks of Ratcliff and Obershelp, `difflib`). Case, accents, typographic signs and letters
that OCR confuses are no alteration. A changed number and a lost or added negation are alarms,
however small the difference.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby, islice, pairwise
from math import log
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from docindex.analysis import folding
from docindex.engines.base import SearchRequest
from docindex.indexing import freshness
from docindex.model.documents import UNDETERMINED, IndexState, Record, Span
from docindex.model.results import Staleness
from docindex.query.ast import Or, Phrase, Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.proof.drafts import Draft
    from docindex.proof.quotations import Quotation
    from docindex.query.ast import Query

MIN_WORDS = 4
"""Words of the shortest quotation that is judged."""
MIN_ALTERED_SCORE, MIN_LONG_ALTERED_SCORE, LONG_QUOTATION_WORDS = 0.7, 0.6, 12
MIN_LONG_RUN_WORDS, MIN_CERTAIN_SCORE = 6, 0.85
"""Words from which an altered quotation keeps a run of three, else of two.

A score that makes it certain without.
"""
MIN_NEAREST_SCORE = 0.35
OCR_WORD_SCORE = 0.8
"""Share of a word that counts for one that differs from it by a letter or two."""

MIN_SIMILARITY, MIN_SIMILAR_LETTERS = 75, 4
"""Similarity in percent of words that are aligned though they differ, and letters of the
shortest of them.
"""

MAX_RECORDS = 24
"""Records that are aligned with a quotation."""
MAX_SEED_WORDS, MAX_SEED_PHRASES, SEED_PHRASE_WORDS = 8, 6, 3
MAX_DOC_FREQ_SHARE = 0.2
"""Words in a larger share of the records do not find any."""
DIAGONAL_WORDS = 12
"""Words by which an occurrence may be displaced and still vote for the same place."""
MAX_PLACES = 4
"""Places of a record that are aligned."""
MAX_WORD_OCCURRENCES = 400
"""Occurrences in a record, beyond which a word votes for no place."""
MAX_RARE_DOC_FREQ, MIN_COMMON_RATIO = 3, 10
"""A word in so few records, and another in so many times more: the first may be an OCR error for
the second.
"""

_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed\u00ad"
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(
    rf"[{_UNSPACED}]|\d+(?:[.,]\d+)*|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+(?:-\n[ \t]*(?:[^\W\d_{_UNSPACED}]|[{_MARKS}])+)?"
)
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_LINE_END = re.compile(r"-\n[ \t]*")

NEGATIONS: dict[str, frozenset[str]] = {
    "ar": frozenset("لا لم لن ليس ليست ليسوا غير دون بدون ما ولا ولم ولن وليس".split()),
    "de": frozenset("nicht kein keine keinen keinem keiner keines nie niemals nichts niemand ohne weder".split()),
    "en": frozenset("not no never none nor neither nobody nothing without cannot nt t".split()),
    "es": frozenset("no nunca jamás ni sin ningún ninguno ninguna nada nadie tampoco".split()),
    "fr": frozenset("ne n pas jamais aucun aucune ni sans rien personne nullement".split()),
}
"""Words that deny, by language."""
NUMBER_WORDS: dict[str, frozenset[str]] = {
    "ar": frozenset("واحد اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة مائة الف مليون".split()),
    "de": frozenset("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert tausend".split()),
    "en": frozenset(
        "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand "
        "million billion".split()
    ),
    "es": frozenset("dos tres cuatro cinco seis siete ocho nueve diez once doce veinte cien mil".split()),
    "fr": frozenset(
        "deux trois quatre cinq six sept huit neuf dix onze douze vingt trente cent mille million milliard".split()
    ),
}
"""Words that count, by language."""

_CONFUSED = frozenset(
    frozenset(pair.split("|"))
    for pair in (
        "e|c o|0 o|c a|o a|e l|1 i|1 i|l l|t t|f t|r l|f s|5 b|h h|n n|u n|r u|v v|y g|q g|9 b|6 b|8 s|8 z|2 o|q i|j "
        "m|rn w|vv d|cl n|ri u|ii h|li k|lc m|nn"
    ).split()
)
"""Letters, or pairs of them, that look alike to OCR."""


class Change(Struct, frozen=True):
    """Difference between a quotation and its source. An empty side means added or lost words."""

    quoted: str
    source: str
    kind: str  # words, number, negation or ocr

    @property
    def is_alteration(self) -> bool:
        """Return False for OCR noise."""
        return self.kind != "ocr"


class Piece(Struct, frozen=True):
    """Piece of a quotation with its passage in the source."""

    quoted: str
    text: str  # the source's passage, unchanged
    span: Span  # of the passage in the record's body
    line: int  # of the source's file, from 1
    page: int | None
    segments: tuple[tuple[str, str, str], ...]  # equal, ocr, number, negation or words; quoted text, source's text


class Verdict(Struct, frozen=True):
    """Verdict on a quotation."""

    quotation: Quotation
    verdict: str  # verbatim, altered, nearest, not found or short
    score: float = 0.0  # share of the words that agree, 0 to 1
    record: Record | None = None
    pieces: tuple[Piece, ...] = ()
    changes: tuple[Change, ...] = ()
    typographic: bool = False  # case, accents or signs differ
    other_records: int = 0  # that hold it word for word too
    translations: tuple[Record, ...] = ()  # share its names and numbers: it may be a translation from them
    shared: tuple[str, ...] = ()  # those names and numbers

    @property
    def alarms(self) -> tuple[Change, ...]:
        """Changed numbers and negations."""
        return tuple(change for change in self.changes if change.kind in ("number", "negation"))


class VerifiedDraft(Struct, frozen=True):
    """A draft and the verdict on each of its quotations, in its order."""

    path: str
    verdicts: tuple[Verdict, ...]


class Verification(Struct, frozen=True):
    """The answer to one run: drafts, and the index that they were verified against."""

    drafts: tuple[VerifiedDraft, ...]
    index: IndexState
    staleness: Staleness
    elapsed_ms: float

    def verdicts(self) -> Iterator[Verdict]:
        """Yield the verdicts on all drafts."""
        return (verdict for draft in self.drafts for verdict in draft.verdicts)

    def passes(self, accepted: Collection[str]) -> bool:
        """Return True if each quotation is verbatim, too short to judge, or of an accepted
        verdict.
        """
        return all(verdict.verdict in {"verbatim", "short", *accepted} for verdict in self.verdicts())


class _Token(NamedTuple):
    folded: str
    start: int
    stop: int


Opcode = tuple[str, int, int, int, int]
"""An operation of `difflib`: its tag, words of the quotation, words of the source."""


class _Placement(NamedTuple):
    """A piece's words aligned with the words of a record from one place to another."""

    agreement: float  # words that agree, OCR noise in part
    longest: int  # words in the longest equal run
    start: int
    stop: int  # word numbers in the record
    opcodes: Sequence[Opcode]


def verify_drafts(drafts: Iterable[Draft], index: Searcher) -> Verification:
    """Return the verdicts on the quotations of some drafts."""
    began = time.perf_counter()
    verified = tuple(
        VerifiedDraft(draft.path, tuple(verify(quotation, index) for quotation in draft.quotations)) for draft in drafts
    )
    staleness = freshness.staleness(index.state, index.sources())
    return Verification(verified, index.state, staleness, (time.perf_counter() - began) * 1000)


def verify(quotation: Quotation, index: Searcher) -> Verdict:
    """Return the verdict on one quotation."""
    pieces = [_tokens(piece) for piece in quotation.pieces]
    if sum(map(len, pieces)) < MIN_WORDS:
        return Verdict(quotation, "short")
    verdict = _best(quotation, pieces, _with_phrase(quotation, index), index)
    if verdict is None or verdict.verdict != "verbatim":
        rest = _best(quotation, pieces, _with_words(quotation, pieces, index), index)
        verdict = max(filter(None, (verdict, rest)), key=_rank, default=None)
    if verdict is None or verdict.score < MIN_NEAREST_SCORE:
        return _untraced(quotation, index)
    if verdict.verdict == "nearest":
        traced = _untraced(quotation, index)
        return _with_translations(verdict, traced)
    return verdict


def _with_translations(verdict: Verdict, traced: Verdict) -> Verdict:
    from msgspec.structs import replace

    return replace(verdict, translations=traced.translations, shared=traced.shared)


def _rank(verdict: Verdict) -> tuple[bool, float, bool]:
    dated = verdict.record is not None and verdict.record.metadata.date is not None
    return verdict.verdict == "verbatim", verdict.score, dated


def _tokens(text: str) -> list[_Token]:
    return [_Token(_folded(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]


def _folded(word: str) -> str:
    if word[0].isdigit():
        return folding.fold(_THOUSANDS.sub("", word))
    return folding.fold(_LINE_END.sub("", word))


def _with_phrase(quotation: Quotation, index: Searcher) -> Iterator[Record]:
    """Yield records that hold the longest piece as a phrase."""
    longest = max(quotation.pieces, key=len)
    yield from (record for record, _ in index.search(SearchRequest(Phrase(longest, "body"), MAX_RECORDS)).hits)


def _with_words(quotation: Quotation, pieces: Sequence[Sequence[_Token]], index: Searcher) -> Iterator[Record]:
    """Yield records that hold the rarest words and some short phrases of the quotation, the best
    first.
    """
    most = max(1, int(index.state.records * MAX_DOC_FREQ_SHARE))
    forms = {token.folded for piece in pieces for token in piece if not token.folded.isdigit() or len(token.folded) > 2}
    counted = {form: index.doc_freq(form) for form in forms}
    rare = sorted((form for form, count in counted.items() if count > 0), key=lambda form: counted[form])
    seeds: list[Query] = [
        Word(form, "body") for form in rare[:MAX_SEED_WORDS] if counted[form] <= most or len(rare) < 3
    ]
    seeds += [Phrase(phrase, "body") for phrase in _seed_phrases(quotation, pieces, counted)]
    if seeds:
        query = Or(tuple(seeds)) if len(seeds) > 1 else seeds[0]
        yield from (record for record, _ in index.search(SearchRequest(query, MAX_RECORDS)).hits)


def _seed_phrases(quotation: Quotation, pieces: Sequence[Sequence[_Token]], counted: dict[str, int]) -> list[str]:
    """Return the runs of some words that have the rarest of them, as they are written."""
    runs = [
        (
            min((counted.get(token.folded, 0) or 1 << 60 for token in run), default=1 << 60),
            text[run[0].start : run[-1].stop],
        )
        for text, piece in zip(quotation.pieces, pieces, strict=True)
        for at in range(0, len(piece) - SEED_PHRASE_WORDS + 1, SEED_PHRASE_WORDS)
        if (run := piece[at : at + SEED_PHRASE_WORDS])
    ]
    return [text for _, text in sorted(runs)[:MAX_SEED_PHRASES]]


def _best(
    quotation: Quotation, pieces: Sequence[Sequence[_Token]], records: Iterable[Record], index: Searcher
) -> Verdict | None:
    """Return the best verdict over some records, and how many others hold the quotation word for
    word.
    """
    best: Verdict | None = None
    verbatim = 0
    for record in records:
        found = _judged(quotation, pieces, record, index)
        if found is None:
            continue
        verbatim += found.verdict == "verbatim"
        if best is None or _rank(found) > _rank(best):
            best = found
    if best is None or best.verdict != "verbatim":
        return best
    from msgspec.structs import replace

    return replace(best, other_records=verbatim - 1)


def _judged(
    quotation: Quotation, pieces: Sequence[Sequence[_Token]], record: Record, index: Searcher
) -> Verdict | None:
    """Return the verdict on a quotation if it is from this record, or None if nothing of it
    stands there.
    """
    body = record.body
    source = _tokens(body)
    placed = _in_order([_placements(piece, source) for piece in pieces])
    if placed is None:
        return None
    found: list[Piece] = []
    changes: list[Change] = []
    agreement = length = 0.0
    longest = 0
    typographic = False
    language = record.metadata.language or UNDETERMINED
    breaks = [match.start() for match in re.finditer("\n", body)]
    pages = [match.start() for match in re.finditer("\f", body)]
    for text, piece, placement in zip(quotation.pieces, pieces, placed, strict=True):
        agreement += placement.agreement
        length += max(len(piece), placement.stop - placement.start)
        longest = max(longest, placement.longest)
        segments = list(_segments(text, piece, body, source, placement, language, index))
        changes += [Change(quoted, there, kind) for kind, quoted, there in segments if kind != "equal"]
        span = Span(source[placement.start].start, source[placement.stop - 1].stop)
        passage = body[span.start : span.stop]
        typographic |= any(kind == "equal" and _plain(one) != _plain(other) for kind, one, other in segments)
        page = (record.page or 1) + bisect_right(pages, span.start) if pages or record.page is not None else None
        line = record.lines[bisect_right(breaks, span.start - 1)]
        found.append(Piece(text, passage, span, line, page, tuple(segments)))
    score = agreement / length
    if not any(change.is_alteration for change in changes):
        verdict, score = "verbatim", 1.0
    else:
        least = MIN_ALTERED_SCORE if length < LONG_QUOTATION_WORDS else MIN_LONG_ALTERED_SCORE
        run = 3 if length >= MIN_LONG_RUN_WORDS else 2
        is_altered = score >= least and (longest >= run or score >= MIN_CERTAIN_SCORE)
        verdict = "altered" if is_altered else "nearest"
        score = min(score, 0.99)
    return Verdict(quotation, verdict, round(score, 2), record, tuple(found), tuple(changes), typographic)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _placements(piece: Sequence[_Token], source: Sequence[_Token]) -> list[_Placement]:
    """Return the alignments of a piece with the places of a source that hold most of its words,
    the best first.
    """
    wanted = [token.folded for token in piece]
    held: defaultdict[str, list[int]] = defaultdict(list)
    asked = set(wanted)
    for number, token in enumerate(source):
        if token.folded in asked:
            held[token.folded].append(number)
    weights: dict[int, float] = defaultdict(float)
    for at, form in enumerate(wanted):
        places = held.get(form, [])
        if len(places) <= MAX_WORD_OCCURRENCES:
            worth = log(1 + len(source) / max(1, len(places)))
            for number in places:
                weights[(number - at) // DIAGONAL_WORDS] += worth
    ranked = sorted(weights, key=lambda place: -(weights[place] + weights.get(place + 1, 0.0)))
    found: list[_Placement] = []
    for place in islice(ranked, MAX_PLACES):
        placement = _aligned(wanted, [token.folded for token in source], place * DIAGONAL_WORDS)
        if placement and placement not in found:
            found.append(placement)
    return sorted(found, key=lambda one: -one.agreement)


def _aligned(wanted: list[str], source: list[str], at: int) -> _Placement | None:
    """Align a piece with the words around a place: equal words, and if these leave some over,
    similar ones too.
    """
    first = max(0, at - DIAGONAL_WORDS)
    window = source[first : max(0, at) + len(wanted) + 3 * DIAGONAL_WORDS]
    best = _alignment(wanted, window, window, first)
    if best is not None and best.agreement == len(wanted) == best.stop - best.start:
        return best
    forms = frozenset(wanted)
    as_read = [form if form in forms else _similar_form(form, forms) for form in window]
    similar = _alignment(wanted, as_read, window, first) if as_read != window else None
    found = [one for one in (best, similar) if one is not None]
    return max(found, key=lambda one: one.agreement / max(len(wanted), one.stop - one.start), default=None)


def _alignment(wanted: list[str], as_read: list[str], window: list[str], first: int) -> _Placement | None:
    """Align a piece with the words of a window. Stray words far from the rest are cut off."""
    blocks = [
        block for block in SequenceMatcher(None, wanted, as_read, autojunk=False).get_matching_blocks() if block.size
    ]
    while len(blocks) > 1 and blocks[0].size <= 1 and blocks[1].b - blocks[0].b - blocks[0].size > 4:
        del blocks[0]
    while len(blocks) > 1 and blocks[-1].size <= 1 and blocks[-1].b - blocks[-2].b - blocks[-2].size > 4:
        del blocks[-1]
    if not blocks:
        return None
    start = max(0, blocks[0].b - blocks[0].a)
    last = blocks[-1]
    stop = min(len(window), last.b + last.size + len(wanted) - last.a - last.size)
    opcodes = [
        split
        for opcode in SequenceMatcher(None, wanted, as_read[start:stop], autojunk=False).get_opcodes()
        for split in _split_similar(opcode, wanted, window[start:stop])
    ]
    agreement = 0.0
    longest = 0
    for tag, a1, a2, b1, b2 in opcodes:
        if tag == "equal":
            agreement += a2 - a1
            longest = max(longest, a2 - a1)
        elif tag == "replace":
            pairs = zip(wanted[a1:a2], window[start + b1 : start + b2], strict=False)
            agreement += OCR_WORD_SCORE * sum(_looks_like(one, other) for one, other in pairs)
    shifted = [(tag, a1, a2, first + start + b1, first + start + b2) for tag, a1, a2, b1, b2 in opcodes]
    return _Placement(agreement, longest, first + start, first + stop, shifted)


@lru_cache(maxsize=1 << 16)  # the records that are aligned with a quotation share most of their words
def _similar_form(form: str, wanted: frozenset[str]) -> str:
    """Return the wanted form that differs from a form by a letter or two, or the form itself."""
    if len(form) < MIN_SIMILAR_LETTERS:
        return next((one for one in sorted(wanted) if _differ_by_confused_letters(form, one)), form)
    from rapidfuzz import fuzz, process  # a verbatim quotation needs neither

    found = process.extractOne(form, wanted, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
    return found[0] if found else form


def _split_similar(opcode: Opcode, wanted: Sequence[str], source: Sequence[str]) -> Iterator[Opcode]:
    """Split a run that agrees into words that are equal and words that are only similar."""
    tag, a1, a2, b1, b2 = opcode
    if tag != "equal" or wanted[a1:a2] == source[b1:b2]:
        yield opcode
        return
    for is_equal, run in groupby(range(a2 - a1), lambda at: wanted[a1 + at] == source[b1 + at]):
        numbers = list(run)
        low, high = numbers[0], numbers[-1] + 1
        yield "equal" if is_equal else "replace", a1 + low, a1 + high, b1 + low, b1 + high


def _in_order(choices: Sequence[Sequence[_Placement]]) -> list[_Placement] | None:
    """Return one placement for each piece, each behind the one before it, that agree best.

    None if there are none.
    """
    best: dict[int, tuple[float, list[_Placement]]] = {0: (0.0, [])}
    for placements in choices:
        following: dict[int, tuple[float, list[_Placement]]] = {}
        for stop, (agreement, chosen) in best.items():
            for placement in placements:
                if placement.start >= stop:
                    total = agreement + placement.agreement
                    if total > following.get(placement.stop, (0.0, []))[0]:
                        following[placement.stop] = (total, [*chosen, placement])
        best = following
    return max(best.values(), key=lambda one: one[0])[1] if best else None


def _segments(
    text: str,
    piece: Sequence[_Token],
    body: str,
    source: Sequence[_Token],
    placement: _Placement,
    language: str,
    index: Searcher,
) -> Iterator[tuple[str, str, str]]:
    """Yield the parts of a piece that are equal and those that differ: kind, the quotation's
    text, the source's.
    """
    for tag, a1, a2, b1, b2 in _rejoined(placement.opcodes, piece, source):
        if tag == "replace" and a2 - a1 == b2 - b1:
            for a, b in zip(range(a1, a2), range(b1, b2), strict=True):
                kind = _kind(piece[a : a + 1], source[b : b + 1], language, index)
                yield kind, text[piece[a].start : piece[a].stop], body[source[b].start : source[b].stop]
            continue
        quoted = text[piece[a1].start : piece[a2 - 1].stop] if a1 < a2 else ""
        there = body[source[b1].start : source[b2 - 1].stop] if b1 < b2 else ""
        kind = "equal" if tag == "equal" else _kind(piece[a1:a2], source[b1:b2], language, index)
        if kind == "ocr" and "-" in quoted + there and _joined(piece[a1:a2]) == _joined(source[b1:b2]):
            kind = "equal"  # a hyphen, at a line's end or not
        yield kind, quoted, there


def _rejoined(opcodes: Sequence[Opcode], piece: Sequence[_Token], source: Sequence[_Token]) -> Iterator[Opcode]:
    """Yield the operations, with one in the place of several if they only divide the same
    letters into other words.
    """
    for is_equal, run in groupby(opcodes, lambda opcode: opcode[0] == "equal"):
        held = list(run)
        (_, a1, _, b1, _), (_, _, a2, _, b2) = held[0], held[-1]
        if not is_equal and len(held) > 1 and _joined(piece[a1:a2]) == _joined(source[b1:b2]):
            yield "replace", a1, a2, b1, b2
        else:
            yield from held


def _kind(quoted: Sequence[_Token], there: Sequence[_Token], language: str, index: Searcher) -> str:
    """Name a difference: number, negation, ocr or words."""
    left, right = [token.folded for token in quoted], [token.folded for token in there]
    if _joined(quoted) == _joined(there):
        return "ocr"  # blanks within words, or lost between them
    if _numbers(left) != _numbers(right):
        mixed = len(left) == len(right) == 1 and not (left[0].isdigit() and right[0].isdigit())
        return "ocr" if mixed and _is_ocr_error(left[0], right[0], index) else "number"
    denied = _negations(language)
    if Counter(form for form in left if form in denied) != Counter(form for form in right if form in denied):
        return "negation"
    if len(left) == len(right) and all(
        one == other or _is_ocr_error(one, other, index) for one, other in zip(left, right, strict=True)
    ):
        return "ocr"
    return "words"


def _joined(tokens: Iterable[_Token]) -> str:
    return "".join(token.folded for token in tokens)


def _numbers(forms: Iterable[str]) -> Counter[str]:
    counting = _counting()
    return Counter(form for form in forms if any(map(str.isdigit, form)) or form in counting)


def _counting() -> frozenset[str]:
    return frozenset(folding.fold(word) for some in NUMBER_WORDS.values() for word in some)


def _negations(language: str) -> frozenset[str]:
    known = [NEGATIONS[language]] if language in NEGATIONS else NEGATIONS.values()
    return frozenset(folding.fold(word) for some in known for word in some)


def _looks_like(one: str, other: str) -> bool:
    from rapidfuzz import fuzz  # few quotations need it, and it is slow to import

    return fuzz.ratio(one, other) >= MIN_SIMILARITY or (
        len(one) < MIN_SIMILAR_LETTERS and _differ_by_confused_letters(one, other)
    )


def _is_ocr_error(one: str, other: str, index: Searcher) -> bool:
    """Return True if two words differ by letters that OCR confuses, and one of them is hardly a
    word of the index.
    """
    if one.isdigit() and other.isdigit():
        return False
    if not _differ_by_confused_letters(one, other):
        return False
    few, many = sorted((index.doc_freq(one), index.doc_freq(other)))
    return few <= MAX_RARE_DOC_FREQ and many >= MIN_COMMON_RATIO * few


def _differ_by_confused_letters(one: str, other: str) -> bool:
    """Return True if one word becomes the other by letters, or pairs of letters, that look
    alike.
    """
    reached = {(0, 0)}
    for at in range(len(one) + 1):
        for there in sorted(stop for start, stop in reached if start == at):
            for left, right in ((1, 1), (1, 2), (2, 1)):
                read, meant = one[at : at + left], other[there : there + right]
                if (
                    len(read) == left
                    and len(meant) == right
                    and (read == meant or frozenset((read, meant)) in _CONFUSED)
                ):
                    reached.add((at + left, there + right))
    return (len(one), len(other)) in reached


def _untraced(quotation: Quotation, index: Searcher) -> Verdict:
    """Return the verdict "not found", with records that share the quotation's names and numbers."""
    names = _names_and_numbers(quotation)
    if len(names) < 2:
        return Verdict(quotation, "not found")
    shared: dict[str, tuple[Record, list[str]]] = {}
    query = Or(tuple(Word(name) for name in names))
    for record, _ in index.search(SearchRequest(query, MAX_RECORDS)).hits:
        held = {token.folded for token in _tokens(f"{record.title} {record.body}")}
        common = [name for name in names if folding.fold(name) in held]
        if len(common) >= 2:
            shared[record.id] = (record, common)
    ranked = sorted(shared.values(), key=lambda one: -len(one[1]))[:3]
    if not ranked:
        return Verdict(quotation, "not found")
    return Verdict(
        quotation, "not found", translations=tuple(record for record, _ in ranked), shared=tuple(ranked[0][1])
    )


def _names_and_numbers(quotation: Quotation) -> list[str]:
    """Return the capitalised words, but for the first of a sentence, and the numbers."""
    found: list[str] = []
    for piece in quotation.pieces:
        words = list(_WORD.finditer(piece))
        for before, word in pairwise([None, *words]):
            text = word[0] if word else ""
            opens = (
                before is None or bool(re.search(r"[.!?:]\s*$", piece[before.end() : word.start()])) if word else True
            )
            if text[:1].isdigit() or (text[:1].isupper() and len(text) > 2 and not opens):
                found.append(text)
    return list(dict.fromkeys(found))
