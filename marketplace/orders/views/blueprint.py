"""The blueprint that all pages of orders hang on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("orders", __name__)
