"""The fields that only papers of one kind have, as they were typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from marketplace.kernel.errors import Invalid
from marketplace.suppliers.rules.kinds import KINDS, ExtraField, FieldType
from marketplace.suppliers.states import PaperKind

LONGEST = {FieldType.TEXT: 200, FieldType.LONG: 2000}
MOST = 10**9


def details_of(kind: PaperKind, typed: Mapping[str, object]) -> dict[str, str | int]:
    """What is kept of the fields of a kind; empty ones are left out, unknown ones refused.

    Raises Invalid (detail_unknown, detail_shape) with the field.
    """
    fields = {one.name: one for one in KINDS[kind].field}
    kept: dict[str, str | int] = {}
    for name, value in typed.items():
        if name not in fields:
            raise Invalid("detail_unknown", field=name)
        plain = value.strip() if isinstance(value, str) else value
        if plain is not None and plain != "":
            kept[name] = _shaped(fields[name], plain)
    return kept


def _shaped(field: ExtraField, value: object) -> str | int:
    match field.type:
        case FieldType.NUMBER if isinstance(value, int) and 0 <= value <= MOST:
            return value
        case FieldType.DATE if isinstance(value, date):
            return value.isoformat()
        case FieldType.CHOICE if value in {one.value for one in field.choices}:
            return str(value)
        case FieldType.TEXT | FieldType.LONG if isinstance(value, str):
            if len(value) <= LONGEST[field.type]:
                return value
    raise Invalid("detail_shape", field=field.name, value=str(value)[:40])
