"""What `docindex search` does, once its flags are known: without typer, which words alone do not need."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex import config
from docindex.cli import answers, query_options
from docindex.cli.console import say
from docindex.cli.exit_codes import FOUND, NO_INDEX, NOT_FOUND
from docindex.cli.query_options import one_of
from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from docindex.engines.base import Engine, Searcher
    from docindex.render.styled_text import Text
    from docindex.results import Results
    from docindex.search.search import SearchOptions


class Flags(Struct, frozen=True, kw_only=True):
    """The command's flags by the names of its parameters, and their defaults."""

    words: Sequence[str] | None = None
    expressions: Sequence[str] | None = None
    file: str | None = None
    index: Path | None = None
    limit: int | None = None
    offset: int = 0
    sort: str = "score"
    reverse: bool = False
    since: str | None = None
    until: str | None = None
    certain: bool = False
    lang: Sequence[str] | None = None
    publisher: str | None = None
    collection: str | None = None
    creator: str | None = None
    subject: str | None = None
    any_word: bool = False
    exact: bool = False
    literal: bool = False
    strict: bool = False
    passages: str = "3"
    files: bool = False
    null: bool = False
    count: bool = False
    form: str = "text"
    template: str | None = None
    bom: bool = False
    as_json: bool = False
    as_jsonl: bool = False
    alike: str | None = None
    facets: str | None = None
    require_fresh: bool = False
    refresh: bool = False
    explain_query: bool = False
    why: bool = False
    quiet: bool = False
    no_pager: bool = False
    color: str | None = None
    hyperlink: str | None = None


def run(flags: Flags) -> int:
    """Answer as the flags say; the exit code."""
    settings = config.resolve(color=flags.color, limit=flags.limit, hyperlink=flags.hyperlink)
    from docindex.engines import registry
    from docindex.search import last_search
    from docindex.search import search as searching

    form = _form(flags)
    line = answers.line_of(flags.template)
    options = _options(flags, form, settings.limit)
    words = [*map(query_options.typed, flags.words or [])]
    several = bool(flags.expressions) or flags.file is not None
    if several or flags.explain_query or not words:
        from docindex.cli import search_many

        asked = search_many.queries(words, [*map(query_options.typed, flags.expressions or [])], flags.file)
    if flags.explain_query:
        search_many.explain(asked, flags.index, options, settings, as_json=form == "--json")
        return FOUND
    folder = config.index_for_search(flags.index)
    engine = registry.open_engine(folder)
    if flags.refresh:
        _refresh(engine)
    with engine.searcher() as index:
        if several:
            write = partial(answers.write_pieces, form=form, line=line, null=flags.null, bom=flags.bom, several=True)
            text = partial(answers.show_each, settings=settings)
            show = None if flags.quiet else text if form == "text" else write
            return search_many.run(asked, index, options, settings, show, require_fresh=flags.require_fresh)
        results = searching.search(" ".join(words), index, options)
        if flags.require_fresh and results.behind:
            say(settings, _footer(results))
            return NO_INDEX
        if form == "text" and results.hits:
            firsts = {rank: hit.record.id for rank, hit in reversed([*results.ranked()])}
            last_search.save(folder, [firsts[rank] for rank in sorted(firsts)], flags.offset + 1)
        if not flags.quiet:
            if form == "text":
                answers.show(results, settings, paged=not flags.no_pager)
            else:
                answers.write_pieces([results], form, line=line, null=flags.null, bom=flags.bom)
            if not flags.count or results.listed == 0:
                say(settings, _footer(results, _corrected(results, words, index, options)))
        return FOUND if results.listed else NOT_FOUND


def _form(flags: Flags) -> str:
    """The one format asked for. Raises UsageError."""
    instead = {
        "--json": flags.as_json,
        "--jsonl": flags.as_jsonl,
        "--template": flags.template is not None,
        "-l": flags.files,
        "-c": flags.count,
    }
    form = answers.chosen(flags.form, instead)
    if flags.null and form not in ("-l", "--template"):
        raise UsageError("-0 is for lines", "with -l or --template")
    return form


def _options(flags: Flags, form: str, limit: int) -> SearchOptions:
    from docindex.engines.base import COLLAPSE_MODES, SORTS
    from docindex.search.search import SearchOptions

    return SearchOptions(
        limit=0 if flags.count or flags.quiet else ((flags.limit if flags.files else limit) or None),
        offset=flags.offset,
        sort=one_of("sort", flags.sort, SORTS),
        reverse=flags.reverse,
        filters=query_options.filters(
            flags.since, flags.until, flags.lang, flags.publisher, flags.collection, flags.creator, flags.subject
        ),
        any=flags.any_word,
        literal=flags.literal,
        strict=flags.strict,
        exact=flags.exact,
        certain=flags.certain,
        facets=_facets(flags.facets),
        passages=0 if flags.files else _passages(flags.passages),
        why=flags.why,
        advice=not flags.quiet,
        alike=one_of(
            "alike", flags.alike or ("fold" if form == "text" and not flags.quiet else "show"), COLLAPSE_MODES
        ),
    )


def _passages(value: str) -> int | None:
    if value == "all":
        return None
    if value.isdecimal():
        return int(value)
    raise UsageError(f"unknown number of passages '{value}'", "a number, or all")


def _facets(value: str | None) -> tuple[str, ...]:
    """The facets named, in any order, each once."""
    from docindex.engines.base import FACETS

    names = [name.strip() for name in (value or "").split(",") if name.strip()]
    return tuple(dict.fromkeys(one_of("facet", name, FACETS) for name in names))


def _footer(results: Results, command: str | None = None) -> Iterable[Text]:
    from docindex.render.results import footer

    # On a screen where both streams meet, a blank line keeps the talk apart from the answer.
    apart = bool(results.hits) and sys.stdout.isatty() and sys.stderr.isatty()
    return footer(results, apart=apart, command=command)


def _corrected(results: Results, words: Sequence[str], index: Searcher, options: SearchOptions) -> str | None:
    """The command that was typed, with the one candidate for each word that is not in the index, if that finds any."""
    if results.total or not results.suggestions or not all(found.clear for found in results.suggestions):
        return None
    import shlex

    from docindex.search.search import count

    meant = {found.word: found.instead[0].word for found in results.suggestions}
    wrong = re.compile(rf"\b(?:{'|'.join(map(re.escape, meant))})\b")
    better = {one: wrong.sub(lambda word: meant[word[0]], one) for one in words}
    if not count(" ".join(better[one] for one in words), index, options):
        return None
    return shlex.join(["docindex", *(better.get(one, one) for one in sys.argv[1:])])


def _refresh(engine: Engine) -> None:
    """Build again from where the index was built from."""
    from pathlib import Path

    from docindex.indexing.build import build
    from docindex.manifest import load

    with engine.searcher() as index:
        state = index.state
    build(load.load(Path(state.manifest or state.root)), engine)
