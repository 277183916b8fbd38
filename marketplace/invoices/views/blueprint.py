"""The one blueprint of invoices."""

from flask import Blueprint

pages = Blueprint("invoices", __name__, url_prefix="/invoices")
