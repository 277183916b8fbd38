"""Pages of suppliers: the application, its papers, what owners change, and the decisions."""

from marketplace.suppliers.views import (
    accounts,
    applying,
    changing,
    declaring,
    dossiers,
    papers,
    teams,
    waiving,
)
from marketplace.suppliers.views.blueprint import pages

__all__ = [
    "accounts",
    "applying",
    "changing",
    "declaring",
    "dossiers",
    "pages",
    "papers",
    "teams",
    "waiving",
]
