"""Moving money: payments are settled once, the gateway is asked by operations that were written
down before, and our books follow what it says. The only writer."""

from marketplace.payments.service.bouncing import offset_refund
from marketplace.payments.service.carrying import (
    Between,
    carry,
    give_back,
    hear,
    look,
    pay,
)
from marketplace.payments.service.directing import (
    confirm_refund,
    contest_refund,
    open_direct,
    send_refund,
    settle_direct,
    undo_refund,
)
from marketplace.payments.service.noting import accept_late, clear, note, refuse_late, take_event
from marketplace.payments.service.on_account import (
    fall_due,
    note_overdue,
    open_on_account,
    settle_if_nothing_left,
    take_off,
)
from marketplace.payments.service.operating import begin_charge, begin_refund, give_up
from marketplace.payments.service.parting import write as write_parts
from marketplace.payments.service.reconciling import call_for_reconciliation, reconcile
from marketplace.payments.service.settling import (
    OFFLINE,
    confirm_transfer,
    lock,
    open_funding,
    open_payment,
    reduce,
    request_refund,
    settle_card,
    settle_covered,
    settle_refund,
    settle_transfer,
    tender_of_organisations,
    tenders,
    void,
)

__all__ = [
    "OFFLINE",
    "Between",
    "accept_late",
    "begin_charge",
    "begin_refund",
    "call_for_reconciliation",
    "carry",
    "clear",
    "confirm_refund",
    "confirm_transfer",
    "contest_refund",
    "fall_due",
    "give_back",
    "give_up",
    "hear",
    "lock",
    "look",
    "note",
    "note_overdue",
    "offset_refund",
    "open_direct",
    "open_funding",
    "open_on_account",
    "open_payment",
    "pay",
    "reconcile",
    "reduce",
    "refuse_late",
    "request_refund",
    "send_refund",
    "settle_card",
    "settle_covered",
    "settle_direct",
    "settle_if_nothing_left",
    "settle_refund",
    "settle_transfer",
    "take_event",
    "take_off",
    "tender_of_organisations",
    "tenders",
    "undo_refund",
    "void",
    "write_parts",
]
