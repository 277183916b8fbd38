"""A decision with its reason."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Length

from marketplace.kernel.errors import Invalid
from marketplace.suppliers.forms.fields import text_of
from marketplace.web import MarketForm, checked


class NoteForm(MarketForm):
    """A decision with its reason; whether one is needed, the service knows."""

    note = StringField("说明", [Length(max=500, message="最多 500 个字。")])

    def reason(self) -> str:
        """What was typed. Raises StaleForm, Invalid (longer than 500 characters)."""
        checked()
        if not self.validate():
            raise Invalid("note_too_long", field="note")
        return text_of(self.note)
