"""What the sheets of an employer mean: kinds and roles by their words, and what may be given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from marketplace.accounts.rules.logins import login
from marketplace.kernel.actor import Role

_KINDS = {
    "group": ("用人单位", "单位", "公司", "分行", "支行", "部门", "group", "employer", "branch"),
    "union": ("工会", "工会委员会", "union"),
}
_ROLES = {
    Role.EMPLOYEE: ("员工", "职工", "employee"),
    Role.UNION_BUYER: ("工会采购员", "工会经办", "采购员", "union_buyer", "union buyer"),
    Role.UNION_APPROVER: ("工会审批人", "审批人", "union_approver", "union approver"),
    Role.UNION_TREASURER: ("工会财务", "财务", "union_treasurer", "union treasurer"),
    Role.REVIEWER: ("审核员", "reviewer"),
    Role.AUDITOR: ("经费审查", "auditor"),
    Role.MANAGER: ("运营经理", "manager"),
    Role.SUPPLIER_STAFF: ("供应商", "供应商经办人", "supplier_staff", "supplier staff"),
    Role.SUPPLIER_OWNER: ("供应商负责人", "supplier_owner", "supplier owner"),
}
KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
# A manager's sheet makes employees and union officers. Who runs the marketplace, and who acts for
# a supplier, is given by a command: otherwise one sheet could make its own second pair of eyes.
BY_SHEET = frozenset({Role.EMPLOYEE, Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})


def code(text: str) -> str:
    """The number of an organisation as it is kept: half width, no blanks, capitals."""
    return login(text)


def role_and_place(text: str, own: str) -> tuple[Role | None, str]:
    """ "工会经办@U001" is that role there; without a place, in the person's own organisation."""
    word, _at, place = text.replace("＠", "@").partition("@")
    return ROLE_OF.get(word.strip().lower()), code(place) or own


def is_meant(text: str, role: Role, kind: str) -> bool:
    """Whether somebody buys for an administration on purpose: its code is written behind the role.
    Without it a union's officer stands in the row of his branch by mistake."""
    return kind != "group" or role is Role.EMPLOYEE or "@" in text.replace("＠", "@")


def digest(steps: Iterable[object]) -> str:
    """The sum of what would be done: what was shown is what is done, or nothing."""
    text = json.dumps(list(steps), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
