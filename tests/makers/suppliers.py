"""Makers of suppliers: register → hand in → submit → check → approve, as people would."""

from __future__ import annotations

import base64
import hashlib
import itertools
import zlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.adapters.scans import Look
from marketplace.kernel.clock import local_day
from marketplace.kernel.credit_code import completed
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules.checks.numbers import check_digit
from marketplace.suppliers.rules.declaring import Answer
from marketplace.suppliers.states import PaperKind, SupplierKind
from marketplace.work import Work
from tests.kept_worlds import kept

if TYPE_CHECKING:
    from tests.fixtures import People

# the smallest real PNG: one white pixel
SCAN = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)
COUNTY = "653129"  # 伽师县, on the list of 832 and in southern Xinjiang
UNTIL = date(2027, 3, 31)
_SERIALS = itertools.count(1)
_ANYTHING = {
    rules.FieldType.TEXT: "示例",
    rules.FieldType.LONG: "示例",
    rules.FieldType.NUMBER: 1,
    rules.FieldType.DATE: date(2026, 4, 1),
    rules.FieldType.CHOICE: "",
}


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


def a_scan() -> bytes:
    """A picture like SCAN, and never the same twice."""
    head, tail = SCAN[:-12], SCAN[-12:]  # the last chunk of a PNG says where it ends
    text = b"tEXtserial\x00" + str(next(_SERIALS)).encode()
    length, check = len(text) - 4, zlib.crc32(text)
    return head + length.to_bytes(4, "big") + text + check.to_bytes(4, "big") + tail


def a_number(kind: PaperKind, serial: int = 1, *, begins: str = "93") -> str:
    """A number of an invented paper that is built as the kind asks."""
    match rules.KINDS[kind].code:
        case "credit_code":
            return a_credit_code(serial, begins=begins)
        case "sc":
            body = f"117{COUNTY}{serial:04d}"
            return f"SC{body}{check_digit(body)}"
        case "jy":
            body = f"1{COUNTY}{serial:06d}"
            return f"JY{body}{check_digit(body)}"
    return f"示例 {serial:04d}"


def the_details(kind: PaperKind) -> dict[str, object]:
    """What the required fields of a kind may say."""
    said: dict[str, object] = {"cma": "240020340567", "categories": "水果制品"}
    made: dict[str, object] = {}
    for one in rules.KINDS[kind].field:
        if one.required:
            made[one.name] = said.get(one.name, _ANYTHING[one.type])
            if one.choices:
                made[one.name] = one.choices[0].value
    return made


def a_paper(
    kind: PaperKind = PaperKind.LICENCE, serial: int = 1, **changes: object
) -> service.HandedIn:
    """A paper of the supplier of that serial number with which no check finds fault."""
    said: dict[str, object] = {
        "kind": kind,
        "number": a_number(kind, serial),
        "holder": f"示例合作社{serial}",
        "issuer": "示例机关",
        "valid_from": date(2026, 4, 1),
        "valid_until": None if kind is PaperKind.LICENCE else UNTIL,
        "scan_name": "扫描件.png",
        "scan": a_scan(),
        "details": the_details(kind),
    }
    if "scan" not in changes:  # as its page would have found; saves a process for each paper
        sum_ = hashlib.sha256(said["scan"]).hexdigest()  # type: ignore[arg-type]  # bytes, above
        said["look"] = Look(sum_, "image/png", b"")
    return service.HandedIn(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_waiver(at: datetime, **changes: object) -> service.Wanted:
    """Of the licence for dried goods, for half a year."""
    said: dict[str, object] = {
        "requirement": "dried_or_cut",
        "reason": "示例：初加工，不属于食品生产许可范围",
        "evidence": "示例市监函 1 号",
        "until": local_day(at + timedelta(days=180)),
    }
    return service.Wanted(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_statement(name: str = "integrity", **said: str) -> service.Statement:
    """Good answers to every question; `said` are other ones, or the words to them (more_…)."""
    form = rules.FORMS[name]
    answers = {
        one.id: Answer(said.get(one.id, one.best), said.get(f"more_{one.id}", ""))
        for one in form.questions
    }
    return service.Statement(form.name, form.edition, answers)


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
        service.hand_in(w, supplier.id, a_paper(serial=serial))
        report = a_paper(PaperKind.INSPECTION_REPORT, serial, valid_until=until)
        service.hand_in(w, supplier.id, report)
        service.declare(w, supplier.id, a_statement())
        return service.submit(w, supplier.id)


def seen(w: Work, supplier: Supplier) -> str:
    """What the page of the supplier shows now, as its button tells it."""
    return queries.digest(supplier, queries.shown(w.session, supplier))


def a_checked_supplier(
    people: People, name: str = "supplier", serial: int = 1, *, until: date = UNTIL
) -> Supplier:
    """By a first person; a second one has not confirmed it yet."""
    supplier = a_submitted_supplier(people, name, serial, until=until)
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.check(w, supplier.id, seen(w, supplier))


@kept
def an_approved_supplier(
    people: People, name: str = "supplier", serial: int = 1, *, until: date = UNTIL
) -> Supplier:
    supplier = a_checked_supplier(people, name, serial, until=until)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        return service.approve(w, supplier.id, seen(w, supplier))
