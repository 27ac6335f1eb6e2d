"""`docindex replay`: recorded searches again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import ValidationError, convert

from docindex import config
from docindex.cli.console import color_of, columns, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import QueryOptions
from docindex.errors import UsageError
from docindex.search.manifest_aliases import without_foreign_aliases

if TYPE_CHECKING:
    from docindex.cli.options import ReplayFlags
    from docindex.proof.search_record import RecordedSearch
    from docindex.search.search import SearchOptions


def run(flags: ReplayFlags) -> int:
    """Run the searches of a record again. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.indexing import freshness
    from docindex.proof import search_record
    from docindex.render import json_output
    from docindex.render import search_record as render_record

    searches = search_record.load(str(flags.file))
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as index:
        staleness = freshness.staleness(index, folder)
        fingerprint = search_record.index_fingerprint(index)
        replays = [
            search_record.replay(
                one, without_foreign_aliases(_options(one), index.state, folder), index, staleness, fingerprint
            )
            for one in searches
        ]
    if flags.as_json:
        write(json_output.text(render_record.replay_value(replays)) + "\n")
    elif not flags.quiet:
        write(styled(render_record.replay_rows(replays, width=columns()), settings, color=color_of(settings)))
    return FOUND if all(one.outcome == "same" for one in replays) else NOT_FOUND


def _options(one: RecordedSearch) -> SearchOptions:
    try:
        return convert(one.flags, QueryOptions, strict=True).search_options()
    except ValidationError as error:
        raise UsageError(f"the recorded flags of '{one.query[:80]}' mean nothing: {error}") from error
