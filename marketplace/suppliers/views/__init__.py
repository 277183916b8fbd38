"""Pages of suppliers: the application, its papers, what owners change, and the decisions."""

from marketplace.suppliers.views import (
    accounts,
    applying,
    changing,
    dossiers,
    papers,
    teams,
    waiving,
)
from marketplace.suppliers.views.blueprint import pages

__all__ = ["accounts", "applying", "changing", "dossiers", "pages", "papers", "teams", "waiving"]
