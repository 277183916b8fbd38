"""What fields of suppliers share."""

from __future__ import annotations

from typing import Any

from wtforms.validators import InputRequired, Length, Optional, Regexp

from marketplace.suppliers.states import SupplierKind
from marketplace.web import options

LENGTH = Length(max=200, message="最多 200 个字。")
TEXT = [InputRequired("请填写。"), LENGTH]
LATER = [Optional(), LENGTH]  # may be left for another day
MOBILE = Regexp(r"^\s*1[3-9]\d{9}\s*$", message="请填写 11 位手机号。")


def text_of(field: Any) -> str:
    """What was typed, without blanks around it."""
    return (field.data or "").strip()


def supplier_kinds() -> list[Any]:
    """Who may sell, to choose from."""
    return options((kind, f"SupplierKind.{kind}") for kind in SupplierKind)
