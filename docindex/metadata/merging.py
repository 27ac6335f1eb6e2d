"""Merging of what the manifest, a file and its text say of one document. Pure."""

from __future__ import annotations

from docindex.model.documents import Metadata


def merge_metadata(*candidates: Metadata) -> Metadata:
    """Return for each term the first value that is known."""
    title = creator = publisher = date = language = None
    subject: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    resent: tuple[str, ...] = ()
    for one in reversed(candidates):
        title = one.title or title
        creator = one.creator or creator
        publisher = one.publisher or publisher
        date = one.date or date
        language = one.language or language
        subject = one.subject or subject
        to = one.to or to
        cc = one.cc or cc
        bcc = one.bcc or bcc
        reply_to = one.reply_to or reply_to
        resent = one.resent or resent
    return Metadata(title, creator, publisher, date, language, subject, to, cc, bcc, reply_to, resent)
