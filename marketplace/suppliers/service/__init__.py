"""The writers of suppliers: applying, handing in papers, deciding, and what only owners change."""

from marketplace.suppliers.service.accounts import (
    NewAccount,
    confirm_account,
    propose_account,
    received_account,
    refuse_account,
    withdraw_account,
)
from marketplace.suppliers.service.applying import (
    Application,
    Contact,
    Entity,
    Incomplete,
    PapersMissing,
    Story,
    begin,
    mark_as_example,
    register,
    revise,
    save,
    submit,
)
from marketplace.suppliers.service.changing import (
    approve_change,
    propose_change,
    refuse_change,
    use_change,
    withdraw_change,
)
from marketplace.suppliers.service.deciding import approve, check, restore, send_back, suspend, use
from marketplace.suppliers.service.declaring import Statement, all_good, declare, use_declaration
from marketplace.suppliers.service.examining import ChecksFailed, HandedIn, received
from marketplace.suppliers.service.expiring import remind_of_papers
from marketplace.suppliers.service.freight import set_freight
from marketplace.suppliers.service.growers import NamedGrower, drop_grower, name_grower
from marketplace.suppliers.service.looking_up import (
    Found,
    decide_hit,
    look_up,
    read_shot,
    received_shot,
)
from marketplace.suppliers.service.papers import (
    accept_paper,
    hand_in,
    read_preview,
    read_scan,
    refuse_paper,
    revoke_paper,
    use_paper,
)
from marketplace.suppliers.service.standing import profile, reckon
from marketplace.suppliers.service.waiving import Wanted, propose_waiver, use_waiver

__all__ = [
    "Application",
    "ChecksFailed",
    "Contact",
    "Entity",
    "Found",
    "HandedIn",
    "Incomplete",
    "NamedGrower",
    "NewAccount",
    "PapersMissing",
    "Statement",
    "Story",
    "Wanted",
    "accept_paper",
    "all_good",
    "approve",
    "approve_change",
    "begin",
    "check",
    "confirm_account",
    "decide_hit",
    "declare",
    "drop_grower",
    "hand_in",
    "look_up",
    "mark_as_example",
    "name_grower",
    "profile",
    "propose_account",
    "propose_change",
    "propose_waiver",
    "read_preview",
    "read_scan",
    "read_shot",
    "received",
    "received_account",
    "received_shot",
    "reckon",
    "refuse_account",
    "refuse_change",
    "refuse_paper",
    "register",
    "remind_of_papers",
    "restore",
    "revise",
    "revoke_paper",
    "save",
    "send_back",
    "set_freight",
    "submit",
    "suspend",
    "use",
    "use_change",
    "use_declaration",
    "use_paper",
    "use_waiver",
    "withdraw_account",
    "withdraw_change",
]
