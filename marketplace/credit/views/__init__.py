"""Pages of credit and vouchers, by whom they are for."""

from marketplace.credit.views import granting, vouchers
from marketplace.credit.views.blueprint import pages

__all__ = ["granting", "pages", "vouchers"]
