"""The pages of money hang on one blueprint."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("payments", __name__, url_prefix="/payments")
