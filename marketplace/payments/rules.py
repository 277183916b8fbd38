"""Pure answers about payments: what a reference looks like, and what may be typed for one."""

from __future__ import annotations

import unicodedata

from marketplace.kernel.errors import Invalid

PREFIX = "ZT"
CODE_LENGTH = 6
LONGEST_REF = 100


def bank_reference(text: str) -> str:
    """A bank's own number of a transfer, without blanks at its ends. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("bank_ref_missing", field="bank_ref")
    if len(found) > LONGEST_REF or any(unicodedata.category(sign) == "Cc" for sign in found):
        raise Invalid("bank_ref_malformed", field="bank_ref")
    return found
