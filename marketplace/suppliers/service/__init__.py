"""The writers of suppliers: applying, handing in papers, deciding."""

from marketplace.suppliers.service.applying import (
    Application,
    PapersMissing,
    mark_as_example,
    register,
    revise,
    submit,
)
from marketplace.suppliers.service.deciding import approve, check, restore, send_back, suspend, use
from marketplace.suppliers.service.papers import (
    HandedIn,
    accept_paper,
    hand_in,
    read_scan,
    refuse_paper,
    use_paper,
)

__all__ = [
    "Application",
    "HandedIn",
    "PapersMissing",
    "accept_paper",
    "approve",
    "check",
    "hand_in",
    "mark_as_example",
    "read_scan",
    "refuse_paper",
    "register",
    "restore",
    "revise",
    "send_back",
    "submit",
    "suspend",
    "use",
    "use_paper",
]
