"""What a supplier asked for sending goods, version by version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.suppliers.models import FreightTariff


def tariffs(session: Session, supplier_id: uuid.UUID) -> Sequence[FreightTariff]:
    """Newest first."""
    own = select(FreightTariff).where(FreightTariff.supplier_id == supplier_id)
    return session.scalars(own.order_by(FreightTariff.version.desc())).all()
