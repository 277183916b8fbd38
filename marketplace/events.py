"""Everything that can happen, in the past tense; below everyone, nobody needs anybody to speak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.kernel.money import ZERO, Money
from marketplace.kernel.reviews import ReviewKind


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `at` is the instant of the unit of work."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SupplierApproved(Event):
    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class SupplierSuspended(Event):
    """Nothing of this supplier may be bought until it is restored."""

    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class SupplierRestored(Event):
    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class PhotosLeft(Event):
    """Photographs that nothing names any more; `keys` are their places in the storage."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewAsked(Event):
    """Something waits for a reviewer from now on; `by` handed it in and does not decide it."""

    kind: ReviewKind
    subject_id: UUID
    supplier_id: UUID
    county_code: str  # of the good, else of its supplier
    title: str
    by: str


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """A reviewer decided: `outcome` is its state since then, `note` the reason as it is told."""

    kind: ReviewKind
    subject_id: UUID
    supplier_id: UUID
    title: str
    outcome: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewDropped(Event):
    """Nobody need look any more: taken back, or changed before anybody looked."""

    kind: ReviewKind
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class GoodsPaperAccepted(Event):
    """A paper of just these goods, a listing or a batch, counts from now on."""

    supplier_id: UUID
    goods_id: UUID


@dataclass(frozen=True, slots=True)
class PaperRevoked(Event):
    """A paper that was accepted counts no longer: of these goods alone, or of its supplier."""

    supplier_id: UUID
    goods_id: UUID | None


@dataclass(frozen=True, slots=True)
class DecisionsNoted(Event):
    """What was decided in this unit of work stands in the supplier's notices; told once for all."""

    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class EntityChanged(Event):
    """A supplier that is in bears another name, code, kind or county from now on."""

    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class ListingChanged(Event):
    """A listing came on sale, left it, or reads differently: whoever shows it looks again."""

    listing_id: UUID


@dataclass(frozen=True, slots=True)
class BatchRecalled(Event):
    """Nothing of this batch may leave any more; whoever got some of it is to be told."""

    batch_id: UUID
    listing_id: UUID
    supplier_id: UUID
    number: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class DesignationsChanged(Event):
    """A newer version of a list says something else of these counties from `starts_at` on."""

    list_slug: str
    county_codes: tuple[str, ...]
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class ImportAdvanced(Event):
    """A sheet was accepted, or some of its rows were written; `part` comes next."""

    import_id: UUID
    part: int


@dataclass(frozen=True, slots=True)
class ImportEnded(Event):
    """Nothing more of this sheet is written; what was kept of it may go."""

    import_id: UUID


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One order line as it was sold; amounts are for the whole line."""

    order_line_id: UUID
    listing_id: UUID
    reservation_id: UUID
    title: str
    quantity: int
    amount: Money  # what the buyer pays for the goods
    supply: Money  # what the supplier is owed of it
    county_code: str
    county_name: str
    designations: tuple[str, ...]  # slugs of the lists that held when it was sold


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """Money for this order arrived; `tender` says by which way."""

    order_id: UUID
    purchase_id: UUID
    number: str
    supplier_id: UUID
    supplier_name: str
    organisation_id: UUID | None  # the buying union's organisation; None for a person
    source: str  # source of funds, see kernel.funds
    tender: str
    goods: Money
    supply: Money
    freight: Money
    lines: tuple[SoldLine, ...]


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """The promise is off; whoever kept something for it may let go."""

    order_id: UUID
    purchase_id: UUID
    number: str
    supplier_id: UUID
    organisation_id: UUID | None
    was_paid: bool  # then its money goes back
    goods: Money
    supply: Money
    freight: Money
    lines: tuple[SoldLine, ...]
    is_direct: bool = False  # its supplier has the money, not we
    taken_off: Money = ZERO  # by claims, of goods that were never paid


@dataclass(frozen=True, slots=True)
class AddressForgotten(Event):
    """A purchase names no longer who got it: it was done long enough ago."""

    purchase_id: UUID


@dataclass(frozen=True, slots=True)
class PurchasePlaced(Event):
    purchase_id: UUID
    total: Money


@dataclass(frozen=True, slots=True)
class PurchaseLapsed(Event):
    purchase_id: UUID  # its stock was held long enough and no money came


@dataclass(frozen=True, slots=True)
class PaymentSettled(Event):
    """The whole amount of a purchase is with us; `covered` of it credit and vouchers pay. A union's
    money for credit is another `cause`, and `purchase_id` then that grant."""

    payment_id: UUID
    purchase_id: UUID
    amount: Money
    tender: str
    covered: Money = ZERO
    cause: str = "purchase"
    order_id: UUID | None = None  # of this order alone: paid directly, or after acceptance


@dataclass(frozen=True, slots=True)
class Covering:
    """What a source other than the buyer's own money pays; the source is a share or a voucher."""

    kind: str
    source_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class CoverReturned(Event):
    """What credit and vouchers paid of an order, or were to, is theirs again; `key` says why."""

    order_id: UUID
    key: str
    was_paid: bool
    parts: tuple[Covering, ...]


@dataclass(frozen=True, slots=True)
class RefundSettled(Event):
    """Money of one order has gone back to the buyer, all of it or a part."""

    refund_id: UUID
    order_id: UUID
    purchase_id: UUID
    amount: Money
    tender: str
    cause: str = "purchase"
    attempt: int = 0  # how often it had bounced before


@dataclass(frozen=True, slots=True)
class PaidLate(Event):
    """A card's money came after the purchase was off: the goods again, or the money back."""

    operation_id: UUID
    payment_id: UUID
    purchase_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class ExcessTaken(Event):
    """The gateway took money that no payment waits for; it goes back by itself."""

    operation_id: UUID
    payment_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class ExcessReturned(Event):
    """Money that no payment waited for has gone back."""

    operation_id: UUID
    payment_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class ReturnOwed(Event):
    """The gateway is to give back what this operation says."""

    operation_id: UUID


@dataclass(frozen=True, slots=True)
class DisputeOpened(Event):
    """The payer's bank wants money back, the gateway keeps it until that is decided."""

    dispute_id: UUID
    payment_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class DisputeEnded(Event):
    """The bank decided: won, the money is ours again; lost, it is gone."""

    dispute_id: UUID
    payment_id: UUID
    amount: Money
    was_won: bool


@dataclass(frozen=True, slots=True)
class ReconciliationDue(Event):
    """The gateway's list is to be compared with our books, from then on."""

    since: datetime


@dataclass(frozen=True, slots=True)
class RatingChanged(Event):
    """So many more reviews of a good are shown, with so many more stars together; fewer, below
    zero."""

    listing_id: UUID
    count: int
    stars: int


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    order_id: UUID


@dataclass(frozen=True, slots=True)
class ParcelLeft(Event):
    """Some pieces of an order are on their way, or all that were left."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderReceived(Event):
    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderCompleted(Event):
    """Received or accepted, or nobody objected in time: its supplier is owed the money now."""

    order_id: UUID
    supplier_id: UUID
    goods: Money
    supply: Money
    freight: Money
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """What of a line goes back; `pieces` were sent back for it."""

    order_line_id: UUID
    pieces: int
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderPartRefunded(Event):
    """A part of the goods' price goes back; `was_due`: its supplier was owed it already."""

    order_id: UUID
    refund_id: UUID
    supplier_id: UUID
    was_due: bool
    goods: Money
    supply: Money
    lines: tuple[RefundedLine, ...]
    is_direct: bool = False
    is_taken_off: bool = False  # taken off before it was paid: nothing goes back


@dataclass(frozen=True, slots=True)
class OrderTakenBack(Event):
    """A completed order is undone, but for what went back in parts; its goods stay sold."""

    order_id: UUID
    supplier_id: UUID
    goods: Money
    supply: Money
    freight: Money
    is_direct: bool = False
