"""The one blueprint of this face."""

from flask import Blueprint

pages = Blueprint("desk", __name__, url_prefix="/desk")
