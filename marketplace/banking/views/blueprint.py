from __future__ import annotations

from flask import Blueprint

pages = Blueprint("banking", __name__, url_prefix="/banking")
