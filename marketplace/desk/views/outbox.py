"""Parcels that failed too often: looked at by managers and auditors, decided by managers."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.desk import service
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.web import back_to, checked, needs, now, page, reading, someone, work
from marketplace.web.words import _
from marketplace.work import outbox


@pages.get("/outbox")
@needs(Role.MANAGER, Role.AUDITOR)
def parcels() -> ResponseReturnValue:
    at = now()
    with reading() as session:
        return page(
            "desk/outbox.html",
            counts=outbox.waiting(session, at),
            dead=outbox.dead(session, at),
            may_decide=Role.MANAGER in someone().roles,
        )


@pages.post("/outbox/<uuid:parcel_id>/try-again")
@needs(Role.MANAGER)
def try_again(parcel_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.try_again(w, parcel_id)
    return back_to("desk.parcels", _("已放回，马上再投递。"))


@pages.post("/outbox/<uuid:parcel_id>/drop")
@needs(Role.MANAGER)
def drop(parcel_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.drop(w, parcel_id, request.form.get("note", ""))
    return back_to("desk.parcels", _("已记下，不再投递。"))
