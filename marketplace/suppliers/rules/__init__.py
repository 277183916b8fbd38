"""Pure answers about suppliers: codes, periods, what is missing, what a scan really is."""

from marketplace.suppliers.rules.codes import BEGINNINGS, check_code
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
from marketplace.suppliers.rules.requirements import REQUIREMENTS, Requirement, required_of

__all__ = [
    "BEGINNINGS",
    "KINDS",
    "REQUIREMENTS",
    "ExtraField",
    "FieldType",
    "Finding",
    "Grade",
    "KindOfPaper",
    "Requirement",
    "check_code",
    "failures",
    "finding_of",
    "in_force",
    "kinds_for",
    "label_of",
    "period",
    "required_of",
    "scan_type",
    "shown",
    "warnings",
]
