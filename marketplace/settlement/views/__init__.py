"""Pages of settlement, by whom they are for."""

from marketplace.settlement.views import paying, stating
from marketplace.settlement.views.blueprint import pages

__all__ = ["pages", "paying", "stating"]
