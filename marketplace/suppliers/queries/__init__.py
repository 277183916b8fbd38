"""Questions about suppliers; each takes a Session and answers only what the actor may see."""

from marketplace.suppliers.queries.dossiers import (
    Dossier,
    all_suppliers,
    digest,
    dossier,
    papers,
)
from marketplace.suppliers.queries.expiring import reminded, running_out
from marketplace.suppliers.queries.lookups import (
    DueRow,
    Looked,
    RegisterRow,
    due,
    is_decided,
    lookup,
    lookups,
    may_look,
    register_rows,
)
from marketplace.suppliers.queries.sight import (
    READERS,
    is_editable,
    open_paper_verbs,
    own,
    paper,
    roles_for,
    takes_papers,
    visible,
)
from marketplace.suppliers.queries.standing import (
    CheckItem,
    checklist,
    in_force,
    may_sell,
    out_of_force,
    papers_in_force,
    sells,
)

__all__ = [
    "READERS",
    "CheckItem",
    "Dossier",
    "DueRow",
    "Looked",
    "RegisterRow",
    "all_suppliers",
    "checklist",
    "digest",
    "dossier",
    "due",
    "in_force",
    "is_decided",
    "is_editable",
    "lookup",
    "lookups",
    "may_look",
    "may_sell",
    "open_paper_verbs",
    "out_of_force",
    "own",
    "paper",
    "papers",
    "papers_in_force",
    "register_rows",
    "reminded",
    "roles_for",
    "running_out",
    "sells",
    "takes_papers",
    "visible",
]
