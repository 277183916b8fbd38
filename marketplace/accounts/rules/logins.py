"""What people sign in with: mobile numbers, employee numbers, addresses; which role fits where."""

from __future__ import annotations

import re
import unicodedata

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid

MOBILE = re.compile(r"1[3-9][0-9]{9}")
EMPLOYEE_NUMBER = re.compile(r"[A-Za-z0-9-]{2,40}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_UNION = frozenset({Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})
# kind of organisation → roles that mean something there
ROLES_IN = {
    "group": _UNION | {Role.EMPLOYEE, Role.AUDITOR},  # administrations and canteens buy too
    "union": _UNION | {Role.EMPLOYEE, Role.AUDITOR},
    "supplier": frozenset({Role.SUPPLIER_STAFF, Role.SUPPLIER_OWNER}),
    "operator": frozenset({Role.EMPLOYEE, Role.REVIEWER, Role.AUDITOR, Role.MANAGER}),
}

# a role that means nothing without another: given and taken with it
RESTS_ON = {Role.SUPPLIER_OWNER: Role.SUPPLIER_STAFF}


def login(text: str) -> str:
    """A mobile or employee number as it is kept: half-width, no blanks, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def check_mobile(mobile: str) -> str:
    """As it is kept. Raises Invalid."""
    kept = login(mobile)
    if not MOBILE.fullmatch(kept):
        raise Invalid("mobile", field="mobile", value=mobile)
    return kept


def check_employee_number(number: str) -> str:
    """As it is kept; never one that could be taken for a mobile number. Raises Invalid."""
    kept = login(number)
    if not EMPLOYEE_NUMBER.fullmatch(kept) or MOBILE.fullmatch(kept):
        raise Invalid("employee_number", field="employee_number", value=number)
    return kept


def check_email(email: str) -> str:
    """Only the shape; whether mail arrives, mail shows. Raises Invalid."""
    kept = email.strip()
    if len(kept) > 200 or not EMAIL.fullmatch(kept):
        raise Invalid("email", field="email", value=email)
    return kept
