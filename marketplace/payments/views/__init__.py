"""Pages of money: paying by card, what the gateway tells, what managers confirm and send back."""

from marketplace.payments.views import differing, hearing, managing, paying
from marketplace.payments.views.blueprint import pages

__all__ = ["differing", "hearing", "managing", "pages", "paying"]
