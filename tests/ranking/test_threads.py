"""Messages of one conversation share keys; messages of others share none."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from docindex.model.documents import Record, Source
from docindex.ranking import thread_keys
from docindex.ranking.threads import MAX_GAP_DAYS, MAX_KEY_MESSAGES, ThreadLinks, Threads
from docindex.readers import mail, text


class Messages:
    """Records as the index reader has them."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self._links = dict(enumerate(map(thread_keys.thread_links, records)))
        self.looked_up: list[str] = []

    def doc_count(self) -> int:
        return len(self._records)

    def docs_with_thread_key(self, key: str) -> list[int]:
        self.looked_up.append(key)
        return [number for number, links in self._links.items() if links and key in (*links.keys, links.subject)]

    def thread_links(self, documents: object) -> dict[int, ThreadLinks | None]:
        return self._links

    def all_thread_links(self) -> dict[int, ThreadLinks | None]:
        return self._links

    def earliest_days(self, documents: object) -> dict[int, int]:
        dates = [record.metadata.date for record in self._records]
        return {number: day.earliest.toordinal() if day else 0 for number, day in enumerate(dates)}


def sent(subject: str, day: str = "3 Jan 2011 09:15:00 +0000", body: str = "Text.", **fields: str) -> Record:
    message = EmailMessage()
    message["From"], message["To"] = fields.pop("From", "jane@mail.example"), fields.pop("To", "max@mail.example")
    message["Subject"], message["Date"] = subject, day
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    (record,) = mail.read(Source("a.eml"), message.as_bytes())
    assert isinstance(record, Record)
    return record


def printed(subject: str, sent_at: str, body: str, sender: str = "Jane Doe", to: str = "Max Roe") -> Record:
    head = f"From: {sender}\nSent: {sent_at}\nTo: {to}\nSubject: {subject}\n\n{body}"
    (record,) = text.read(Source("a.txt"), head.encode())
    return record


def groups(*records: Record) -> list[list[int]]:
    """Return the conversations of records; they are the same whether all links are read or few."""
    found = Threads(Messages(list(records))).group(range(len(records)))
    one_by_one = Threads(Messages(list(records)))
    assert {one_by_one.thread(number) for number in range(len(records))} == set(map(tuple, map(sorted, found)))
    return found


def test_ids_and_references_join_messages_whatever_their_subjects() -> None:
    assert groups(
        sent("The talks", Message_ID="<1@mail.example>"),
        sent("Lunch", Message_ID="<2@mail.example>"),
        sent("Other words", Message_ID="<3@mail.example>", In_Reply_To="<1@mail.example>"),
        sent("Third", Message_ID="<4@mail.example>", References="<1@mail.example> <3@mail.example>"),
    ) == [[0, 2, 3], [1]]


def test_messages_with_a_common_parent_that_is_missing_are_joined() -> None:
    answers = [sent(f"Re {number}", Message_ID=f"<{number}@x>", In_Reply_To="<0@x>") for number in (1, 2)]
    assert groups(*answers) == [[0, 1]]


def test_a_quoted_header_joins_printed_mails_though_their_time_differs_by_the_zone() -> None:
    first = printed("The talks in Gao", "Monday, January 3, 2011 9:15 AM", "No, never.")
    quoted = "From: Jane Doe\nSent: Monday, January 03, 2011 03:15 PM\nTo: Max Roe\nSubject: The talks in Gao\n\nNo,"
    answer = printed("Re: The talks in Gao", "Tuesday, January 4, 2011 8:00 AM", f"Why?\n\n{quoted}", "Max Roe", "Jane")
    assert groups(first, answer) == [[0, 1]]


def test_an_everyday_subject_on_one_day_joins_nothing() -> None:
    assert groups(
        printed("Update", "Monday, January 3, 2011 9:15 AM", "First."),
        printed("Update", "Monday, January 3, 2011 10:15 AM", "Second."),
    ) == [[0], [1]]


def test_an_answer_without_links_belongs_to_the_last_message_with_its_subject_and_a_person() -> None:
    assert groups(
        sent("Budget", "1 Jan 2011 09:00:00 +0000"),
        sent("Budget", "9 Jan 2011 09:00:00 +0000"),
        sent("Budget", "9 Jan 2011 10:00:00 +0000", From="stranger@x.example", To="other@x.example"),
        sent("Re: Budget", "10 Jan 2011 09:00:00 +0000", From="max@mail.example", To="jane@mail.example"),
        sent("Re: Budget", "10 Jun 2012 09:00:00 +0000"),
    ) == [[0], [1, 3], [2], [4]]
    assert date(2011, 1, 10).toordinal() - date(2011, 1, 9).toordinal() <= MAX_GAP_DAYS


def test_the_beginning_of_a_quoted_text_joins_messages_with_one_subject() -> None:
    said = "The consul was taken with his six colleagues in Gao."
    first = printed("Gao, the consul", "Monday, January 3, 2011 9:15 AM", said)
    quoted = f"From: Jane\nTo: Max\nSubject: Gao, the consul\n\n{said}"
    answer = printed("RE: Gao, the consul", "Friday, July 1, 2011 8:00 AM", f"Oh.\n\n{quoted}")
    other = printed("Gao, the consul", "Friday, July 8, 2011 8:00 AM", "Another text of that name, months later.")
    assert groups(first, answer, other) == [[0, 1], [2]]


def test_a_running_foot_joins_nothing() -> None:
    foot = "ARCHIVE OF THE PROVINCE, FIFTH BOX, RELEASED IN PART"
    quoted = "From: Jane\nTo: Max\nSubject: Anything to report?"

    def page(day: str) -> Record:
        head = f"From: A\nSent: {day}\nTo: B\nSubject: Re: Anything to report?\n\nNo.\n\n{quoted}\n\n{foot}"
        (record,) = text.read(Source("a.txt"), f"{foot}\n{head}".encode())
        return record

    assert groups(page("Monday, January 3, 2011 9:15 AM"), page("Friday, July 1, 2011 8:00 AM")) == [[0], [1]]


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Re: Fw: The talks", "thetalks"),
        ("RE[2]: AW: The Talks", "thetalks"),
        ("[list] Re: [list] The talks", "thetalks"),
        ("TR : Les pourparlers", "lespourparlers"),
        ("رد: المفاوضات", "المفاوضات"),
        ("Reform: now", "reformnow"),
    ],
)
def test_prefixes_of_answers_are_no_part_of_a_subject(title: str, subject: str) -> None:
    assert thread_keys.base_subject(title) == subject


def test_a_mass_mailing_is_no_conversation() -> None:
    bulk = [sent("News", Message_ID=f"<{number}@x>", References="<list@x>") for number in range(3)]
    reader = Messages(bulk)
    links = thread_keys.thread_links(bulk[0])
    reader._links = dict.fromkeys(range(MAX_KEY_MESSAGES + 1), links)
    assert Threads(reader).thread(0) == (0,)


def test_a_record_that_is_no_message_has_no_links() -> None:
    (record,) = text.read(Source("a.txt"), b"A title\n\nSome text.")
    assert thread_keys.thread_links(record) is None
