"""A form that makes something, sent twice, makes it once."""

from __future__ import annotations

import hashlib
import json
import uuid
from functools import wraps
from typing import cast

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.web.answers import remark
from marketplace.web.door import View, reading, someone
from marketplace.web.forms import TOKEN
from marketplace.web.words import _
from marketplace.work import Work
from marketplace.work import once as answered

KEY = "form_key"


def form_key() -> Markup:
    """The hidden field of a form that makes something; another one on every page."""
    return Markup('<input name="{}" type="hidden" value="{}">').format(KEY, uuid.uuid4().hex)


def once(view: View) -> View:
    """Stands below the access. The same form again gets the answer of the first time; a form that
    was changed before it was sent again is another one. The view calls `remember`."""

    @wraps(view)
    def only_once(*args: object, **kwargs: object) -> ResponseReturnValue:
        g.mp_sent = _sent()
        if g.mp_sent:
            with reading() as session:
                location = answered.earlier(session, someone().person_id, g.mp_sent)
            if location is not None:
                remark(_("这张表单已经办理过，没有重复办理。"))
                return redirect(location, code=303)
        return view(*args, **kwargs)

    return cast(View, only_once)


def remember(w: Work, location: str) -> None:
    """Keep where the answer of this form is, in the unit of work that makes its thing."""
    if g.mp_sent:
        answered.keep(w, g.mp_sent, location)


def _sent() -> str | None:
    """SHA-256 of the form as it was sent, files included; None for one without a key."""
    if not request.form.get(KEY):
        return None
    said = request.form.items(multi=True)
    # another token, of a page that was loaded a second later, makes no other form
    told = [("", request.path), *(one for one in said if not one[0].endswith(TOKEN))]
    for name, file in request.files.items(multi=True):
        told.append((name, hashlib.sha256(file.read()).hexdigest()))
        file.seek(0)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
