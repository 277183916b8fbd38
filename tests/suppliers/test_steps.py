"""An application step by step: half-filled it is kept, and it says what is missing where."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.errors import Invalid, Refused, WrongState
from marketplace.kernel.money import Money
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service import Contact, Entity, Incomplete, Story
from marketplace.suppliers.states import ApplicationStep, SupplierKind, SupplierState
from tests.fixtures import People, post, sign_in
from tests.makers.onboarding import a_colleague
from tests.makers.suppliers import (
    a_credit_code,
    a_draft_supplier,
    a_submitted_supplier,
    an_approved_supplier,
)

STEP = ApplicationStep


def a_beginning(people: People, kind: SupplierKind = SupplierKind.COOPERATIVE) -> Supplier:
    actor = people.actor("supplier")
    with people.runtime.work(actor) as w:
        return service.begin(w, next(iter(actor.grants)).organisation_id, kind, "示例合作社")


def missing(people: People, supplier: Supplier) -> set[str]:
    with people.runtime.reading() as session:
        found = queries.own_one(session, people.actor("supplier"), supplier.id)
        return {gap.what for gap in queries.gaps(session, found, people.runtime.clock.now())}


def test_a_draft_may_know_no_more_than_kind_and_name(people: People) -> None:
    supplier = a_beginning(people)
    assert (supplier.state, supplier.credit_code) == (SupplierState.DRAFT, None)
    assert missing(people, supplier) == {
        "credit_code", "county_code", "address", "contact_name", "contact_mobile",
        "registration", "integrity", "quality",
    }  # fmt: skip


def test_a_half_filled_step_is_kept_and_gone_on_with_later(people: People) -> None:
    supplier = a_beginning(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.save(w, supplier.id, Contact("示例乡 1 号", "", ""))
    assert "address" not in missing(people, supplier)
    assert "contact_name" in missing(people, supplier)
    with people.runtime.work(people.actor("supplier")) as w:
        again = service.save(w, supplier.id, Contact("示例乡 1 号", "示例人", "13900000001"))
        assert again.contact_mobile == "13900000001"


def test_a_step_is_done_when_it_was_saved_and_asks_nothing_more(people: People) -> None:
    supplier = a_beginning(people)

    def done() -> list[str]:
        at = people.runtime.clock.now()
        with people.runtime.reading() as session:
            found = queries.own_one(session, people.actor("supplier"), supplier.id)
            progress = queries.progress(session, found, at)
        return [row.step.value for row in progress.rows if row.done] + [progress.next.value]

    assert done() == ["entity"]  # which is also the next one
    with people.runtime.work(people.actor("supplier")) as w:
        said = Entity(SupplierKind.COOPERATIVE, "示例合作社", a_credit_code(1), "伽师县")
        service.save(w, supplier.id, said, Story("示例故事", Money(10_00)))
    assert done() == ["entity", "story", "contact"]


def test_what_is_missing_is_not_submitted(people: People) -> None:
    supplier = a_beginning(people)
    with pytest.raises(Incomplete) as refusal, people.runtime.work(people.actor("supplier")) as w:
        service.submit(w, supplier.id)
    assert {gap.step for gap in refusal.value.gaps} == {STEP.ENTITY, STEP.CONTACT, STEP.DECLARE}


def test_a_wrong_code_or_county_is_refused_though_an_empty_one_is_not(people: People) -> None:
    supplier = a_beginning(people)
    for code, county, fault in (
        (a_credit_code(1, begins="91"), "", "credit_code_kind"),
        ("", "示例不存在县", "county_unknown"),
    ):
        with (
            pytest.raises(Invalid, match=fault),
            people.runtime.work(people.actor("supplier")) as w,
        ):
            said = Entity(SupplierKind.COOPERATIVE, "示例合作社", code, county)
            service.save(w, supplier.id, said)


def test_a_code_of_another_supplier_is_refused(people: People) -> None:
    a_draft_supplier(people, "second_supplier", 2)
    supplier = a_beginning(people)
    with (
        pytest.raises(Refused, match="credit_code_taken"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        said = Entity(SupplierKind.COOPERATIVE, "示例合作社", a_credit_code(2), "")
        service.save(w, supplier.id, said)


@pytest.mark.parametrize(
    ("said", "is_open"),
    [
        (Entity(SupplierKind.COOPERATIVE, "另一家", a_credit_code(9), "653129"), False),
        (Contact("示例乡 2 号", "示例人", "13900000009"), True),
        (Story("示例新故事"), True),
    ],
)
def test_who_a_supplier_is_locks_when_it_is_let_in(
    people: People, said: Entity | Contact | Story, is_open: bool
) -> None:
    supplier = an_approved_supplier(people)
    if is_open:
        with people.runtime.work(people.actor("supplier")) as w:
            service.save(w, supplier.id, said)
            assert w.deeds[-1].verb == "revise"
        return
    with pytest.raises(WrongState), people.runtime.work(people.actor("supplier")) as w:
        service.save(w, supplier.id, said)


def test_while_a_reviewer_looks_no_step_is_saved(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with pytest.raises(WrongState), people.runtime.work(people.actor("supplier")) as w:
        service.save(w, supplier.id, Story("示例新故事"))


def test_the_old_contact_hears_that_it_is_the_contact_no_more(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.save(w, supplier.id, Contact("示例乡 1 号", "另一人", "13700000009"))
    people.runtime.deliver()
    told = "\n".join(people.runtime.tools.sms.recent("13900000001"))
    assert "联系手机已改为尾号 0009" in told
    assert "13700000009" not in told


def test_an_application_goes_from_a_phone_to_another_and_is_submitted(
    app, people: People, client_as: Callable[[str], FlaskClient]
) -> None:  # type: ignore[no-untyped-def]
    first = client_as("supplier")
    begun = post(first, "/suppliers/register", kind="cooperative", legal_name="示例合作社")
    entity = begun.headers["Location"]
    assert entity.endswith("/steps/entity")
    base = entity.removesuffix("entity")
    answer = post(first, entity, kind="cooperative", legal_name="示例合作社", then="later")
    assert not answer.headers["Location"].endswith("/steps/contact")
    page = first.get(answer.headers["Location"]).text
    assert f"{base}entity" in page  # the way back to what is missing
    colleague = a_colleague(people, mobile="13700000012")
    second = sign_in(app, "13700000012")
    assert colleague in people.ids
    said = {"kind": "cooperative", "legal_name": "示例合作社", "credit_code": a_credit_code(1),
            "county": "伽师县"}  # fmt: skip
    assert post(second, entity, **said).headers["Location"].endswith("/steps/contact")
    contact = {"address": "示例乡", "contact_name": "示例人", "contact_mobile": "13900000001"}
    assert post(second, f"{base}contact", **contact).headers["Location"].endswith("/steps/story")
    post(second, f"{base}story", story="示例", freight_fee="12.50")
    check = second.get(f"{base}check").text
    assert "12.50" in check
    assert f'href="{base}papers"' in check
    assert "/submit" not in check


def test_what_is_missing_is_listed_with_a_way_to_its_step(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = a_beginning(people)
    base = f"/suppliers/{supplier.id}"
    client = client_as("supplier")
    answer = post(client, f"{base}/submit", on=f"{base}/steps/story")
    assert answer.headers["Location"].endswith("/steps/check")
    page = client.get(answer.headers["Location"]).text
    listed = re.findall(r'<li>[^<]+<a href="([^"]+)"', page)
    assert {f"{base}/steps/{step}" for step in ("entity", "contact", "papers")} <= set(listed)


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("entity", "credit_code", "12345"),
        ("entity", "county", "示例不存在县"),
        ("entity", "legal_name", ""),
        ("contact", "contact_mobile", "021-5555"),
        ("contact", "address", "A" * 201),
        ("story", "freight_fee", "-1"),
        ("story", "freight_fee", "很多"),
    ],
)
def test_a_fault_of_a_step_is_told_beside_its_field(
    people: People, client_as: Callable[[str], FlaskClient], step: str, field: str, value: str
) -> None:
    supplier = a_beginning(people)
    said = {"kind": "cooperative", "legal_name": "示例合作社"} if step == "entity" else {}
    address = f"/suppliers/{supplier.id}/steps/{step}"
    answer = post(client_as("supplier"), address, **{**said, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'href="#{field}"' in answer.text


@pytest.mark.parametrize("step", ["growers", "nothing", "papers/"])
def test_a_step_that_is_not_asked_of_this_kind_is_not_there(
    people: People, client_as: Callable[[str], FlaskClient], step: str
) -> None:
    supplier = a_beginning(people)
    assert client_as("supplier").get(f"/suppliers/{supplier.id}/steps/{step}").status_code == 404
