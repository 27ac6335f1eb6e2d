"""The exit codes, and their meaning for each command."""

from __future__ import annotations

from docindex.errors import DocindexError, IndexBusy, IndexMissing, RecordError

FOUND = 0
NOT_FOUND = RecordError.exit_code
FAILED = DocindexError.exit_code
NO_INDEX = IndexMissing.exit_code
BUSY = IndexBusy.exit_code
INTERRUPTED = 130

_STOPPED = (INTERRUPTED, "interrupted")
_NO_INDEX = (NO_INDEX, "no index, or one to be built anew")
_QUERY = ((FOUND, "at least one match"), (NOT_FOUND, "no match"), (FAILED, "wrong usage, or a failure"))
_COLLECTION = (FAILED, "wrong usage, or a manifest that cannot be read")

OF_SEARCH = (*_QUERY, (NO_INDEX, "no index, or an outdated or stale one"), _STOPPED)
OF_QUERIES = (*_QUERY, _NO_INDEX, _STOPPED)
OF_SHOW = (
    (FOUND, "the record is shown"),
    (NOT_FOUND, "no such record, or no match of --query"),
    (FAILED, "wrong usage, or a failure"),
    _NO_INDEX,
    _STOPPED,
)
OF_VERIFY = (
    (FOUND, "all quotations, or all seals, are good"),
    (NOT_FOUND, "some are not"),
    (FAILED, "wrong usage, or a failure"),
    _NO_INDEX,
    _STOPPED,
)
OF_CITE = (
    (FOUND, "all records are cited"),
    (NOT_FOUND, "no such record"),
    (FAILED, "wrong usage, or a failure"),
    _NO_INDEX,
    _STOPPED,
)
OF_REPLAY = (
    (FOUND, "every answer is the same"),
    (NOT_FOUND, "some differ"),
    (FAILED, "wrong usage, or a failure"),
    _NO_INDEX,
    _STOPPED,
)
OF_RECORD = ((FOUND, "shown"), (FAILED, "wrong usage, or a failure"), _STOPPED)
OF_BUILD = (
    (FOUND, "all is indexed"),
    (NOT_FOUND, "built, but some sources failed"),
    (FAILED, "wrong usage, or a failure: nothing has changed"),
    (BUSY, "another build is running"),
    (INTERRUPTED, "interrupted: nothing has changed"),
)
OF_WATCH = (
    (FOUND, "news"),
    (NOT_FOUND, "no news"),
    (FAILED, "wrong usage, or a failure: nothing is marked"),
    _NO_INDEX,
    _STOPPED,
)
OF_STATUS = ((FOUND, "there is an index"), (FAILED, "wrong usage, or a failure"), _NO_INDEX, _STOPPED)
OF_MCP = ((FOUND, "the client has closed it"), (FAILED, "wrong usage, or a failure"), _NO_INDEX, _STOPPED)
OF_CHECK = ((FOUND, "nothing to report"), (NOT_FOUND, "findings"), _COLLECTION, _STOPPED)
OF_INIT = ((FOUND, "written"), (FAILED, "it cannot be read or written"), _STOPPED)
OF_HELP = ((FOUND, "shown"), (FAILED, "there is no such topic"), _STOPPED)
OF_ALL = (
    (FOUND, "found; build: all is indexed"),
    (NOT_FOUND, "nothing found; build: some sources failed"),
    (FAILED, "wrong usage, or a failure"),
    _NO_INDEX,
    (BUSY, "another build is running"),
    _STOPPED,
)
