"""Kinds and states of suppliers and papers, and the verbs between the states."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class SupplierKind(StrEnum):
    """Who sells; each kind carries its own beginning of the credit code (see rules)."""

    COMPANY = "company"
    COOPERATIVE = "cooperative"
    COLLECTIVE = "collective"
    FAMILY_FARM = "family_farm"
    HOUSEHOLD = "household"


class PaperKind(StrEnum):
    """What is handed in."""

    LICENCE = "licence"  # 营业执照
    COLLECTIVE_REGISTRATION = "collective_registration"  # 农村集体经济组织登记证
    INSPECTION_REPORT = "inspection_report"  # 检验报告; its end is 平台采信至
    FOOD_PRODUCTION = "food_production"  # 食品生产许可证


class SupplierState(StrEnum):
    DRAFT = "draft"  # the supplier is still collecting papers
    SUBMITTED = "submitted"  # waits for a reviewer
    RETURNED = "returned"  # the reviewer asked for more, and said what
    APPROVED = "approved"  # may sell while its papers are valid
    SUSPENDED = "suspended"  # stopped by a reviewer, with the reason


class PaperState(StrEnum):
    PENDING = "pending"  # counts for nothing yet
    ACCEPTED = "accepted"
    REFUSED = "refused"


_STAFF = {Role.SUPPLIER_STAFF}
_REVIEWER = {Role.REVIEWER}
_S = SupplierState
_P = PaperState

SUPPLIER = Machine(
    step("submit", {_S.DRAFT, _S.RETURNED}, _S.SUBMITTED, by=_STAFF),
    step("approve", {_S.SUBMITTED}, _S.APPROVED, by=_REVIEWER),
    step("return", {_S.SUBMITTED}, _S.RETURNED, by=_REVIEWER, needs_note=True),
    step("suspend", {_S.APPROVED}, _S.SUSPENDED, by=_REVIEWER, needs_note=True),
    step("restore", {_S.SUSPENDED}, _S.APPROVED, by=_REVIEWER, needs_note=True),
)

PAPER = Machine(
    step("accept", {_P.PENDING}, _P.ACCEPTED, by=_REVIEWER),
    step("refuse", {_P.PENDING}, _P.REFUSED, by=_REVIEWER, needs_note=True),
)
