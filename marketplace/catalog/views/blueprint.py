"""The blueprint that all pages of goods hang on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("catalog", __name__, url_prefix="/supplier")
