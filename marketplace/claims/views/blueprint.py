"""The pages of claims hang on one blueprint."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("claims", __name__, url_prefix="/claims")
