"""Keeping lists of counties: proposed by one manager, confirmed by another."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.desk.forms import NewListForm, VersionForm
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.regions import queries, service
from marketplace.regions.models import DesignationList, ListVersion
from marketplace.web import back_to, checked, needs, now, once, page, reading, remember, work
from marketplace.web.told import Told, tell
from marketplace.web.words import _
from marketplace.work import Work

MOST_TOLD = 200


@pages.get("/lists/new")
@needs(Role.MANAGER)
def new_list() -> ResponseReturnValue:
    return _blank(_new_form())


@pages.post("/lists/new")
@needs(Role.MANAGER)
@once
def add_list() -> ResponseReturnValue:
    form = _new_form()
    if not form.validate():
        return _blank(form, 422)
    try:
        with work() as w:
            made = service.add_list(w, form.new_list())
            version = _proposed(w, made.slug, form)
            remember(w, _where(version))
    except (Invalid, Refused) as fault:
        return _blank(form, fault.status, _problems(form, fault))
    return _to_version(version, _("已提出。请另一位管理员看过变动后确认。"))


@pages.get("/lists/<slug>/propose")
@needs(Role.MANAGER)
def propose_list(slug: str) -> ResponseReturnValue:
    with reading() as session:
        one = queries.designation_list(session, slug)
        newest = queries.version_numbered(session, slug, one.newest)
        spread = queries.coverage(session, newest.id) if newest else {}
        names = {place.code: place.label_short for place in queries.provinces(session)}
    form = VersionForm(
        source=newest.source if newest else "",
        published=newest.published if newest else None,
        entries=newest.entries if newest else None,
        note=newest.note if newest else "",
        qualifies=newest.qualifies if newest else False,
        effective_day=local_day(now()),
        provinces="\n".join(f"{names[code]} {has}" for code, (has, _known) in spread.items()),
    )
    return _sheet(form, one)


@pages.post("/lists/<slug>/propose")
@needs(Role.MANAGER)
@once
def take_list(slug: str) -> ResponseReturnValue:
    form = VersionForm()
    with reading() as session:
        one = queries.designation_list(session, slug)
    if not form.validate():
        return _sheet(form, one, 422)
    try:
        with work() as w:
            version = _proposed(w, slug, form)
            remember(w, _where(version))
    except (Invalid, Refused) as fault:
        return _sheet(form, one, fault.status, _problems(form, fault))
    return _to_version(version, _("已提出。请另一位管理员看过变动后确认。"))


@pages.post("/lists/versions/<uuid:version_id>/<verb>")
@needs(Role.MANAGER)
def decide_list(version_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    deeds = {"confirm": service.confirm, "discard": service.discard}
    if verb not in deeds:
        raise Missing
    checked()
    with work() as w:
        version = deeds[verb](w, version_id)
    return _to_version(version, _("已办理。"))


def _proposed(w: Work, slug: str, form: VersionForm) -> ListVersion:
    """From the sheet, else from the typed lines, else the same counties with other words."""
    data, proposal = form.file(), form.proposal()
    if data:
        return service.propose_file(w, slug, data, proposal)
    if form.counties.data:
        return service.propose_counties(w, slug, form.counties.data, proposal)
    return service.propose_again(w, slug, proposal)


def _problems(form: VersionForm, fault: Invalid | Refused) -> list[Told]:
    """The rows of a refused sheet; anything else stands beside its field, or goes on up."""
    if isinstance(fault, service.ListRefused):
        return tell(fault.problems, MOST_TOLD)
    if not form.blame(fault):
        form.blame_sheet(fault)
    return []


def _new_form() -> NewListForm:
    form = NewListForm(effective_day=local_day(now()))
    with reading() as session:
        form.offer(accounts.organisations(session))
    return form


def _blank(
    form: NewListForm, status: int = 200, problems: list[Told] | None = None
) -> ResponseReturnValue:
    return page("desk/list.html", status, form=form, one=None, problems=problems or [])


def _sheet(
    form: VersionForm, one: DesignationList, status: int = 200, problems: list[Told] | None = None
) -> ResponseReturnValue:
    return page("desk/list.html", status, form=form, one=one, problems=problems or [])


def _where(version: ListVersion) -> str:
    return url_for("marketplace.regions.version", slug=version.list_slug, number=version.number)


def _to_version(version: ListVersion, said: str) -> ResponseReturnValue:
    return back_to("regions.version", said, slug=version.list_slug, number=version.number)
