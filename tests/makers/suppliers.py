"""Makers of suppliers: register → hand in → submit → check → approve, as people would."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING

from marketplace.kernel.credit_code import completed
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import PaperKind, SupplierKind
from marketplace.work import Work

if TYPE_CHECKING:
    from tests.fixtures import People

# the smallest real PNG: one white pixel
SCAN = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)
COUNTY = "653129"  # 伽师县, on the list of 832 and in southern Xinjiang
UNTIL = date(2027, 3, 31)


def a_credit_code(serial: int = 1, *, begins: str = "93", region: str = COUNTY) -> str:
    """A well-formed code of an invented firm."""
    return completed(f"{begins}{region}MA{serial:06d}")


def an_application(serial: int = 1, **changes: object) -> service.Application:
    said: dict[str, object] = {
        "kind": SupplierKind.COOPERATIVE,
        "legal_name": f"示例合作社{serial}",
        "credit_code": a_credit_code(serial),
        "county": COUNTY,
        "address": "示例乡示例村 1 号",
        "contact_name": "示例联系人",
        "contact_mobile": "13900000001",
    }
    return service.Application(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_paper(kind: PaperKind = PaperKind.LICENCE, **changes: object) -> service.HandedIn:
    said: dict[str, object] = {
        "kind": kind,
        "number": "示例 0001",
        "holder": "示例合作社1",
        "issuer": "示例机关",
        "valid_from": date(2025, 4, 1),
        "valid_until": None if kind is PaperKind.LICENCE else UNTIL,
        "scan_name": "扫描件.png",
        "scan": SCAN,
    }
    return service.HandedIn(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_draft_supplier(people: People, name: str = "supplier", serial: int = 1) -> Supplier:
    actor = people.actor(name)
    organisation = next(iter(actor.grants)).organisation_id
    with people.runtime.work(actor) as w:
        return service.register(w, organisation, an_application(serial))


def a_submitted_supplier(
    people: People, name: str = "supplier", serial: int = 1, *, until: date = UNTIL
) -> Supplier:
    supplier = a_draft_supplier(people, name, serial)
    with people.runtime.work(people.actor(name)) as w:
        service.hand_in(w, supplier.id, a_paper())
        service.hand_in(w, supplier.id, a_paper(PaperKind.INSPECTION_REPORT, valid_until=until))
        return service.submit(w, supplier.id)


def seen(w: Work, supplier: Supplier) -> str:
    """What the page of the supplier shows now, as its button tells it."""
    return queries.digest(supplier, queries.papers(w.session, supplier.id))


def a_checked_supplier(
    people: People, name: str = "supplier", serial: int = 1, *, until: date = UNTIL
) -> Supplier:
    """By a first person; a second one has not confirmed it yet."""
    supplier = a_submitted_supplier(people, name, serial, until=until)
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.check(w, supplier.id, seen(w, supplier))


def an_approved_supplier(
    people: People, name: str = "supplier", serial: int = 1, *, until: date = UNTIL
) -> Supplier:
    supplier = a_checked_supplier(people, name, serial, until=until)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        return service.approve(w, supplier.id, seen(w, supplier))
