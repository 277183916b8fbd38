"""Pages of suppliers: the application, its papers, and the reviewer's decision."""

from marketplace.suppliers.views import applying, dossiers, papers
from marketplace.suppliers.views.blueprint import pages

__all__ = ["applying", "dossiers", "pages", "papers"]
