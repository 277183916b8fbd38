"""What suppliers say of themselves: beginning, step by step, asking to be let in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.kernel.actor import Role
from marketplace.kernel.credit_code import compact
from marketplace.kernel.errors import Forbidden, Invalid, Refused, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.ports.sms import Sms
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules import messages
from marketplace.suppliers.service.freight import set_rest
from marketplace.suppliers.service.whose import ask_review, own_of
from marketplace.suppliers.states import SUPPLIER, ApplicationStep, SupplierKind, SupplierState
from marketplace.work import Work, move


@dataclass(frozen=True, slots=True)
class Entity:
    """Who a supplier is; `county` is a name or a division code. A draft may leave texts empty."""

    kind: SupplierKind
    legal_name: str
    credit_code: str
    county: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a supplier is to be reached."""

    address: str
    contact_name: str
    contact_mobile: str


@dataclass(frozen=True, slots=True)
class Story:
    """What a supplier tells of itself, and what it asks for sending its goods."""

    story: str = ""
    freight_fee: Money = ZERO
    free_freight_from: Money | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """All that a supplier says of itself; `county` is a name or a division code."""

    kind: SupplierKind
    legal_name: str
    credit_code: str
    county: str
    address: str
    contact_name: str
    contact_mobile: str
    story: str = ""
    freight_fee: Money = ZERO
    free_freight_from: Money | None = None

    @property
    def parts(self) -> tuple[Entity, Contact, Story]:
        """The same, as the steps ask it."""
        return (
            Entity(self.kind, self.legal_name, self.credit_code, self.county),
            Contact(self.address, self.contact_name, self.contact_mobile),
            Story(self.story, self.freight_fee, self.free_freight_from),
        )


Said = Entity | Contact | Story
STEP: Mapping[type[Said], ApplicationStep] = {
    Entity: ApplicationStep.ENTITY,
    Contact: ApplicationStep.CONTACT,
    Story: ApplicationStep.STORY,
}


class PapersMissing(Refused):
    """`requirements` are the slugs that no valid paper meets."""

    code = "papers_missing"

    def __init__(self, requirements: tuple[str, ...]) -> None:
        super().__init__(count=len(requirements))
        self.requirements = requirements


class Incomplete(Refused):
    """`gaps` are what an application does not say yet."""

    code = "application_incomplete"

    def __init__(self, gaps: tuple[rules.Gap, ...]) -> None:
        super().__init__(count=len(gaps))
        self.gaps = gaps


def begin(w: Work, organisation_id: uuid.UUID, kind: SupplierKind, legal_name: str) -> Supplier:
    """Begin an application in the name of the organisation, with no more than kind and name;
    whoever begins it is its owner, unless it has one.

    Raises Refused (already registered), Forbidden.
    """
    supplier = _new(w, organisation_id, kind, legal_name)
    w.record("register", supplier, to_state=supplier.state, name=supplier.legal_name)
    accounts.own_first(w, organisation_id)
    return supplier


def register(w: Work, organisation_id: uuid.UUID, application: Application) -> Supplier:
    """The same with everything that it says.

    Raises Invalid (credit code, county), Refused (code or organisation registered), Forbidden.
    """
    supplier = _new(w, organisation_id, application.kind, application.legal_name)
    for said in application.parts:
        _fill(w, supplier, said)
    w.record("register", supplier, to_state=supplier.state, name=supplier.legal_name)
    accounts.own_first(w, organisation_id)
    return supplier


def save(w: Work, supplier_id: uuid.UUID, *said: Said) -> Supplier:
    """Keep what some steps say, half filled too.

    Raises WrongState (not to be changed any more, or not now), Invalid, Refused (code taken).
    """
    supplier = own_of(w, supplier_id)
    for one in said:
        step = STEP[type(one)]
        if not rules.is_open(step, supplier.state):
            raise WrongState(verb="revise", state=supplier.state)
        changed = _fill(w, supplier, one)
        w.record("revise", supplier, step=step, changed=changed)
    return supplier


def revise(w: Work, supplier_id: uuid.UUID, application: Application) -> Supplier:
    """Say everything anew, while it is a draft or was returned. Raises WrongState, …"""
    return save(w, supplier_id, *application.parts)


def submit(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """Ask to be let in. Raises Incomplete, PapersMissing, WrongState."""
    supplier = own_of(w, supplier_id)
    gaps = queries.gaps(w.session, supplier, w.now)
    if said := tuple(gap for gap in gaps if gap.step is not ApplicationStep.PAPERS):
        raise Incomplete(said)
    all_met(tuple(gap.what for gap in gaps))
    move(w, SUPPLIER, supplier, "submit")
    supplier.submitted_at, supplier.submitted_by, supplier.note = w.now, w.actor.person_id, None
    supplier.checked_at = supplier.checked_by = None
    ask_review(w, supplier, ReviewKind.SUPPLIER)
    return supplier


def mark_as_example(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """Show the supplier as invented from now on; the demonstration does that. Raises Forbidden."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden
    supplier = queries.visible(w.session, w.actor, supplier_id)
    supplier.is_example = True
    w.record("mark_as_example", supplier)
    return supplier


def code_of(w: Work, supplier_id: uuid.UUID | None, text: str, kind: SupplierKind) -> str:
    """A credit code as it is kept. Raises Invalid, Refused (another supplier has it)."""
    code = compact(text)
    rules.check_code(code, kind)
    taken = w.session.scalar(select(Supplier.id).where(Supplier.credit_code == code))
    if taken and taken != supplier_id:
        raise Refused("credit_code_taken", field="credit_code")
    return code


def all_met(missing: tuple[str, ...]) -> None:
    if missing:
        raise PapersMissing(missing)


def _new(w: Work, organisation_id: uuid.UUID, kind: SupplierKind, legal_name: str) -> Supplier:
    if organisation_id not in w.actor.organisations(Role.SUPPLIER_STAFF):
        raise Forbidden
    if not legal_name:
        raise Invalid("legal_name_missing", field="legal_name")
    if w.session.scalar(select(Supplier.id).where(Supplier.organisation_id == organisation_id)):
        raise Refused("already_registered")
    supplier = Supplier(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        kind=kind,
        legal_name=legal_name,
        county_code="",
        state=SupplierState.DRAFT,  # said now: a default comes too late for the trail
        freight_rules={},
        saved=[],
        created_at=w.now,
    )
    w.session.add(supplier)
    return supplier


def _fill(w: Work, supplier: Supplier, said: Said) -> list[str]:
    """Answers the names of what is another now."""
    step = STEP[type(said)]
    with w.session.no_autoflush:  # half of a step is not a row yet
        if isinstance(said, Entity):
            given = _entity(w, supplier, said)
        else:
            given = {name: getattr(said, name) for name in type(said).__slots__}
    changed = [name for name, value in given.items() if getattr(supplier, name) != value]
    if "contact_mobile" in changed and rules.is_let_in(supplier.state):
        _tell_old_contact(w, supplier, str(given["contact_mobile"]))
    if isinstance(said, Story) and (rules.is_let_in(supplier.state) or supplier.tariff.version):
        set_rest(w, supplier, said.freight_fee, said.free_freight_from)  # a version of its own
    for name in changed:
        setattr(supplier, name, given[name])
    if step not in supplier.saved:
        supplier.saved = [*supplier.saved, step.value]
    return changed


def _entity(w: Work, supplier: Supplier, said: Entity) -> dict[str, object]:
    if not said.legal_name:
        raise Invalid("legal_name_missing", field="legal_name")
    code = code_of(w, supplier.id, said.credit_code, said.kind) if said.credit_code else None
    county = regions.the_county(w.session, said.county).code if said.county else ""
    return {
        "kind": said.kind,
        "legal_name": said.legal_name,
        "credit_code": code,
        "county_code": county,
    }


def _tell_old_contact(w: Work, supplier: Supplier, mobile: str) -> None:
    """Whoever takes a firm over must not do it in silence."""
    if supplier.contact_mobile and w.tools.config.sends_sms:
        w.send(Sms(supplier.contact_mobile, messages.contact_moved(supplier.legal_name, mobile)))
