"""`docindex verify`: the quotations of drafts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, links_of, say, show, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import ACCEPTABLE_VERDICTS, one_of
from docindex.errors import UsageError
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import VerifyFlags
    from docindex.config import Settings
    from docindex.proof.drafts import Draft
    from docindex.proof.verdicts import Verification


def run(flags: VerifyFlags) -> int:
    """Verify the quotations of the drafts. Return the exit code."""
    settings = config.resolve(color=flags.color, hyperlink=flags.hyperlink)
    from docindex.engines import registry
    from docindex.indexing import freshness
    from docindex.proof import verification

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("verify"))
    accepted = [one_of("verdict", verdict, ACCEPTABLE_VERDICTS) for verdict in flags.accept or ()]
    if flags.seal is not None:
        return _verify_seals(flags, form, settings)
    if not flags.drafts:
        raise UsageError("no draft was given", "docindex verify DRAFT, or --seal FILE")
    read = [_draft(name) for name in flags.drafts]
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        behind = freshness.staleness(snapshot, folder)
        found = verification.verify_drafts(read, snapshot, behind)
    if not flags.quiet:
        _write(found, accepted, form, settings, paged=not flags.no_pager)
    return FOUND if found.passes(accepted) else NOT_FOUND


def _verify_seals(flags: VerifyFlags, form: str, settings: Settings) -> int:
    from docindex.engines import registry
    from docindex.proof import citations
    from docindex.render import citations as render_citations
    from docindex.render import json_output

    if flags.drafts or form not in ("text", "json"):
        raise UsageError("--seal is for seals alone, as text or json", "docindex verify --seal FILE")
    seals = citations.read_seals(str(flags.seal))
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        checks = citations.check_seals(seals, snapshot, folder)
    if not flags.quiet and form == "json":
        write(json_output.text(render_citations.seal_value(checks)) + "\n")
    elif not flags.quiet:
        write(styled(render_citations.seal_rows(checks, width=columns()), settings, color=color_of(settings)))
    return FOUND if all(check.state == "same" for check in checks) else NOT_FOUND


def _draft(name: str) -> Draft:
    from docindex.proof import drafts

    if name != drafts.STANDARD_INPUT:
        return drafts.read_draft(name)
    try:
        return drafts.read_draft(name, sys.stdin.buffer.read(drafts.MAX_DRAFT_BYTES + 1))
    except OSError as error:
        raise UsageError(f"stdin: cannot be read: {error.strerror}", "a draft in Markdown or text") from error


def _write(found: Verification, accepted: list[str], form: str, settings: Settings, *, paged: bool) -> None:
    from docindex.render import json_output, verification

    if form == "json":
        write(json_output.text(verification.value(found, accepted)) + "\n")
    elif form == "text":
        link = None
        if links_of(settings):
            from docindex.render.hyperlinks import links

            link = links(found.index.root, settings.editor_uri)
        plain = not color_of(settings)
        lines = list(verification.rows(found, accepted=accepted, width=columns(), plain=plain, link=link))
        show(lines, settings, paged=paged)
        apart = bool(lines) and sys.stdout.isatty() and sys.stderr.isatty()
        say(settings, verification.footer(found, apart=apart))
    else:
        pieces = verification.markdown if form == "md" else verification.page
        write("".join(pieces(found, accepted)))
