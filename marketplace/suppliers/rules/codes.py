"""Which credit codes a kind of supplier may have."""

from __future__ import annotations

from marketplace.kernel import credit_code
from marketplace.kernel.errors import Invalid
from marketplace.suppliers.states import GrowerKind, SupplierKind

# the first two characters of the credit code that each kind of supplier may have
BEGINNINGS = {
    SupplierKind.COMPANY: ("91",),
    SupplierKind.COOPERATIVE: ("93",),
    SupplierKind.COLLECTIVE: ("N1", "N2", "N3"),
    SupplierKind.FAMILY_FARM: ("91", "92"),
    SupplierKind.HOUSEHOLD: ("92",),
    SupplierKind.TRADER: ("91",),
}
# growers; whoever farms for a household has no code
BEGINNINGS_OF_GROWERS = {
    GrowerKind.COMPANY: ("91",),
    GrowerKind.COOPERATIVE: ("93",),
    GrowerKind.COLLECTIVE: ("N1", "N2", "N3"),
    GrowerKind.FAMILY_FARM: ("91", "92"),
}


def check_code(code: str, kind: SupplierKind) -> None:
    """Raises Invalid when the code is malformed or belongs to another kind of supplier."""
    if fault := credit_code.fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=code)
    if code[:2] not in BEGINNINGS[kind]:
        raise Invalid("credit_code_kind", field="credit_code", value=code)


def check_growers_code(code: str, kind: GrowerKind) -> None:
    """Raises Invalid when the code is malformed, of another kind, or that of a household."""
    if kind is GrowerKind.FARMER:
        raise Invalid("grower_code_needless", field="credit_code", value=code)
    if fault := credit_code.fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=code)
    if code[:2] not in BEGINNINGS_OF_GROWERS[kind]:
        raise Invalid("credit_code_kind", field="credit_code", value=code)
