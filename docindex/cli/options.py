"""The commands and their flags, each written once: name, type, default, help, group and what
completes it.

Each command has a struct with one field a flag. The annotations stay texts, so that a search of
words alone evaluates none of them and loads no typer. `typer_app`, the manual page and the shells'
completion read them through `flags`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from msgspec import NODEFAULT, Struct

from docindex.cli import exit_codes
from docindex.config import COLORS
from docindex.errors import UsageError
from docindex.model.choices import COLLAPSE_MODES, FACETS, SORTS
from docindex.render.formats import names as format_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


WHAT, WHICH, SHOWN = "What to find", "Which records", "What to show"
READ, OUTPUT, INDEX = "What to read", "Output", "Index"
GROUPS = (WHAT, WHICH, SHOWN, READ, OUTPUT, INDEX)
"""The groups of the help, in its order."""


class Flag(Struct, frozen=True):
    """A flag, or an argument if its only name is its metavar."""

    names: str  # with blanks between them
    help: str
    group: str = ""
    metavar: str | None = None
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()  # for completion: values that it takes
    takes_list: bool = False  # it takes several of its values, with commas between them
    bare: str | None = None  # the value if none of `values` follows
    completed_by: str | None = None  # for completion: "ids", "fields", or one of FACETS

    @property
    def is_argument(self) -> bool:
        """True for an argument, which is known by its place."""
        return not self.names.startswith("-")


class Option(Struct, frozen=True):
    """A flag of a command: its field in the command's struct, its type and its default."""

    field: str
    flag: Flag
    type: Any
    default: Any
    required: bool


@cache
def flags(command: type[Struct]) -> tuple[Option, ...]:
    """Return the flags of a command's struct, in their order."""
    hints = get_type_hints(command, include_extras=True)
    return tuple(
        Option(name, flag, hints[name].__origin__, default, default is NODEFAULT)
        for name, default in _defaults(command)
        for flag in hints[name].__metadata__
    )


def _defaults(command: type[Struct]) -> Iterator[tuple[str, Any]]:
    fields, defaults = command.__struct_fields__, command.__struct_defaults__
    yield from zip(fields, [NODEFAULT] * (len(fields) - len(defaults)) + [*defaults], strict=True)


def _format(command: str) -> Flag:
    names = format_names(command)
    return Flag("--format", f"{', '.join(names[:-1])} or {names[-1]}.", OUTPUT, "FORMAT", values=names)


JSON = Flag("--json", "As one JSON document, on stdout.", OUTPUT)
QUIET = Flag("-q --quiet", "Print nothing; only the exit code speaks.", OUTPUT)
NO_PAGER = Flag("-P --no-pager", "Never page.", OUTPUT)
HYPERLINK = Flag("--hyperlink", "Paths lead to files: auto, always or never.", OUTPUT, "WHEN", values=COLORS)
OUTSIDE = Flag("--allow-outside", "Let the manifest name files outside its folder.", READ)
MORE = Flag("-e --query", "A query (repeatable).", WHAT, "QUERY")
REVERSE = Flag("--reverse", "The other way round.", SHOWN)
SYNTAX = 'Words; "a phrase"; AND OR NOT ( ); -not; pre*; fuzzy~; field:word; date:2012..2013'


THREAD = Flag("--thread", "One match for each conversation of mail.", SHOWN)


class ColorOption(Struct, frozen=True, kw_only=True):
    """The flag of every command that prints for people."""

    color: Annotated[str | None, Flag("--color", "auto, always or never.", OUTPUT, "WHEN", values=COLORS)] = None


class IndexOptions(ColorOption, frozen=True, kw_only=True):
    """The flags of every command that opens an index."""

    index: Annotated[
        Path | None, Flag("--index", "The index's folder. Default: .docindex here or above.", INDEX, "DIR")
    ] = None


class ReadingOptions(IndexOptions, frozen=True, kw_only=True):
    """The flags for the reading of a query, for every command that takes one."""

    any_word: Annotated[bool, Flag("--any", "Records with any of the words, not all.", WHAT)] = False
    exact: Annotated[bool, Flag("--exact", "Words as typed: no stems, no folding.", WHAT)] = False
    literal: Annotated[bool, Flag("-F --literal", "No operators: every word is a word.", WHAT)] = False
    strict: Annotated[bool, Flag("--strict", "A broken query is an error, not repaired.", WHAT)] = False
    variants: Annotated[
        str | None,
        Flag(
            "--variants",
            "Also the other spellings of names, in all scripts; strict: only near ones, wide: also far ones.",
            WHAT,
            "[strict|wide]",
            values=("strict", "wide"),
            bare="usual",
        ),
    ] = None
    not_form: Annotated[
        list[str] | None, Flag("--not-form", "A spelling that --variants leaves out (repeatable).", WHAT, "WORD")
    ] = None
    aliases: Annotated[
        Path | None, Flag("--aliases", "Names that stand for one another, a group a line.", WHAT, "FILE")
    ] = None
    no_aliases: Annotated[bool, Flag("--no-aliases", "Without the aliases that the manifest names.", WHAT)] = False
    no_pager: Annotated[bool, NO_PAGER] = False

    def arguments(self) -> dict[str, Any]:
        """Return the flags of a query that are not at their defaults, as arguments of the API."""
        given = (
            ("any" if name == "any_word" else name, getattr(self, name), default)
            for name, default in _defaults(QueryOptions)
            if name in self.__struct_fields__ and name not in _OF_OUTPUT
        )
        return {name: _typed_value(value) for name, value, default in given if value != default}


_OF_OUTPUT = ("index", "color", "no_pager")


class QueryOptions(ReadingOptions, frozen=True, kw_only=True):
    """The flags that narrow a query too: for search, kwic and timeline."""

    since: Annotated[str | None, Flag("--since", "Dated then or later.", WHICH, "DATE")] = None
    until: Annotated[str | None, Flag("--until", "Dated then or earlier.", WHICH, "DATE")] = None
    certain: Annotated[
        bool, Flag("--certain", "A vague date matches only if all that it may mean lies in the time asked for.", WHICH)
    ] = False
    lang: Annotated[
        list[str] | None, Flag("--lang", "In this language (repeatable).", WHICH, "CODE", completed_by="language")
    ] = None
    publisher: Annotated[
        str | None, Flag("--publisher", "From this publisher.", WHICH, "P", completed_by="publisher")
    ] = None
    collection: Annotated[
        str | None, Flag("--collection", "From this collection.", WHICH, "C", completed_by="collection")
    ] = None
    creator: Annotated[str | None, Flag("--creator", "By this author.", WHICH, "C", completed_by="creator")] = None
    subject: Annotated[str | None, Flag("--subject", "On this subject.", WHICH, "S", completed_by="subject")] = None

    def recorded(self) -> dict[str, Any]:
        """Return those of these flags that are not at their defaults, for a record of searches."""
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, default in _defaults(QueryOptions)
            if name not in _OF_OUTPUT and (value := getattr(self, name)) != default
        }


class SearchFlags(QueryOptions, frozen=True, kw_only=True):
    """`docindex search`."""

    words: Annotated[list[str] | None, Flag("QUERY...", SYNTAX, completed_by="fields")] = None
    expressions: Annotated[list[str] | None, MORE] = None
    file: Annotated[str | None, Flag("-f --file", "A query a line; - is standard input.", WHAT, "FILE")] = None
    explain_query: Annotated[
        bool, Flag("--explain-query", "Say what is understood of the query; search nothing.", WHAT)
    ] = False
    record: Annotated[
        str | None, Flag("--record", "Add the search to this file, for docindex replay.", OUTPUT, "FILE")
    ] = None
    why: Annotated[bool, Flag("--why", "Say what each part of the query finds by itself.", WHAT)] = False
    limit: Annotated[int | None, Flag("-n --limit", "Matches to show; 0 = all. Default: 10.", SHOWN, "N")] = None
    offset: Annotated[int, Flag("--offset", "Matches to skip.", SHOWN, "N", min=0)] = 0
    sort: Annotated[str, Flag("--sort", "score, date (latest first), title or path.", SHOWN, "KEY", values=SORTS)] = (
        "score"
    )
    reverse: Annotated[bool, REVERSE] = False
    passages: Annotated[str, Flag("--passages", "Passages of each record: a number or all.", SHOWN, "N")] = "3"
    alike: Annotated[
        str | None,
        Flag(
            "--alike",
            "Near-duplicates: fold, show or only. Default: fold for text, show for other formats.",
            SHOWN,
            "HOW",
            values=COLLAPSE_MODES,
        ),
    ] = None
    thread: Annotated[bool, THREAD] = False
    facets: Annotated[
        str | None,
        Flag(
            "--facets",
            f"Count all matches by these: {','.join(FACETS)}.",
            SHOWN,
            "FIELDS",
            values=FACETS,
            takes_list=True,
        ),
    ] = None
    files: Annotated[bool, Flag("-l --files-with-matches", "Only the paths of the files, each once.", OUTPUT)] = False
    null: Annotated[bool, Flag("-0 --null", "With -l or --template: end each line with a NUL.", OUTPUT)] = False
    count: Annotated[bool, Flag("-c --count", "Only the number of matches.", OUTPUT)] = False
    form: Annotated[str, _format("search")] = "text"
    template: Annotated[
        str | None, Flag("--template", "A line for each match, such as '{date} {title}'.", OUTPUT, "TEXT")
    ] = None
    bom: Annotated[bool, Flag("--bom", "Begin with a byte order mark, for old spreadsheets.", OUTPUT)] = False
    as_json: Annotated[bool, Flag("--json", "One JSON document.", OUTPUT)] = False
    as_jsonl: Annotated[bool, Flag("--jsonl", "One JSON document a match.", OUTPUT)] = False
    quiet: Annotated[bool, QUIET] = False
    hyperlink: Annotated[str | None, HYPERLINK] = None
    require_fresh: Annotated[
        bool, Flag("--require-fresh", "Look at every file; exit 3 if one has changed since the build.", INDEX)
    ] = False
    refresh: Annotated[bool, Flag("--refresh", "First bring the index in step.", INDEX)] = False


WORD_SORTS = ("rank", "L1", "L2", "L3", "R1", "R2", "R3", "match", "date", "title", "path")


class KwicFlags(QueryOptions, frozen=True, kw_only=True):
    """`docindex kwic`."""

    words: Annotated[list[str], Flag("QUERY...", "As for search.", completed_by="fields")]
    limit: Annotated[int, Flag("-n --limit", "Lines, or collocates, to show; 0 = all.", SHOWN, "N", min=0)] = 100
    sort: Annotated[
        str,
        Flag(
            "--sort",
            "rank; L1 to L5, R1 to R5: a word left or right; match, date, title or path.",
            SHOWN,
            "KEY",
            values=WORD_SORTS,
        ),
    ] = "rank"
    reverse: Annotated[bool, REVERSE] = False
    width: Annotated[
        int | None, Flag("--width", "Columns of a line. Default: the terminal's.", OUTPUT, "N", min=40)
    ] = None
    collocates: Annotated[
        bool, Flag("--collocates", "Instead: the words near the matches, by log-likelihood.", SHOWN)
    ] = False
    thread: Annotated[bool, THREAD] = False
    window: Annotated[int, Flag("--window", "With --collocates: words on either side.", SHOWN, "N", min=1, max=50)] = 5
    form: Annotated[str, _format("kwic")] = "text"
    as_json: Annotated[bool, JSON] = False


class TimelineFlags(QueryOptions, frozen=True, kw_only=True):
    """`docindex timeline`."""

    words: Annotated[list[str] | None, Flag("QUERY...", "As for search.", completed_by="fields")] = None
    more: Annotated[list[str] | None, MORE] = None
    by: Annotated[
        str,
        Flag(
            "--by", "year, month or day. Default: what suits the span.", SHOWN, "UNIT", values=("year", "month", "day")
        ),
    ] = "auto"
    thread: Annotated[bool, THREAD] = False
    by_form: Annotated[bool, Flag("--by-form", "With --variants: a line for each spelling.", SHOWN)] = False
    form: Annotated[str, _format("timeline")] = "text"
    as_json: Annotated[bool, JSON] = False


class NamesFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex names`."""

    words: Annotated[list[str], Flag("WORD...", "A name, in any spelling and script.")]
    variants: Annotated[
        str | None,
        Flag(
            "--variants",
            "strict: only near spellings; wide: also far ones.",
            WHAT,
            "[strict|wide]",
            values=("strict", "wide"),
            bare="usual",
        ),
    ] = None
    form: Annotated[str, _format("names")] = "text"
    as_json: Annotated[bool, JSON] = False


class PeopleFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex people`."""

    corrections: Annotated[
        Path | None,
        Flag("--corrections", "Forms that are one person's, a group a line, as for --aliases.", WHAT, "FILE"),
    ] = None
    form: Annotated[str, _format("people")] = "text"
    as_json: Annotated[bool, JSON] = False
    quiet: Annotated[bool, QUIET] = False
    no_pager: Annotated[bool, NO_PAGER] = False


class MatrixFlags(QueryOptions, frozen=True, kw_only=True):
    """`docindex matrix`."""

    names: Annotated[
        Path, Flag("LIST", "Names as CSV: one a row, its aliases in further columns; with a header or without.")
    ]
    column: Annotated[str | None, Flag("--column", "The column of names: its header or number.", WHAT, "C")] = None
    within: Annotated[
        str,
        Flag(
            "--within",
            "record, paragraph, sentence, or a number of words: 20w.",
            WHAT,
            "SCOPE",
            values=("record", "paragraph", "sentence", "20w"),
        ),
    ] = "record"
    limit: Annotated[int, Flag("-n --limit", "Pairs to show as text; 0 = all.", SHOWN, "N", min=0)] = 50
    form: Annotated[str, _format("matrix")] = "text"
    as_json: Annotated[bool, JSON] = False


class WatchFlags(QueryOptions, frozen=True, kw_only=True):
    """`docindex watch`."""

    names: Annotated[
        Path, Flag("LIST", "Names or queries as CSV, one a row; @name too. What was shown is kept beside it.")
    ]
    column: Annotated[
        str | None, Flag("--column", "The column of names or queries: its header or number.", WHAT, "C")
    ] = None
    from_now: Annotated[bool, Flag("--from-now", "Take all that matches now for shown; print nothing.", WHICH)] = False
    limit: Annotated[
        int, Flag("-n --limit", "New records to show of each; the rest comes next time. 0 = all.", SHOWN, "N", min=0)
    ] = 0
    form: Annotated[str, _format("watch")] = "text"
    as_json: Annotated[bool, JSON] = False
    quiet: Annotated[
        bool, Flag("-q --quiet", "Print nothing and take nothing for shown; only the exit code speaks.", OUTPUT)
    ] = False
    hyperlink: Annotated[str | None, HYPERLINK] = None


class ShowFlags(ReadingOptions, frozen=True, kw_only=True):
    """`docindex show`."""

    name: Annotated[
        str, Flag("ID", "A record's id, the beginning of one, or its rank in the last search.", completed_by="ids")
    ]
    asked: Annotated[str | None, Flag("--query", "Mark what this matches.", WHAT, "QUERY")] = None
    chosen: Annotated[
        str | None, Flag("--lines", "Only these lines of the file: 10:20, 10:, :20 or 10.", SHOWN, "A:B")
    ] = None
    context: Annotated[
        int | None, Flag("-C --context", "With --query: only N lines around each match.", SHOWN, "N", min=0)
    ] = None
    as_json: Annotated[bool, JSON] = False


ACCEPTABLE_VERDICTS = ("altered", "nearest")


class ThreadFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex thread`."""

    name: Annotated[
        str, Flag("ID", "A record's id, the beginning of one, or its rank in the last search.", completed_by="ids")
    ]
    form: Annotated[str, _format("thread")] = "text"
    as_json: Annotated[bool, JSON] = False
    no_pager: Annotated[bool, NO_PAGER] = False


class VerifyFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex verify`."""

    drafts: Annotated[list[str] | None, Flag("DRAFT...", "Markdown, text or Word; - is standard input.")] = None
    seal: Annotated[
        Path | None, Flag("--seal", "Instead: compare sources with what cite --json wrote.", WHAT, "FILE")
    ] = None
    accept: Annotated[
        list[str] | None,
        Flag(
            "--accept",
            "Count this verdict as good: altered or nearest (repeatable).",
            SHOWN,
            "VERDICT",
            values=ACCEPTABLE_VERDICTS,
        ),
    ] = None
    form: Annotated[str, _format("verify")] = "text"
    as_json: Annotated[bool, JSON] = False
    quiet: Annotated[bool, QUIET] = False
    no_pager: Annotated[bool, NO_PAGER] = False
    hyperlink: Annotated[str | None, HYPERLINK] = None


class ReplayFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex replay`."""

    file: Annotated[Path, Flag("FILE", "What search --record wrote.")]
    as_json: Annotated[bool, JSON] = False
    quiet: Annotated[bool, QUIET] = False


class RecordFlags(ColorOption, frozen=True, kw_only=True):
    """`docindex record`."""

    action: Annotated[str, Flag("show", "The one action: a line for each search.", values=("show",))]
    file: Annotated[Path, Flag("FILE", "What search --record wrote.")]
    form: Annotated[str, _format("record")] = "text"
    as_json: Annotated[bool, JSON] = False


class CiteFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex cite`."""

    records: Annotated[
        list[str], Flag("ID[:LINE]...", "As for show; with a line of the file, that line.", completed_by="ids")
    ]
    form: Annotated[str, _format("cite")] = "text"
    as_json: Annotated[bool, JSON] = False


class BuildFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex build`."""

    source: Annotated[
        Path | None,
        Flag(
            "[SOURCE]",
            "A manifest (INDEX.md), a folder or one file. Default: seeds/INDEX.md or INDEX.md here, else what the "
            "index here or above was built from.",
        ),
    ] = None
    full: Annotated[bool, Flag("--full", "Read everything again, whatever has changed.", READ)] = False
    ocr: Annotated[bool, Flag("--ocr", "Read scanned pages and pictures too, with the program tesseract.", READ)] = (
        False
    )
    dry_run: Annotated[bool, Flag("--dry-run", "Say what would be done; change nothing.", READ)] = False
    watch: Annotated[bool, Flag("--watch", "Go on: build again whenever files change, until Ctrl-C.", READ)] = False
    allow_outside: Annotated[bool, OUTSIDE] = False
    jobs: Annotated[int | None, Flag("-j --jobs", "Processes that read. Default: one a core.", READ, "N", min=1)] = None
    timeout: Annotated[
        float, Flag("--timeout", "The longest that reading one source may take.", READ, "SECONDS", min=0.1)
    ] = 60.0
    max_size: Annotated[int, Flag("--max-size", "The largest file that is read, in MB.", READ, "MB", min=1)] = 100
    lock_timeout: Annotated[
        float, Flag("--lock-timeout", "How long to wait for another build.", INDEX, "SECONDS", min=0)
    ] = 5.0
    as_json: Annotated[bool, JSON] = False
    quiet: Annotated[bool, QUIET] = False


class StatusFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex status`."""

    failed: Annotated[bool, Flag("--failed", "Only the list of what could not be indexed.", SHOWN)] = False
    verify: Annotated[bool, Flag("--verify", "Read the whole index and compare it with its checksums.", SHOWN)] = False
    left_out: Annotated[bool, Flag("--left-out", "Only the list of what was left out.", SHOWN)] = False
    as_json: Annotated[bool, JSON] = False


class CheckFlags(ColorOption, frozen=True, kw_only=True):
    """`docindex check`."""

    source: Annotated[Path | None, Flag("[SOURCE]", "As for build.")] = None
    fix: Annotated[
        bool, Flag("--fix", "Print a patch of the manifest for what can be mended; apply nothing.", SHOWN)
    ] = False
    allow_outside: Annotated[bool, OUTSIDE] = False
    form: Annotated[str, _format("check")] = "text"
    as_json: Annotated[bool, JSON] = False


class HelpFlags(ColorOption, frozen=True, kw_only=True):
    """`docindex help`."""

    topic: Annotated[str | None, Flag("[TOPIC]", "A topic or a command. Without one: the list of topics.")] = None
    no_pager: Annotated[bool, NO_PAGER] = False


class McpFlags(IndexOptions, frozen=True, kw_only=True):
    """`docindex mcp`."""


class InitFlags(Struct, frozen=True, kw_only=True):
    """`docindex init`."""

    folder: Annotated[Path, Flag("[DIR]", "The folder. Default: here.")] = Path()


class Command(Struct, frozen=True):
    """A command: its flags, and what its help says.

    Its module in `cli` has its name and a function `run`.
    """

    flags: type[Struct]
    help: str
    examples: tuple[str, ...]
    exit_codes: tuple[tuple[int, str], ...]


COMMANDS = {
    "build": Command(
        BuildFlags,
        "Bring the index in step with the manifest.",
        ("docindex build", "docindex build letters/ --jobs 4", "docindex build --watch"),
        exit_codes.OF_BUILD,
    ),
    "search": Command(
        SearchFlags,
        "Print the records that match, best first.",
        ('docindex search "Belmokhtar"', "docindex search accord --since 2012 --sort date"),
        exit_codes.OF_SEARCH,
    ),
    "show": Command(
        ShowFlags,
        "Print one record whole, its lines numbered. The pager opens at its first match.",
        ("docindex show 1", "docindex show notes/gao.md --query accord -C 2"),
        exit_codes.OF_SHOW,
    ),
    "thread": Command(
        ThreadFlags,
        "Print a conversation of mail in order.\n\n"
        "Each message is shown with what it adds; text quoted from the others is left out.",
        ("docindex thread 1", "docindex thread mail/17.eml --json"),
        exit_codes.OF_SHOW,
    ),
    "kwic": Command(
        KwicFlags,
        "Print every match in its line of text. The matches stand in one column.",
        ("docindex kwic accord --sort R1", "docindex kwic accord --collocates"),
        exit_codes.OF_QUERIES,
    ),
    "timeline": Command(
        TimelineFlags,
        "Draw the matches over time. The first and the last of them are named.",
        ("docindex timeline Belmokhtar", "docindex timeline accord -e otages --by month"),
        exit_codes.OF_QUERIES,
    ),
    "names": Command(
        NamesFlags,
        "List the spellings of a name in the index.",
        ("docindex names Belmokhtar", "docindex names Belmokhtar --json"),
        exit_codes.OF_QUERIES,
    ),
    "people": Command(
        PeopleFlags,
        "List the people whom the records name.\n\nEach has the forms of the name and address that the headers unite.",
        ("docindex people", "docindex people --corrections people.txt --format csv"),
        exit_codes.OF_QUERIES,
    ),
    "matrix": Command(
        MatrixFlags,
        "Say who of a list of names stands with whom.\n\n"
        "Each pair has the records that hold both, the log-likelihood of that, and the first such record.",
        ("docindex matrix names.csv", "docindex matrix names.csv --within sentence"),
        exit_codes.OF_QUERIES,
    ),
    "watch": Command(
        WatchFlags,
        "Print what is new for a list of queries.\n\n"
        "What was shown stands in LIST.docindex-seen, by its content: a moved or rebuilt record is not new.",
        ("docindex watch names.csv", "docindex watch names.csv --format atom"),
        exit_codes.OF_WATCH,
    ),
    "verify": Command(
        VerifyFlags,
        "Verify the quotations of a draft.\n\n"
        "Each is verbatim, altered, near to a passage, or not found. Changed numbers and negations come first.",
        ("docindex verify draft.md", "docindex verify a.md --accept altered"),
        exit_codes.OF_VERIFY,
    ),
    "cite": Command(
        CiteFlags,
        "Cite records, with a seal of each source.",
        ("docindex cite press/a.txt:3", "docindex cite 1 2 --format bibtex"),
        exit_codes.OF_CITE,
    ),
    "replay": Command(
        ReplayFlags,
        "Run recorded searches again and compare.",
        ("docindex replay a.jsonl", "docindex replay a.jsonl --json"),
        exit_codes.OF_REPLAY,
    ),
    "record": Command(
        RecordFlags,
        "Show recorded searches as a table.",
        ("docindex record show a.jsonl", "docindex record show a.jsonl --format md"),
        exit_codes.OF_RECORD,
    ),
    "status": Command(
        StatusFlags,
        "Say what the index holds, how fresh it is. What could not be indexed is listed.",
        ("docindex status", "docindex status --failed"),
        exit_codes.OF_STATUS,
    ),
    "check": Command(
        CheckFlags,
        "Say what in a collection wants mending.\n\n"
        "That is what is dead, doubled, unlisted, undated, unreadable or at odds with its manifest.",
        ("docindex check", "docindex check --fix"),
        exit_codes.OF_CHECK,
    ),
    "init": Command(
        InitFlags,
        "Write an INDEX.md, or add new files to it.",
        ("docindex init", "docindex init letters/"),
        exit_codes.OF_INIT,
    ),
    "mcp": Command(
        McpFlags,
        "Answer programs over MCP.\n\n"
        "MCP is the Model Context Protocol. A client starts it: command docindex, arguments mcp --index DIR. "
        "docindex help mcp says more.",
        ("docindex mcp", "docindex mcp --index /archive/.docindex"),
        exit_codes.OF_MCP,
    ),
    "help": Command(
        HelpFlags,
        "Show the manual by topic.",
        ("docindex help", "docindex help query"),
        exit_codes.OF_HELP,
    ),
}
"""The commands in the order of the help."""

SUMMARY = "Index the documents that a Markdown manifest lists, and search them."
EXAMPLES = ("docindex build", 'docindex search "Belmokhtar"')


def typed(text: str) -> str:
    """Return what was typed in UTF-8 even if the locale has no such letters (LC_ALL=C).

    Only texts need it: the names of files are handed to the system as they came.
    """
    if text.isprintable():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


def _typed_value(value: Any) -> Any:
    if isinstance(value, str):
        return typed(value)
    return [typed(one) for one in value] if isinstance(value, list) else value


def query_text(text: str, searches: Mapping[str, str], *, literal: bool) -> str:
    """Return a query as typed, with its saved searches in place.

    A literal query has none. Raises UsageError.
    """
    if literal:
        return typed(text)
    from docindex.api.arguments import with_saved_searches

    return with_saved_searches(typed(text), searches)


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """Return the value if it is one of those known. Raises UsageError."""
    if value not in known:
        raise UsageError(f"unknown {name} '{value}'", ", ".join(known))
    return value
