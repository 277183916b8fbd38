"""The one blueprint of credit."""

from flask import Blueprint

pages = Blueprint("credit", __name__, url_prefix="/credit")
