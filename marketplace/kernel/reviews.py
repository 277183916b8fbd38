"""What may lie on a reviewer's desk; whoever hands it in says its kind, see events.ReviewAsked."""

from __future__ import annotations

from enum import StrEnum


class ReviewKind(StrEnum):
    """One kind of decision. A new supplier is decided twice, by two persons."""

    SUPPLIER = "supplier"  # 经办: a first person checks an application
    SUPPLIER_SECOND = "supplier_second"  # 复核: a second one confirms it
    PAPER = "paper"  # of a supplier that is in already
    DECLARATION = "declaration"  # of a supplier that is in already, with an answer to be judged
    LISTING = "listing"  # a new good, or one that was returned
    CHANGE = "change"  # of a good that is on sale
    LEGAL_CHANGE = "legal_change"  # kind, name, code or county of a supplier that is in
    ACCOUNT = "account"  # to which a supplier is paid, where no second owner can look
    WAIVER = "waiver"  # a paper that is not asked for, on the record
