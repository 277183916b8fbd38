"""What the worker carries to the gateway, with no transaction open; safe to repeat."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from marketplace.events import ReconciliationDue, ReturnOwed
from marketplace.payments import service
from marketplace.ports.payments import GatewayRefused
from marketplace.work import Outside, Sent

log = logging.getLogger(__name__)


def carry_returns(outside: Outside, owed: Sequence[Sent[ReturnOwed]]) -> None:
    """Money that nobody needs goes back; a gateway that is down is asked again later."""
    for parcel in owed:
        try:
            service.carry(outside.runtime, parcel.what.operation_id)
        except GatewayRefused:  # the operation has failed, and verify tells of it
            log.exception("operation %s was refused", parcel.what.operation_id)


def reconcile(outside: Outside, due: Sequence[Sent[ReconciliationDue]]) -> None:
    """Once for all that have piled up."""
    service.reconcile(outside.runtime, min(parcel.what.since for parcel in due))
