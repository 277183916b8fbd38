"""Pure answers about suppliers: codes, periods, what is missing, what a scan really is."""

from marketplace.suppliers.rules.codes import BEGINNINGS, check_code
from marketplace.suppliers.rules.papers import in_force, period, scan_type
from marketplace.suppliers.rules.requirements import REQUIREMENTS, Requirement, required_of

__all__ = [
    "BEGINNINGS",
    "REQUIREMENTS",
    "Requirement",
    "check_code",
    "in_force",
    "period",
    "required_of",
    "scan_type",
]
