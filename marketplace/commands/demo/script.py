"""The script of the demonstration: its TOML files as typed records."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from marketplace.accounts.models import OrganisationKind
from marketplace.kernel.actor import Role
from marketplace.kernel.funds import FundSource
from marketplace.payments.models import Tender
from marketplace.suppliers.states import GrowerKind, GrowerLink, PaperKind, SupplierKind

STRICT = ConfigDict(extra="forbid", frozen=True)
Days = dict[str, int]  # what happens → how many working days before today
Lines = tuple[tuple[str, int], ...]  # (stock number, pieces)


@checked(config=STRICT, kw_only=True)
class Organisation:
    key: str
    name: str
    kind: OrganisationKind
    parent: str | None = None
    credit_code_body: str | None = None  # 16 characters; the check characters are computed


@checked(config=STRICT, kw_only=True)
class Person:
    key: str
    name: str
    roles: tuple[Role, ...]
    organisation: str
    mobile: str | None = None
    employee_number: str | None = None

    @property
    def login(self) -> str:
        return self.mobile or self.employee_number or ""


@checked(config=STRICT, kw_only=True)
class Staff:
    key: str
    name: str
    mobile: str


@checked(config=STRICT, kw_only=True)
class PaperLine:
    """A paper; `since` and `until` are calendar days before and after today, no end: long-term."""

    kind: PaperKind
    number: str = ""  # of a production licence the 13 digits before the last, see sellers
    issuer: str
    since: int
    until: int | None = None
    details: dict[str, str | int] = field(default_factory=dict)


@checked(config=STRICT, kw_only=True)
class Renewal(PaperLine):
    """A later paper, handed in and perhaps refused so many working days before today."""

    hand_in: int
    corrects: str = ""  # the number of the renewal whose place it takes
    refuse: int | None = None
    note: str = ""


@checked(config=STRICT, kw_only=True)
class VillageLine:
    name: str
    households: int
    craft: str
    story: str


@checked(config=STRICT, kw_only=True)
class GrowerLine:
    """Somebody for whom a trading firm sells; the credit code as its 16 first characters."""

    name: str
    kind: GrowerKind
    county: str
    link: GrowerLink
    agreement: str
    credit_code_body: str = ""


@checked(config=STRICT, kw_only=True)
class AccountLine:
    """Where a seller wants to be paid; `opened` is counted in calendar days before today."""

    bank: str
    branch: str
    number: str
    opened: int


@checked(config=STRICT, kw_only=True)
class FarLine:
    """Freight to a group of provinces, in yuan; `refused`: nothing is sent there."""

    provinces: tuple[str, ...]
    base: str = "0"
    per_kg: str = "0"
    refused: bool = False


@checked(config=STRICT, kw_only=True)
class Seller:
    key: str
    kind: SupplierKind
    name: str
    credit_code_body: str
    county: str
    address: str
    freight: str  # yuan
    free_freight_from: str
    sheet: str
    story: str
    days: Days
    staff: Staff
    paper: tuple[PaperLine, ...]
    village: tuple[VillageLine, ...]
    renewal: tuple[Renewal, ...] = ()
    grower: tuple[GrowerLine, ...] = ()
    far: tuple[FarLine, ...] = ()
    account: AccountLine | None = None
    new_name: str = ""
    judged: dict[str, str] = field(default_factory=dict)  # questions a reviewer judges, with words
    return_note: str = ""
    suspend_note: str = ""
    revoked: str = ""  # the number of an accepted paper that turned out to be wrong
    revoke_note: str = ""


@checked(config=STRICT, kw_only=True)
class ListingTurn:
    """What happens to one listing that is not simply approved with the others."""

    sku: str
    turn: str  # keep_draft, submit_late, late (and approved), return, withdraw, edit, reprice
    day: int = 1
    note: str = ""
    title: str = ""  # of an edit
    spec: str = ""
    sale_price: str = ""  # yuan; of an edit, or alone
    terms: dict[str, int] = field(default_factory=dict)  # of an edit; days: so many after today
    decide: int | None = (
        None  # the edit is approved, with a note refused, so many days before today
    )


@checked(config=STRICT, kw_only=True)
class Checkout:
    """A purchase of one person; `days` tells what happens to its orders: place, pay, ship,
    ship_part, receive, cancel, take_back, refund, lapse."""

    buyer: str
    lines: Lines
    tender: Tender
    days: Days
    cancelled_by: str = "buyer"  # or "supplier"
    reason: str = ""


@checked(config=STRICT, kw_only=True)
class Grant:
    """A budget of a union; `day` is counted like all days."""

    key: str
    union: str
    name: str
    source: FundSource
    yuan: str
    document: str
    day: int


@checked(config=STRICT, kw_only=True)
class PlanLine:
    """A bulk purchase of a union; `days` tells what happens to it: draft, submit, return, approve,
    order, cancel, and to its orders: pay, ship, receive."""

    title: str
    union: str
    budget: str
    per_person: str
    people: int
    lines: Lines
    days: Days
    minutes: str = ""
    note: str = ""
    on_account: bool = False  # paid once it is accepted


@checked(config=STRICT, kw_only=True)
class People:
    organisation: tuple[Organisation, ...]
    person: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that is played."""

    people: People
    sellers: tuple[Seller, ...]
    turns: tuple[ListingTurn, ...]
    checkouts: tuple[Checkout, ...]
    baskets: dict[str, Lines] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    plans: tuple[PlanLine, ...] = ()


@cache
def people() -> People:
    """Everybody who can sign in, sellers' staff included."""
    read = TypeAdapter(People).validate_python(_toml("people.toml"))
    staff = tuple(
        Person(
            key=one.staff.key,
            name=one.staff.name,
            roles=(Role.SUPPLIER_STAFF,),
            organisation=one.key,
            mobile=one.staff.mobile,
        )
        for one in sellers()
    )
    offices = tuple(
        Organisation(key=one.key, name=one.name, kind=OrganisationKind.SUPPLIER)
        for one in sellers()
    )
    return People(organisation=read.organisation + offices, person=read.person + staff)


@cache
def sellers() -> tuple[Seller, ...]:
    return TypeAdapter(tuple[Seller, ...]).validate_python(_toml("suppliers.toml")["supplier"])


@cache
def script() -> Script:
    """Raises pydantic's ValidationError with file position in words when a file is wrong."""
    goods, plans = _toml("orders.toml"), _toml("plans.toml")
    return Script(
        people=people(),
        sellers=sellers(),
        turns=TypeAdapter(tuple[ListingTurn, ...]).validate_python(goods["listing"]),
        checkouts=TypeAdapter(tuple[Checkout, ...]).validate_python(goods["purchase"]),
        baskets=TypeAdapter(dict[str, Lines]).validate_python(goods["baskets"]),
        grants=TypeAdapter(tuple[Grant, ...]).validate_python(plans["budget"]),
        plans=TypeAdapter(tuple[PlanLine, ...]).validate_python(plans["plan"]),
    )


def sheet(name: str) -> bytes:
    """The bytes of a supplier's spreadsheet."""
    return folder().joinpath("sheets", name).read_bytes()


def folder() -> Traversable:
    return resources.files("marketplace.commands.demo")


def _toml(name: str) -> dict[str, object]:
    return tomllib.loads(folder().joinpath(name).read_text("utf-8"))
