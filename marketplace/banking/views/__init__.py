"""Pages of the bank's statements: taking them in, and the work list of lines."""

from marketplace.banking.views import deciding, taking
from marketplace.banking.views.blueprint import pages

__all__ = ["deciding", "pages", "taking"]
