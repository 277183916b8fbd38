"""The account that a supplier is paid to: handed in, told of, confirmed by another, paused."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts import service as accounts
from marketplace.commands import serving
from marketplace.desk import queries as desk
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import BankAccount, Paper, Supplier
from marketplace.suppliers.states import AccountState, PaperKind, PaperState
from marketplace.work.models import TrailEntry
from tests.fixtures import PASSWORD, People, post
from tests.makers.onboarding import (
    NUMBER,
    a_change,
    a_colleague,
    a_confirmed_account,
    a_new_account,
    a_waiting_account,
)
from tests.makers.suppliers import a_draft_supplier, a_scan, an_approved_supplier

OTHER = "104610120000026699"
CARD = "6222021234567890128"  # invented, with a good check digit
CONTACT = "13900000001"


def is_paid(people: People, supplier: Supplier) -> bool:
    with people.runtime.reading() as session:
        return queries.is_paid(session, supplier.id, people.runtime.clock.now())


def confirm(people: People, who: str, account: BankAccount, number: str = NUMBER) -> BankAccount:
    with people.runtime.work(people.actor(who)) as w:
        return service.confirm_account(w, account.id, number)


def messages(people: People, mobile: str) -> str:
    """All that this phone got, after the worker has been round."""
    people.runtime.deliver()
    return "\n".join(people.runtime.tools.sms.recent(mobile))


def test_nothing_is_paid_before_a_second_person_has_confirmed_the_first_account(
    people: People,
) -> None:
    supplier = an_approved_supplier(people)
    assert not is_paid(people, supplier)
    waits = a_waiting_account(people, supplier)
    assert not is_paid(people, supplier)
    confirm(people, "reviewer", waits)
    assert is_paid(people, supplier)


def test_another_account_pauses_payouts_at_once_and_for_days_after(people: People, clock) -> None:  # type: ignore[no-untyped-def]
    supplier = an_approved_supplier(people)
    first = a_confirmed_account(people, supplier)
    waits = a_waiting_account(people, supplier, number=OTHER)
    assert not is_paid(people, supplier)
    new = confirm(people, "reviewer", waits, OTHER)
    days = people.runtime.tools.config.payout_pause_days
    assert new.paid_from == clock.now() + timedelta(days=days)
    assert not is_paid(people, supplier)
    clock.advance(days=days)
    assert is_paid(people, supplier)
    with people.runtime.reading() as session:
        assert session.get_one(BankAccount, first.id).state is AccountState.REPLACED


@pytest.mark.parametrize("way", ["withdraw", "refuse"])
def test_an_account_that_is_not_taken_leaves_the_old_one_paid(people: People, way: str) -> None:
    supplier = an_approved_supplier(people)
    a_confirmed_account(people, supplier)
    waits = a_waiting_account(people, supplier, number=OTHER)
    if way == "withdraw":
        with people.runtime.work(people.actor("supplier")) as w:
            service.withdraw_account(w, waits.id)
    else:
        with people.runtime.work(people.actor("reviewer")) as w:
            service.refuse_account(w, waits.id, "开户证明看不清")
    assert is_paid(people, supplier)


def test_the_old_contact_hears_of_it_twice(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_confirmed_account(people, supplier)
    with people.runtime.work(people.actor("supplier")) as w:
        moved = service.Contact("示例乡 1 号", "另一人", "13700000009")
        service.save(w, supplier.id, moved)
    waits = a_waiting_account(people, supplier, number=OTHER)
    for mobile in (CONTACT, "13700000009"):  # given with the old account, and today's
        told = messages(people, mobile)
        assert f"尾号 {OTHER[-4:]}，核对完成前暂停付款" in told
        assert OTHER not in told
    confirm(people, "reviewer", waits, OTHER)
    assert f"已改为尾号 {OTHER[-4:]}" in messages(people, CONTACT)


def test_whoever_hands_an_account_in_does_not_confirm_it(people: People) -> None:
    """P15: with whatever hats on."""
    waits = a_waiting_account(people, an_approved_supplier(people))
    both = people.both("supplier", "reviewer")
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.confirm_account(w, waits.id, NUMBER)


def test_whoever_handed_it_in_and_is_a_reviewer_since_does_not_confirm_it(people: People) -> None:
    """P15: also when they are of the supplier no more."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER)
    waits = a_waiting_account(people, supplier, other)
    since = Actor(people.ids[other], "示例", people.actor("reviewer").grants)
    with pytest.raises(SamePerson), people.runtime.work(since) as w:
        service.confirm_account(w, waits.id, NUMBER)


def test_where_there_is_a_second_owner_that_owner_confirms_and_no_reviewer(people: People) -> None:
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER, days_ago=30)
    waits = a_waiting_account(people, supplier)
    with pytest.raises(Refused, match="account_second_owner"):
        confirm(people, "reviewer", waits)
    assert confirm(people, other, waits).state is AccountState.CONFIRMED


def test_an_owner_who_left_is_no_second_owner_and_a_reviewer_is_asked(
    people: People, clock: SetClock
) -> None:
    """Whoever takes a firm over lets the other owner go: then a reviewer looks."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER, days_ago=30)
    waits = a_waiting_account(people, supplier)
    clock.advance(hours=1)
    with people.runtime.work(people.actor("supplier")) as w:
        accounts.dismiss(w, supplier.organisation_id, uuid.UUID(people.ids[other]))
    at = people.runtime.clock.now()
    with people.runtime.reading() as session:
        (told,) = desk.faults(session, at)
    assert str(waits.id) in told
    serving.once(people.runtime)
    with people.runtime.reading() as session:
        assert desk.open_task(session, ReviewKind.ACCOUNT, waits.id) is not None
        assert list(desk.faults(session, at)) == []
    assert confirm(people, "reviewer", waits).state is AccountState.CONFIRMED


def test_whoever_became_an_owner_only_lately_does_not_confirm(people: People) -> None:
    """Whoever takes a firm over makes an owner first: then a reviewer looks."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER, days_ago=1)
    waits = a_waiting_account(people, supplier)
    with pytest.raises(Forbidden):
        confirm(people, other, waits)
    assert confirm(people, "reviewer", waits).state is AccountState.CONFIRMED


def test_staff_and_strangers_neither_hand_in_nor_confirm(people: People) -> None:
    supplier = an_approved_supplier(people)
    staff = a_colleague(people)
    with pytest.raises(Forbidden):
        a_waiting_account(people, supplier, staff)
    waits = a_waiting_account(people, supplier)
    with pytest.raises(Forbidden):
        confirm(people, staff, waits)
    an_approved_supplier(people, "second_supplier", 2)
    with pytest.raises(Missing):
        confirm(people, "second_supplier", waits)


def test_the_second_person_types_the_number_from_the_paper(people: People) -> None:
    waits = a_waiting_account(people, an_approved_supplier(people))
    with pytest.raises(Invalid, match="account_number_differs"):
        confirm(people, "reviewer", waits, OTHER)
    assert confirm(people, "reviewer", waits, "1046 1012 0000 0266 88").number == NUMBER


def test_a_reviewer_who_confirms_has_looked_at_the_paper(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_confirmed_account(people, supplier)
    with people.runtime.reading() as session:
        asked = select(Paper).where(Paper.kind == PaperKind.BANK_ACCOUNT)
        paper = session.scalars(asked).one()
    assert paper.state is PaperState.ACCEPTED
    assert NUMBER not in paper.number


def test_under_another_name_nothing_is_paid_to_the_old_account(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_confirmed_account(people, supplier)
    change = a_change(people, supplier)
    assert is_paid(people, supplier)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id)
    assert not is_paid(people, supplier)


def test_an_account_in_an_old_name_is_not_confirmed(people: People) -> None:
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)
    waits = a_waiting_account(people, supplier)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id)
    with pytest.raises(Refused, match="account_holder_changed"):
        confirm(people, "reviewer", waits)


def test_one_account_waits_at_a_time_and_none_is_handed_in_twice(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_confirmed_account(people, supplier)
    with pytest.raises(Refused, match="account_same"):
        a_waiting_account(people, supplier)
    a_waiting_account(people, supplier, number=OTHER)
    with pytest.raises(Refused, match="account_waits"):
        a_waiting_account(people, supplier, number=CARD)


def test_a_supplier_that_is_not_in_has_no_account(people: People) -> None:
    with pytest.raises(WrongState):
        a_waiting_account(people, a_draft_supplier(people))


@pytest.mark.parametrize("number", ["", "1234567", "12345678A", "9" * 31])
def test_what_is_no_account_number_is_refused(people: People, number: str) -> None:
    supplier = an_approved_supplier(people)
    with pytest.raises(Invalid, match="account_number"):
        a_waiting_account(people, supplier, number=number)


def test_an_account_of_another_supplier_is_refused(people: People) -> None:
    a_waiting_account(people, an_approved_supplier(people))
    second = an_approved_supplier(people, "second_supplier", 2)
    with pytest.raises(Invalid, match="account_elsewhere"):
        a_waiting_account(people, second, "second_supplier")


def test_a_number_that_looks_like_a_card_is_told_and_not_refused(people: People) -> None:
    waits = a_waiting_account(people, an_approved_supplier(people), number=CARD)
    assert [one.check for one in queries.account_findings(waits)] == ["account_card"]
    assert not rules.looks_like_a_card(CARD[:-1] + "1")
    assert not rules.looks_like_a_card(NUMBER)


def test_no_number_stands_on_the_trail_in_the_clear(people: People) -> None:
    supplier = an_approved_supplier(people)
    first = a_confirmed_account(people, supplier)
    confirm(people, "reviewer", a_waiting_account(people, supplier, number=OTHER), OTHER)
    with people.runtime.reading() as session:
        told = [str(one.data) for one in session.scalars(select(TrailEntry))]
    assert not [one for one in told if NUMBER in one or OTHER in one]
    kept = rules.fingerprint(NUMBER, first.salt)
    assert sum(kept in one for one in told) == 3  # proposed, confirmed, replaced
    assert rules.fingerprint(NUMBER, "another salt") != kept


def test_no_number_stands_in_a_log_or_an_error(people: People, caplog) -> None:  # type: ignore[no-untyped-def]
    supplier = an_approved_supplier(people)
    waits = a_waiting_account(people, supplier)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Exception) as broken, people.runtime.work() as w:  # noqa: PT011  # Conflict hides it
        row = {c.name: getattr(waits, c.name) for c in BankAccount.__table__.columns}
        w.session.execute(BankAccount.__table__.insert(), [row])  # type: ignore[attr-defined]  # a Table
    fault: BaseException | None = broken.value
    chain = []
    while fault is not None:
        chain.append(fault)
        fault = fault.__cause__ or fault.__context__
    assert any(isinstance(one, IntegrityError) for one in chain)
    assert not [one for one in chain if NUMBER in str(one)]
    assert NUMBER not in caplog.text
    assert NUMBER not in repr(a_new_account())


def form(password: str = PASSWORD, **changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "bank": "示例银行",
        "branch": "示例支行",
        "number": NUMBER,
        "valid_from": "2025-05-06",
        "scan": (io.BytesIO(a_scan()), "开户证明.png"),
        "password": password,
    }
    return {**said, **changes}


def test_an_owner_hands_an_account_in_with_the_password_once_more(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    client = client_as("supplier")
    address = f"/suppliers/{supplier.id}/account"
    wrong = post(client, address, **form("not-the-password"))
    assert wrong.status_code == 422
    assert 'id="password-error"' in wrong.text
    assert NUMBER not in wrong.text
    with people.runtime.reading() as session:
        assert queries.accounts(session, supplier.id) == []
    assert post(client, address, **form()).status_code == 303
    page = client.get(address).text
    assert NUMBER not in page
    assert f"尾号 {NUMBER[-4:]}" in page


def test_a_password_is_not_guessed_at_this_form(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P22: wrong ones count as tries to sign in."""
    supplier = an_approved_supplier(people)
    client = client_as("supplier")
    address = f"/suppliers/{supplier.id}/account"
    codes = [post(client, address, **form(f"wrong-password-{n}")).status_code for n in range(12)]
    assert codes[-1] == 429


def test_a_reviewer_confirms_on_the_page_and_sees_no_number(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    waits = a_waiting_account(people, supplier)
    client = client_as("reviewer")
    address = f"/suppliers/{supplier.id}/account"
    assert NUMBER not in client.get(address).text
    target = f"/suppliers/accounts/{waits.id}/confirm"
    wrong = post(client, target, on=address, number=OTHER)
    assert wrong.status_code == 422
    assert OTHER not in wrong.text
    assert post(client, target, on=address, number=NUMBER).status_code == 303
    assert is_paid(people, supplier)


def test_the_paper_of_an_account_is_handed_in_and_corrected_with_its_account_alone(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """Else a colleague who is no owner puts another one under the account that waits."""
    supplier = an_approved_supplier(people)
    account = a_waiting_account(people, supplier)
    client = client_as("supplier")
    said = {"kind": "bank_account", "holder": supplier.legal_name, "valid_from": "2026-04-01"}
    for after in ("", str(account.paper_id)):
        scan = (io.BytesIO(a_scan()), "开户.png")
        sent = {**said, "number": "示例 9999", "issuer": "示例银行", "after": after, "scan": scan}
        assert post(client, f"/suppliers/{supplier.id}/papers", **sent).status_code == 404
    page = client.get(f"/suppliers/papers/{account.paper_id}")
    assert (page.status_code, "更正" in page.text) == (200, False)
    with people.runtime.reading() as session:
        assert session.get_one(Paper, account.paper_id).state is PaperState.PENDING
