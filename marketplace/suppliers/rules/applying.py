"""The steps of an application: which a kind of supplier has, and what each of them asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.suppliers.states import ApplicationStep, SupplierKind, SupplierState

_S = ApplicationStep

# what must not be blank when it is submitted, in the order of the page
ASKED: Mapping[ApplicationStep, tuple[str, ...]] = {
    _S.ENTITY: ("legal_name", "credit_code", "county_code"),
    _S.CONTACT: ("address", "contact_name", "contact_mobile"),
}
# who a supplier is: locked once it was let in, see service.changing
LEGAL = ("kind", "legal_name", "credit_code", "county_code")
_BEFORE = frozenset({SupplierState.DRAFT, SupplierState.RETURNED})
_LET_IN = frozenset({SupplierState.APPROVED, SupplierState.SUSPENDED})
_LATER = frozenset({_S.CONTACT, _S.STORY, _S.GROWERS, _S.DECLARE})


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, with the step that asks it. `what`: a field, "grower", or the slug
    of a requirement."""

    step: ApplicationStep
    what: str


def steps_of(kind: SupplierKind) -> tuple[ApplicationStep, ...]:
    """In their order."""
    return tuple(one for one in _S if one is not _S.GROWERS or kind is SupplierKind.TRADER)


def after(kind: SupplierKind, step: ApplicationStep) -> ApplicationStep:
    """The next step; the last one is followed by itself."""
    all_ = steps_of(kind)
    return all_[min(all_.index(step) + 1, len(all_) - 1)]


def is_open(step: ApplicationStep, state: SupplierState) -> bool:
    """Whether what this step asks may be changed: everything before it is let in; afterwards where
    it is to be reached, what it tells of itself, for whom it sells, and what it declares, though
    that not while it is suspended."""
    if step is _S.DECLARE and state is SupplierState.SUSPENDED:
        return False
    return state in _BEFORE or (state in _LET_IN and step in _LATER)


def is_let_in(state: SupplierState) -> bool:
    """Whether somebody has once approved it: then who it is, is locked."""
    return state in _LET_IN


def blanks(said: Mapping[str, object]) -> tuple[Gap, ...]:
    """What is not said yet; papers and growers are asked elsewhere."""
    return tuple(
        Gap(step, name) for step, names in ASKED.items() for name in names if not said[name]
    )
