"""Pure answers about credit: where it is allowed, what pays what, what a grant may be."""

from marketplace.credit.rules.cards import Card, card_for, cards, read_cards
from marketplace.credit.rules.covering import Cost, Cover, Kept, Source, cover
from marketplace.credit.rules.granting import (
    Member,
    Span,
    check_grant,
    content_hash,
)
from marketplace.credit.rules.vouchers import CODE_LENGTH, code_hash, spoken

__all__ = [
    "CODE_LENGTH",
    "Card",
    "Cost",
    "Cover",
    "Kept",
    "Member",
    "Source",
    "Span",
    "card_for",
    "cards",
    "check_grant",
    "code_hash",
    "content_hash",
    "cover",
    "read_cards",
    "spoken",
]
