"""What fields of suppliers share."""

from __future__ import annotations

from typing import Any

from wtforms.validators import InputRequired, Length

TEXT = [InputRequired("请填写。"), Length(max=200, message="最多 200 个字。")]


def text_of(field: Any) -> str:
    """What was typed, without blanks around it."""
    return (field.data or "").strip()
