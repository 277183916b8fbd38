"""The sign of life for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from marketplace.accounts.models import Person
from marketplace.web import open_to_all, reading

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_to_all
def check() -> ResponseReturnValue:
    """200 when the database answers and has its tables; never says more than that."""
    try:
        with reading() as found:
            found.scalar(select(func.count()).select_from(Person))
    except SQLAlchemyError:
        return "database\n", 503, {"Content-Type": "text/plain"}
    return "ok\n", {"Content-Type": "text/plain"}
