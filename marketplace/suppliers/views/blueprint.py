"""The blueprint that all pages of suppliers hang on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("suppliers", __name__, url_prefix="/suppliers")
