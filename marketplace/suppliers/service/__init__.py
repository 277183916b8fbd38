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
from marketplace.suppliers.service.examining import ChecksFailed, HandedIn
from marketplace.suppliers.service.expiring import remind_of_papers
from marketplace.suppliers.service.looking_up import Found, decide_hit, look_up, read_shot
from marketplace.suppliers.service.papers import (
    accept_paper,
    hand_in,
    read_scan,
    refuse_paper,
    use_paper,
)

__all__ = [
    "Application",
    "ChecksFailed",
    "Found",
    "HandedIn",
    "PapersMissing",
    "accept_paper",
    "approve",
    "check",
    "decide_hit",
    "hand_in",
    "look_up",
    "mark_as_example",
    "read_scan",
    "read_shot",
    "refuse_paper",
    "register",
    "remind_of_papers",
    "restore",
    "revise",
    "send_back",
    "submit",
    "suspend",
    "use",
    "use_paper",
]
