"""The blueprints of accounts: people for managers, notices for everybody."""

from flask import Blueprint

pages = Blueprint("accounts", __name__, url_prefix="/people")
told = Blueprint("notices", __name__, url_prefix="/notices")
