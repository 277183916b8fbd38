"""What buyers, suppliers and operators type about reviews."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from marketplace.reviews.service import Said
from marketplace.web import MarketForm

LONG = Length(max=500, message="最多 500 个字。")


class SaidForm(MarketForm):
    """What of it is needed, the service knows. The page writes the controls, for it holds several
    forms."""

    stars = StringField("评分")
    words = TextAreaField("评价", [LONG])
    note = TextAreaField("说明", [LONG])

    def said(self) -> Said:
        typed = self.stars.data or ""
        is_one = len(typed) == 1 and typed.isascii() and typed.isdigit()
        return Said(int(typed) if is_one else None, self.words.data or "", self.note.data or "")
