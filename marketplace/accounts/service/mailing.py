"""Notices by mail: once in a while one letter for all that is new, so that a morning of decisions
is one letter and not a hundred."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import update

from marketplace.accounts import queries
from marketplace.accounts.models import Notice, Person
from marketplace.web.labels import notice_words
from marketplace.web.letters import Letter, mail
from marketplace.web.words import LANGUAGES, Words
from marketplace.work import Work

AT_ONCE = 500  # notices of one round; the next one takes the rest
MOST_TOLD = 20  # in one letter; of the rest it says how many they are
PAGE = "/notices"


def mail_notices(w: Work) -> int:
    """A letter to everybody with an address in the organisations that were told something, in the
    language that each chose. Answers how many notices were looked at. By the system."""
    owed = queries.owed_by_mail(w.session, most=AT_ONCE)
    if not owed:
        return 0
    told: dict[uuid.UUID, list[Notice]] = {}
    for notice in owed:
        told.setdefault(notice.organisation_id, []).append(notice)
    if w.tools.config.sends_mail:
        for place, people in queries.readers(w.session, list(told), w.now).items():
            for person in people:
                _send(w, person, told[place])
    done = update(Notice).where(Notice.id.in_([notice.id for notice in owed]))
    w.session.execute(
        done.values(mail_owed=False), execution_options={"synchronize_session": False}
    )
    return len(owed)


def speak(w: Work, language: str) -> None:
    """The person chose a language: letters are written in it too."""
    if language in LANGUAGES and (own := _own_id(w.actor.person_id)):
        w.session.execute(update(Person).where(Person.id == own).values(language=language))


def words_for(person: Person) -> Words:
    """In which a letter to this person is written."""
    return Words(person.language or LANGUAGES[0])


def _send(w: Work, person: Person, told: Sequence[Notice]) -> None:
    say = words_for(person)
    lines = [_line(say, notice) for notice in told[:MOST_TOLD]]
    if (more := len(told) - MOST_TOLD) > 0:
        lines.append(say("letter.more", n=more))
    subject = lines[0] if len(told) == 1 else say("letter.notices", n=len(told))
    address = w.tools.public_address
    letter = Letter(
        subject=subject.partition("\n")[0][:120],
        before=(say("letter.greeting", name=person.name), *lines),
        link=f"{address}{PAGE}" if address else "",
        link_words=say("letter.open"),
        after=() if address else (say("letter.sign_in"),),
    )
    w.send(mail(person.email or "", letter, say))


def _line(say: Words, notice: Notice) -> str:
    what = notice_words(notice.code, notice.data, say)
    note = str(notice.data.get("note") or "")
    return f"{what}\n{say('letter.reason', note=note)}" if note else what


def _own_id(person_id: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(person_id)
    except ValueError:  # a host's own
        return None
