"""Pure answers about suppliers: codes, periods, what is missing, what a scan really is."""

from marketplace.suppliers.rules.accounts import (
    account_number,
    fingerprint,
    last_four,
    looks_like_a_card,
)
from marketplace.suppliers.rules.applying import (
    LEGAL,
    Gap,
    after,
    blanks,
    is_let_in,
    is_open,
    steps_of,
)
from marketplace.suppliers.rules.codes import BEGINNINGS, check_code, check_growers_code
from marketplace.suppliers.rules.declaring import FORMS, graded, kept
from marketplace.suppliers.rules.findings import Finding, Grade, failures, finding_of, warnings
from marketplace.suppliers.rules.kinds import (
    KINDS,
    ExtraField,
    FieldType,
    KindOfPaper,
    kinds_for,
    label_of,
    shown,
)
from marketplace.suppliers.rules.papers import in_force, period, scan_type
from marketplace.suppliers.rules.requirements import (
    REQUIREMENTS,
    SCHEME,
    WHOLE,
    Family,
    Make,
    Requirement,
    key_of,
    required_of,
    slugs_of,
)

__all__ = [
    "BEGINNINGS",
    "FORMS",
    "KINDS",
    "LEGAL",
    "REQUIREMENTS",
    "SCHEME",
    "WHOLE",
    "ExtraField",
    "Family",
    "FieldType",
    "Finding",
    "Gap",
    "Grade",
    "KindOfPaper",
    "Make",
    "Requirement",
    "account_number",
    "after",
    "blanks",
    "check_code",
    "check_growers_code",
    "failures",
    "finding_of",
    "fingerprint",
    "graded",
    "in_force",
    "is_let_in",
    "is_open",
    "kept",
    "key_of",
    "kinds_for",
    "label_of",
    "last_four",
    "looks_like_a_card",
    "period",
    "required_of",
    "scan_type",
    "shown",
    "slugs_of",
    "steps_of",
    "warnings",
]
