"""The blueprint that every door hangs on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("accounts", __name__)
