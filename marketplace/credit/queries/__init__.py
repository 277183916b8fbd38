"""Questions about credit and vouchers."""

from marketplace.credit.queries.faults import committed, faults, reserved
from marketplace.credit.queries.grants import (
    GrantView,
    LeftOut,
    ShareRow,
    eligible,
    grant,
    grants,
    left_out,
    officer_roles,
    own_shares,
    shares,
    to_approve,
)
from marketplace.credit.queries.paying import (
    VoucherFound,
    Wanted,
    covering,
    open_voucher,
    to_end,
    usable,
)
from marketplace.credit.queries.vouchers import BatchRow, batch, batches

__all__ = [
    "BatchRow",
    "GrantView",
    "LeftOut",
    "ShareRow",
    "VoucherFound",
    "Wanted",
    "batch",
    "batches",
    "committed",
    "covering",
    "eligible",
    "faults",
    "grant",
    "grants",
    "left_out",
    "officer_roles",
    "open_voucher",
    "own_shares",
    "reserved",
    "shares",
    "to_approve",
    "to_end",
    "usable",
]
