"""Makers of what owners change: growers of a trading firm, a change of entity, a payout account."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

from marketplace.accounts import service as accounts
from marketplace.kernel.actor import Role
from marketplace.suppliers import service
from marketplace.suppliers.models import BankAccount, EntityChange, Grower, Supplier
from marketplace.suppliers.states import GrowerKind, GrowerLink, SupplierKind
from tests.fixtures import PASSWORD
from tests.makers.suppliers import COUNTY, a_credit_code, a_scan, an_application

if TYPE_CHECKING:
    from tests.fixtures import People

NUMBER = "104610120000026688"  # of no bank; 18 digits, and no card


def a_trader(people: People, name: str = "supplier", serial: int = 1) -> Supplier:
    """A draft of a trading firm that names nobody yet."""
    said = an_application(
        serial,
        kind=SupplierKind.TRADER,
        legal_name=f"示例贸易公司{serial}",
        credit_code=a_credit_code(serial, begins="91"),
    )
    actor = people.actor(name)
    with people.runtime.work(actor) as w:
        return service.register(w, min(actor.organisations(Role.SUPPLIER_STAFF)), said)


def a_named_grower(**changes: object) -> service.NamedGrower:
    said: dict[str, object] = {
        "name": "示例农户",
        "kind": GrowerKind.FARMER,
        "county": COUNTY,
        "link": GrowerLink.COMMISSION,
        "agreement": "示例 1 号，2026-03-01",
    }
    return service.NamedGrower(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_grower(
    people: People, supplier: Supplier, who: str = "supplier", **changes: object
) -> Grower:
    with people.runtime.work(people.actor(who)) as w:
        return service.name_grower(w, supplier.id, a_named_grower(**changes))


def another_name(serial: int = 1, **changes: object) -> service.Entity:
    """The same firm under another name."""
    said: dict[str, object] = {
        "kind": SupplierKind.COOPERATIVE,
        "legal_name": f"示例新名合作社{serial}",
        "credit_code": a_credit_code(serial),
        "county": COUNTY,
    }
    return service.Entity(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_change(people: People, supplier: Supplier, name: str = "supplier") -> EntityChange:
    with people.runtime.work(people.actor(name)) as w:
        said = another_name(credit_code=supplier.credit_code)
        return service.propose_change(w, supplier.id, said, "示例：改名")


def a_new_account(number: str = NUMBER, **changes: object) -> service.NewAccount:
    said: dict[str, object] = {
        "bank": "示例银行",
        "branch": "示例支行",
        "number": number,
        "opened_on": date(2025, 5, 6),
        "scan_name": "开户证明.png",
        "scan": a_scan(),
    }
    return service.NewAccount(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_waiting_account(
    people: People, supplier: Supplier, name: str = "supplier", number: str = NUMBER
) -> BankAccount:
    with people.runtime.work(people.actor(name)) as w:
        return service.propose_account(w, supplier.id, a_new_account(number), proved=True)


def a_confirmed_account(
    people: People, supplier: Supplier, name: str = "supplier", number: str = NUMBER
) -> BankAccount:
    waits = a_waiting_account(people, supplier, name, number)
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.confirm_account(w, waits.id, number)


def a_colleague(
    people: People,
    of: str = "supplier",
    role: Role = Role.SUPPLIER_STAFF,
    *,
    mobile: str = "13700000011",
    days_ago: int = 0,
) -> str:
    """Somebody of the same firm, since so many days; answers the name under which they act."""
    office = min(people.actor(of).organisations(Role.SUPPLIER_STAFF))
    name = f"{of} {role.value} {mobile}"
    clock = people.runtime.clock
    with people.runtime.work() as w:
        made = accounts.add_person(w, "示例同事", PASSWORD, mobile=mobile)
        held = accounts.grant(w, made.id, office, role)
        held.since = clock.now() - timedelta(days=days_ago)
        people.ids[name] = str(made.id)
    return name


def person_id(people: People, name: str) -> uuid.UUID:
    return uuid.UUID(people.ids[name])
