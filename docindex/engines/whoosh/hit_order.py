"""Order of the matches, and the groups of near-duplicates among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from heapq import nlargest, nsmallest
from itertools import chain, compress, groupby
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from docindex.model.choices import BY_THREAD
from docindex.model.results import Groups
from docindex.ranking import near_duplicates
from docindex.ranking.threads import Threads

if TYPE_CHECKING:
    from docindex.engines.base import SearchRequest
    from docindex.engines.whoosh.index_reader import WhooshIndexReader
    from docindex.ranking.index_reader import Scores

Item = TypeVar("Item")
_Order = Callable[[Iterable[int]], list[int]]

SCORE_DIGITS = 9  # scores that are equal to so many decimals are ties
TIE = 2 * 10**-SCORE_DIGITS


def top_groups(
    scores: Scores, request: SearchRequest, postings: WhooshIndexReader
) -> tuple[Groups | None, list[list[int]]]:
    """Return the counts of all groups, and the slice's groups: near-duplicates, conversations or
    single documents.
    """
    if request.alike == "show":
        return None, [[document] for document in slice_of(ordered(scores, request, postings), request)]
    if request.alike == BY_THREAD:
        threads = Threads(postings).group(ordered(scores, replace(request, limit=None), postings))
        return Groups(len(threads), sum(map(len, threads))), slice_of(threads, request)
    in_order = _order(scores, replace(request, limit=None, offset=0), postings)
    groups, grouped = _groups(scores, postings, in_order)
    singles = [] if request.alike == "only" else [document for document in scores if document not in grouped]
    counts = Groups(len(groups) + len(singles), sum(map(len, groups)) + len(singles))
    if request.sort == "score":
        groups = _near_the_top(groups, scores, request)
    of_first = {group[0]: group for group in map(in_order, groups)}
    firsts = {document: scores[document] for document in chain(of_first, singles)}
    top = _by_score(firsts, request, postings) if request.sort == "score" else in_order(firsts)
    return counts, [of_first.get(document) or [document] for document in slice_of(top, request)]


def _order(scores: Scores, request: SearchRequest, postings: WhooshIndexReader) -> _Order:
    """Return the function that puts some of the documents in the requested order."""
    if request.sort == "score":
        return lambda some: _by_score({document: scores[document] for document in some}, request, postings)
    places = {document: place for place, document in enumerate(ordered(scores, request, postings))}
    return partial(sorted, key=places.__getitem__)


def _groups(scores: Scores, postings: WhooshIndexReader, in_order: _Order) -> tuple[list[list[int]], set[int]]:
    """Return the groups of several matches, each in no order, and all matches in them."""
    families = postings.families(scores)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for document, family in zip(compress(scores, families), filter(None, families), strict=True):
        members[family].append(document)
    groups: list[list[int]] = []
    for family, own in members.items():
        if family > 0 and len(own) > 1:
            groups.append(own)
        elif len(own) > 1:
            groups += near_duplicates.group_documents(postings.signatures(in_order(own)), only=True)
    return groups, set(chain.from_iterable(groups))


def _near_the_top(groups: list[list[int]], scores: Scores, request: SearchRequest) -> list[list[int]]:
    """Return the groups that may come into the slice: only their documents are put in order."""
    if request.limit is None:
        return groups
    if request.limit == 0:
        return []
    count = request.offset + request.limit
    best, most = (min, nsmallest) if request.reverse else (max, nlargest)
    heads = [best(map(scores.__getitem__, group)) for group in groups]
    if count >= len(heads):
        return groups
    sign = 1.0 if request.reverse else -1.0
    last = sign * most(count, heads)[-1] + TIE
    return [group for group, head in zip(groups, heads, strict=True) if sign * head <= last]


def ordered(scores: Scores, request: SearchRequest, postings: WhooshIndexReader) -> list[int]:
    """Return the documents in the requested order. Ties stand in the order of their ids."""
    if request.sort == "score":
        return _by_score(scores, request, postings)
    names = postings.ids(scores)
    by_id = sorted(scores, key=names.__getitem__, reverse=request.reverse and request.sort == "path")
    if request.sort == "path":
        return by_id
    if request.sort == "title":
        titles = postings.titles(by_id)
        return sorted(by_id, key=titles.__getitem__, reverse=request.reverse)
    # By date the latest come first, as in a mailbox. Undated records come last in both directions.
    days = postings.earliest_days(by_id)
    dated = sorted((document for document in days if days[document]), key=days.__getitem__, reverse=not request.reverse)
    return [*dated, *(document for document in days if not days[document])]


def _by_score(scores: Scores, request: SearchRequest, postings: WhooshIndexReader) -> list[int]:
    if request.limit == 0:
        return []
    sign = 1.0 if request.reverse else -1.0
    chosen: Iterable[int] = scores
    if request.limit is not None and request.offset + request.limit < len(scores):
        # Only what can come into the slice is rounded, and only its ids are looked up.
        best = (nsmallest if request.reverse else nlargest)(request.offset + request.limit, scores.values())
        last = sign * best[-1] + TIE
        chosen = [document for document, score in scores.items() if sign * score <= last]
    # Rounded, so that the order in which parts were added up decides nothing.
    keys = {document: round(sign * scores[document], SCORE_DIGITS) for document in chosen}
    listed = sorted(keys, key=keys.__getitem__)
    runs = (list(run) for _, run in groupby(listed, keys.__getitem__))
    ties = [run for run in runs if len(run) > 1]
    if ties:  # only they need their ids
        names = postings.ids(list(chain.from_iterable(ties)))
        places = {document: place for place, document in enumerate(listed)}
        for run in ties:
            start = places[run[0]]
            listed[start : start + len(run)] = sorted(run, key=names.__getitem__)
    return listed


def slice_of(listed: Iterable[Item], request: SearchRequest) -> list[Item]:
    """Return the slice that a request asks for."""
    stop = None if request.limit is None else request.offset + request.limit
    return list(listed)[request.offset : stop]
