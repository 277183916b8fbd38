"""Who reacts to what: three tables, read from top to bottom, the list of what nobody hears, and
what is looked after from time to time.

WITHIN runs in the same transaction. AFTER is written to the outbox in it; each of those reactions
has a unit of work of its own. OUTSIDE leaves the database: in batches, with no transaction open, at
least once, so those handlers must be safe to repeat. SWEEPS are done by the worker (work.sweeps).
"""

from __future__ import annotations

from datetime import timedelta

from marketplace import events
from marketplace.accounts import service as people
from marketplace.banking import reactions as banking
from marketplace.banking import service as banks
from marketplace.catalog import reactions as catalog
from marketplace.catalog import service as goods
from marketplace.claims import reactions as claims
from marketplace.claims import service as claiming
from marketplace.credit import reactions as credit
from marketplace.credit import service as crediting
from marketplace.desk import reactions as desk
from marketplace.desk import service as desking
from marketplace.invoices import reactions as invoices
from marketplace.invoices import service as invoicing
from marketplace.ledger import reactions as ledger
from marketplace.orders import reactions as orders
from marketplace.orders import service as ordering
from marketplace.payments import reactions as payments
from marketplace.payments import service as paying
from marketplace.ports.mail import Mail
from marketplace.ports.sms import Sms
from marketplace.purchasing import reactions as purchasing
from marketplace.purchasing import service as planning
from marketplace.settlement import service as settling
from marketplace.statistics import reactions as statistics
from marketplace.suppliers import service as suppliers
from marketplace.work import Wire, on, outside, post
from marketplace.work.sweeps import Sweeping

WITHIN: tuple[Wire, ...] = (
    on(events.AddressForgotten, purchasing.forget_recipients),
    on(events.CoverReturned, credit.take_back),
    on(events.DecisionsNoted, desk.tell_decisions),
    on(events.DisputeEnded, ledger.book_dispute_end),
    on(events.DisputeOpened, ledger.book_dispute),
    on(events.ExcessReturned, ledger.book_returned_excess),
    on(events.ExcessTaken, ledger.book_excess),
    on(events.GoodsPaperAccepted, catalog.stand_anew),
    on(
        events.OrderCancelled,
        ledger.book_cancelled_order,
        catalog.give_back,
        orders.drop_hold,
        statistics.count_refund,
        purchasing.release_budget,
        invoices.follow_cancelled,
        claims.drop_claim,
    ),
    on(events.OrderCompleted, ledger.book_completed_order),
    on(
        events.OrderPaid,
        ledger.book_paid_order,
        catalog.sell,
        statistics.count_sale,
        purchasing.spend_budget,
        invoices.ask_for_union,
    ),
    on(
        events.OrderTakenBack,
        ledger.book_taken_back_order,
        statistics.count_refund,
        invoices.follow_taken_back,
        claims.drop_claim,
    ),
    on(
        events.OrderPartRefunded,
        ledger.book_part_refund,
        statistics.count_part_refund,
        purchasing.give_back_taken_off,
        invoices.follow_part_refund,
    ),
    on(events.PaidLate, orders.take_late_money),
    on(events.ParcelLeft, claims.drop_unsent),
    on(events.PaperRevoked, catalog.stand_anew),
    on(
        events.PaymentSettled,
        ledger.book_payment,
        credit.settle,
        orders.mark_paid,
        banking.claim_line,
    ),
    on(events.RatingChanged, catalog.count_rating),
    on(
        events.RefundSettled,
        ledger.book_refund,
        credit.give_back_budget,
        purchasing.give_back_budget,
        invoices.follow_refund,
    ),
    on(events.ReviewAsked, desk.open_task),
    on(events.ReviewDecided, desk.close_task, desk.note_decision),
    on(events.ReviewDropped, desk.drop_task),
    on(events.SupplierApproved, desk.follow_papers),
    on(events.SupplierRestored, desk.follow_papers),
    on(events.SupplierSuspended, desk.follow_papers),
)
AFTER: tuple[Wire, ...] = (
    on(events.EntityChanged, catalog.reindex_supplier),
    on(events.BatchRecalled, orders.hold_recalled, orders.tell_recalled),
    on(events.ImportAdvanced, catalog.write_part),
    on(events.ImportEnded, catalog.forget_sheet),
    on(events.PaperRevoked, orders.hold_out_of_force),
    on(events.PhotosLeft, catalog.drop_photos),
    on(events.SupplierApproved, catalog.reindex_supplier),
    on(events.SupplierRestored, catalog.reindex_supplier),
    on(events.SupplierSuspended, catalog.reindex_supplier),
)
OUTSIDE: tuple[Wire, ...] = (
    outside(events.ListingChanged, catalog.reindex_listings),
    outside(events.ReconciliationDue, payments.reconcile),
    outside(events.ReturnOwed, payments.carry_returns),
    outside(Mail, post.carry_mail),
    outside(Sms, post.carry_sms),
)
SILENT: frozenset[type[events.Event]] = frozenset(
    {
        events.DesignationsChanged,  # whoever searches asks for the lists of the instant
        events.OrderReceived,
        events.OrderShipped,
        events.PurchaseLapsed,
        events.PurchasePlaced,  # a promise is not money
    }
)

SWEEPS: tuple[Sweeping, ...] = (
    Sweeping("accounts_without_second_owner", timedelta(minutes=10), desking.follow_accounts),
    Sweeping("papers_running_out", timedelta(minutes=10), suppliers.remind_of_papers),
    Sweeping("credit_running_out", timedelta(minutes=10), crediting.end_due),
    Sweeping("files_that_no_row_names", timedelta(days=1), outside=goods.sweep_files),
    Sweeping("orders_to_complete", timedelta(minutes=10), ordering.complete_due),
    Sweeping("payments_overdue", timedelta(minutes=10), ordering.tell_overdue),
    Sweeping("addresses_to_forget", timedelta(hours=1), batch=ordering.forget_addresses),
    Sweeping("lists_to_forget", timedelta(hours=1), batch=planning.forget_abandoned),
    Sweeping("claims_without_answer", timedelta(minutes=10), claiming.tend),
    Sweeping("settlement", timedelta(minutes=10), settling.tend),
    Sweeping("invoices_late", timedelta(minutes=10), invoicing.remind),
    Sweeping("orders_out_of_force", timedelta(minutes=1), ordering.hold_out_of_force),
    Sweeping("bank_lines_to_match", timedelta(minutes=10), outside=banks.match_lines),
    Sweeping("card_reconciliation", timedelta(days=1), paying.call_for_reconciliation),
    Sweeping("notices_to_mail", timedelta(minutes=1), people.mail_notices),  # last: of this round
)

__all__ = ["AFTER", "OUTSIDE", "SILENT", "SWEEPS", "WITHIN"]
