"""The one blueprint of settlement."""

from flask import Blueprint

pages = Blueprint("settlement", __name__, url_prefix="/settlement")
