"""The two books and their chart of accounts; nothing here has states of its own."""

from enum import StrEnum


class Book(StrEnum):
    MONEY = "money"
    BUDGET = "budget"


class AccountKind(StrEnum):
    """The chart. Money book first, then the budget book; `owner_id` tells whose."""

    BANK_CLEARING = "bank_clearing"  # asset: transfers confirmed by an operator
    CARD_CLEARING = "card_clearing"  # asset: with the card gateway
    CARD_EXCESS = "card_excess"  # liability: a card's money that nobody waits for; ends at zero
    CARD_DISPUTED = "card_disputed"  # asset: kept back by the gateway; ends at zero
    CARD_LOSS = "card_loss"  # expense: disputes that were lost
    TRANSFER_UNKNOWN = "transfer_unknown"  # liability: came, and nobody knows what for; ends at 0
    TRANSFER_SHORT = "transfer_short"  # liability: less than is asked; ends at zero
    TRANSFER_EXCESS = "transfer_excess"  # liability: more than is asked, or twice; ends at zero
    DIRECT_PAID = "direct_paid"  # memorandum: with suppliers, paid by buyers, not earned yet
    DIRECT_REFUNDS = "direct_refunds"  # memorandum: owed back by suppliers; ends at zero
    BUYER_CREDIT = "buyer_credit"  # liability: paid, not yet matched to orders
    SUPPLIER_PAYABLE = "supplier_payable"  # liability, per supplier: supply price of paid goods
    PRICE_DIFFERENCE = "price_difference"  # sale price over supply price
    FREIGHT = "freight"  # liability, per supplier
    REFUNDS = "refunds"  # liability: owed back to buyers
    DUE_TO_SUPPLIER = "due_to_supplier"  # liability, per supplier: of completed orders, fees off
    WELFARE_CREDIT = "welfare_credit"  # liability, per share: what a person may still spend
    WELFARE_HELD = "welfare_held"  # liability, per share: ordered with, not paid yet
    VOUCHER_COST = "voucher_cost"  # expense: what vouchers paid
    PAYOUTS = "payouts"  # liability: told to the bank, not answered yet
    FEES = "fees"  # income: what suppliers pay for our service
    GRANTED = "granted"  # budget book, per budget: the counterpart of everything below
    AVAILABLE = "available"
    RESERVED = "reserved"  # submitted for approval
    COMMITTED = "committed"  # approved and ordered
    SPENT = "spent"  # paid
