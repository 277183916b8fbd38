"""What a supplier asks for sending goods: a new version each time, the old ones stay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from marketplace.kernel.money import Money
from marketplace.suppliers.models import FreightTariff, Supplier
from marketplace.suppliers.rules import freight
from marketplace.suppliers.service.whose import own_of
from marketplace.work import Work


def set_freight(
    w: Work,
    supplier_id: uuid.UUID,
    groups: Sequence[freight.FreightGroup],
    rest: freight.FreightGroup,
) -> Supplier:
    """From now on; orders keep what they were placed with. The same again changes nothing. By its
    staff. Raises Missing, Forbidden, Invalid (freight_groups, freight_provinces, freight_amount).
    """
    supplier = own_of(w, supplier_id)
    freight.check_tariff(groups, rest)
    _keep(w, supplier, tuple(groups), replace(rest, provinces=()))
    return supplier


def set_rest(w: Work, supplier: Supplier, base: Money, free_from: Money | None) -> None:
    """The same where the application names amounts alone: groups and weight stay as they are."""
    known = supplier.tariff
    _keep(w, supplier, known.groups, replace(known.rest, base=base, free_from=free_from))


def _keep(
    w: Work,
    supplier: Supplier,
    groups: tuple[freight.FreightGroup, ...],
    rest: freight.FreightGroup,
) -> None:
    before = supplier.tariff
    if (groups, rest) == (before.groups, before.rest):
        return
    made = freight.Tariff(before.version + 1, groups, rest)
    supplier.freight_fee, supplier.free_freight_from = rest.base, rest.free_from
    supplier.freight_rules = freight.kept(made)
    w.session.add(
        FreightTariff(
            supplier_id=supplier.id,
            version=made.version,
            base=rest.base,
            free_from=rest.free_from,
            rules=supplier.freight_rules,
            at=w.now,
            by=w.actor.person_id,
        )
    )
    w.record("set_freight", supplier, tariff=made.version)
