"""Papers that run out are told of in time: each day of each paper once, whatever the worker did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.commands import serving
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.suppliers import service
from marketplace.suppliers.models import ExpiryReminder, Supplier
from marketplace.suppliers.rules import expiring
from marketplace.suppliers.rules.kinds import KINDS
from marketplace.suppliers.states import PaperKind
from marketplace.work import Runtime
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.doors import letters
from tests.makers.suppliers import a_paper, an_approved_supplier

END = date(2027, 3, 31)
PHONE = "13900000001"


def told(runtime: Runtime) -> list[str]:
    """Reminders on the contact's phone, oldest first, after everything was delivered."""
    while runtime.deliver():
        pass
    return [text for text in reversed(runtime.tools.sms.recent(PHONE)) if "还剩" in text]


def before_the_end(clock: SetClock, days: int) -> None:
    """Move to the second at which so many days are left."""
    clock.at = end_of_day(END) - timedelta(days=days)


def renewed(people: People, supplier: Supplier, until: date | None) -> None:
    handed = a_paper(PaperKind.INSPECTION_REPORT, number="示例 0002", valid_until=until)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = service.hand_in(w, supplier.id, handed)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, paper.id)


def reminded_days(runtime: Runtime) -> list[int]:
    with runtime.reading() as session:
        return list(session.scalars(select(ExpiryReminder.days).order_by(ExpiryReminder.at)))


def test_the_worker_reminds_at_ninety_sixty_thirty_and_seven_days(
    people: People, clock: SetClock
) -> None:
    """Through the very round that the worker makes, so that nobody has to remember to start it."""
    an_approved_supplier(people, until=END)
    for days in (120, 91, 90, 89, 60, 30, 29, 7, 6, 1):
        before_the_end(clock, days)
        serving.once(people.runtime)
    assert [message.count("还剩") for message in told(people.runtime)] == [1, 1, 1, 1]
    lefts = [message.partition("还剩")[2].partition("。")[0] for message in told(people.runtime)]
    assert lefts == ["90天", "60天", "30天", "7天"]


def test_a_food_production_licence_is_told_of_a_hundred_and_twenty_days_ahead(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people, until=date(2029, 1, 1))
    licence = a_paper(PaperKind.FOOD_PRODUCTION, valid_until=END)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = service.hand_in(w, supplier.id, licence)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, paper.id)
    clock.at = end_of_day(END) - timedelta(days=120, seconds=1)
    serving.once(people.runtime)
    assert not told(people.runtime)
    before_the_end(clock, 120)
    clock.advance(minutes=20)
    serving.once(people.runtime)
    (message,) = told(people.runtime)
    assert "食品生产许可证" in message


def test_a_worker_that_was_down_over_days_tells_of_the_nearest_alone(
    people: People, clock: SetClock
) -> None:
    an_approved_supplier(people, until=END)
    before_the_end(clock, 25)  # nobody worked at 90, 60 and 30 days
    serving.once(people.runtime)
    assert reminded_days(people.runtime) == [30]
    (message,) = told(people.runtime)
    assert "还剩25天" in message
    before_the_end(clock, 7)
    serving.once(people.runtime)
    assert reminded_days(people.runtime) == [30, 7]


def test_each_day_is_told_once_however_often_the_worker_goes_round(
    people: People, clock: SetClock
) -> None:
    """P33: the reminder, its row and its messages are one transaction."""
    an_approved_supplier(people, until=END)
    before_the_end(clock, 90)
    for _round in range(5):
        serving.once(people.runtime)
        clock.advance(minutes=11)
    with people.runtime.work() as w:
        assert service.remind_of_papers(w) == 0
    assert len(told(people.runtime)) == 1
    with people.runtime.reading() as session:
        rows = session.scalars(select(TrailEntry).where(TrailEntry.verb == "remind")).all()
    assert [row.data for row in rows] == [{"days": 90}]


def test_an_accepted_renewal_that_covers_the_end_stops_the_reminders(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people, until=END)
    before_the_end(clock, 90)
    serving.once(people.runtime)
    renewed(people, supplier, date(2028, 3, 31))
    for days in (60, 30, 7):
        before_the_end(clock, days)
        serving.once(people.runtime)
    assert reminded_days(people.runtime) == [90]


def test_a_renewal_that_ends_no_later_or_waits_for_a_look_stops_nothing(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people, until=END)
    with people.runtime.work(people.actor("supplier")) as w:
        later = a_paper(PaperKind.INSPECTION_REPORT, valid_until=date(2028, 3, 31))
        service.hand_in(w, supplier.id, later)
    before_the_end(clock, 60)
    serving.once(people.runtime)
    assert reminded_days(people.runtime) == [60]
    renewed(people, supplier, END - timedelta(days=1))
    before_the_end(clock, 30)
    serving.once(people.runtime)
    assert reminded_days(people.runtime) == [60, 30]


def test_staff_with_an_address_are_told_by_mail_too(people: People, clock: SetClock) -> None:
    an_approved_supplier(people, until=END)
    with people.runtime.work() as w:
        staff = w.session.scalars(select(Person).where(Person.mobile == "13500000009")).one()
        staff.email = "staff@coop.example"
    before_the_end(clock, 7)
    serving.once(people.runtime)
    (letter,) = letters(people.runtime)
    assert "检验报告" in letter
    assert "还剩 7 天" in letter


def test_the_staff_finds_the_reminder_among_its_notices(
    people: People, clock: SetClock, client_as: Callable[[str], FlaskClient]
) -> None:
    an_approved_supplier(people, until=END)
    before_the_end(clock, 30)
    serving.once(people.runtime)
    page = client_as("supplier").get("/notices", follow_redirects=True).text
    assert "检验报告（示例 0001）还剩 30 天到期" in page


def test_nothing_is_told_of_a_paper_that_has_run_out_or_never_ends(
    people: People, clock: SetClock
) -> None:
    an_approved_supplier(people, until=END)
    clock.at = end_of_day(END)
    serving.once(people.runtime)
    assert not told(people.runtime)


@pytest.mark.parametrize(
    ("accepted", "left", "due"),
    [(200, 91, None), (200, 90, 90), (200, 10, 30), (50, 40, None), (50, 30, 30), (200, 0, None)],
)
def test_only_days_after_the_paper_was_accepted_count(
    accepted: int, left: int, due: int | None
) -> None:
    end = end_of_day(END)
    found = expiring.due_reminder(
        end,
        KINDS[PaperKind.INSPECTION_REPORT].remind,
        since=end - timedelta(days=accepted),
        at=end - timedelta(days=left),
    )
    assert found == due
