"""Pages of accounts: organisations and people from sheets, and what somebody was told."""

from marketplace.accounts.views import notices, rosters
from marketplace.accounts.views.blueprint import pages, told

__all__ = ["notices", "pages", "rosters", "told"]
