"""Questions about credit and vouchers."""

from marketplace.credit.queries.faults import faults, reserved
from marketplace.credit.queries.grants import (
    GrantView,
    ShareRow,
    eligible,
    grant,
    grants,
    officer_roles,
    own_shares,
    shares,
    without_account,
)
from marketplace.credit.queries.paying import (
    VoucherFound,
    Wanted,
    covering,
    open_voucher,
    to_end,
    union_of,
    usable,
)
from marketplace.credit.queries.vouchers import BatchRow, batch, batches

__all__ = [
    "BatchRow",
    "GrantView",
    "ShareRow",
    "VoucherFound",
    "Wanted",
    "batch",
    "batches",
    "covering",
    "eligible",
    "faults",
    "grant",
    "grants",
    "officer_roles",
    "open_voucher",
    "own_shares",
    "reserved",
    "shares",
    "to_end",
    "union_of",
    "usable",
    "without_account",
]
