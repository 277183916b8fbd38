"""The application, step by step: each is saved on its own, forward and back as one likes."""

from __future__ import annotations

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.forms import (
    FORMS,
    BeginForm,
    DeclarationForm,
    GrowerForm,
    StepForm,
    declaration_form,
    said_of,
)
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import ApplicationStep
from marketplace.suppliers.views.blueprint import pages
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    once,
    page,
    reading,
    remember,
    someone,
    work,
)
from marketplace.web.words import _

AnyForm = StepForm | GrowerForm | DeclarationForm


@pages.get("/register")
@needs(Role.SUPPLIER_STAFF)
def register() -> ResponseReturnValue:
    with reading() as session:
        known = queries.own(session, someone())
    if known is not None:
        return redirect(url_for("marketplace.suppliers.show", supplier_id=known.id))
    return page("suppliers/register.html", form=BeginForm())


@pages.post("/register")
@needs(Role.SUPPLIER_STAFF)
def register_now() -> ResponseReturnValue:
    form = BeginForm()
    if not form.validate():
        return page("suppliers/register.html", 422, form=form)
    organisation = min(someone().organisations(Role.SUPPLIER_STAFF))
    kind, legal_name = form.begun()
    with work() as w:
        supplier = service.begin(w, organisation, kind, legal_name)
    return to_step(supplier.id, ApplicationStep.ENTITY, _("草稿已建好，随时可以离开，回来接着填。"))


@pages.get("/<uuid:supplier_id>/steps/<step>")
@needs(Role.SUPPLIER_STAFF)
def step(supplier_id: uuid.UUID, step: str) -> ResponseReturnValue:
    return step_page(supplier_id, _step(step))


@pages.post("/<uuid:supplier_id>/steps/<step>")
@needs(Role.SUPPLIER_STAFF)
def save_step(supplier_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Save it; then on to the next step, or to the overview for whoever goes on another day."""
    here = _step(step)
    if here not in FORMS:
        raise Missing(step=step)
    form = FORMS[here]()
    if not form.validate():
        return step_page(supplier_id, here, form, 422)
    try:
        with work() as w:
            supplier = service.save(w, supplier_id, form.said())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return step_page(supplier_id, here, form, fault.status)
    if request.form.get("then") == "later" or rules.is_let_in(supplier.state):
        return back_to("suppliers.show", _("已保存。"), supplier_id=supplier_id)
    return to_step(supplier_id, rules.after(supplier.kind, here), _("已保存。"))


@pages.post("/<uuid:supplier_id>/growers")
@needs(Role.SUPPLIER_STAFF)
@once
def name_grower(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = GrowerForm()
    here = ApplicationStep.GROWERS
    if not form.validate():
        return step_page(supplier_id, here, form, 422)
    try:
        with work() as w:
            service.name_grower(w, supplier_id, form.named())
            remember(w, _url(supplier_id, here))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return step_page(supplier_id, here, form, fault.status)
    return to_step(supplier_id, here, _("已加入，可以接着加下一个。"))


@pages.post("/growers/<uuid:grower_id>/drop")
@needs(Role.SUPPLIER_STAFF)
def drop_grower(grower_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        grower = service.drop_grower(w, grower_id)
    return to_step(grower.supplier_id, ApplicationStep.GROWERS, _("已移出名单，原来的记录保留。"))


def _step(name: str) -> ApplicationStep:
    """Raises Missing."""
    if name not in set(ApplicationStep):
        raise Missing(step=name)
    return ApplicationStep(name)


def step_page(
    supplier_id: uuid.UUID,
    here: ApplicationStep,
    form: AnyForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    at = now()
    with reading() as session:
        supplier = queries.own_one(session, someone(), supplier_id)
        steps = rules.steps_of(supplier.kind)
        if here not in steps:
            raise Missing(step=here)
        found = queries.progress(session, supplier, at)
        growers = [
            (one, regions.label_of(session, one.county_code))
            for one in queries.growers(session, supplier)
        ]
        county = regions.label_of(session, supplier.county_code)
        declared = queries.declared(session, supplier.id)
        form = form or _form(session, here, supplier)
    place = steps.index(here)
    return page(
        f"suppliers/step_{here}.html" if here not in FORMS else "suppliers/step.html",
        status,
        supplier=supplier,
        progress=found,
        here=here,
        steps=steps,
        before=steps[place - 1] if place else None,
        after=steps[place + 1] if place + 1 < len(steps) else None,
        step_url=lambda step: _url(supplier_id, step),
        form=form,
        declared=declared[0] if declared else None,
        is_open=rules.is_open(here, supplier.state),
        is_let_in=rules.is_let_in(supplier.state),
        growers=growers,
        county=county,
    )


def declaration_of(supplier_id: uuid.UUID, name: str) -> DeclarationForm:
    """The questions of that name, as this supplier is asked. Raises Missing."""
    with reading() as session:
        supplier = queries.own_one(session, someone(), supplier_id)
        return _declaration(session, supplier, name)


def _form(session: Session, here: ApplicationStep, supplier: Supplier) -> AnyForm | None:
    if here is ApplicationStep.GROWERS:
        return GrowerForm()
    if here is ApplicationStep.DECLARE:
        return _declaration(session, supplier)
    return FORMS[here](**said_of(supplier)) if here in FORMS else None


def _declaration(session: Session, supplier: Supplier, name: str = "") -> DeclarationForm:
    """Of that name, else the first that is asked."""
    asked = [one for one in queries.forms_for(supplier) if name in {"", one.name}]
    if not asked:
        raise Missing(name=name)
    history = queries.declarations(session, supplier.id, asked[0].name)
    last = history[0] if history else None
    return declaration_form(asked[0], last, queries.burdens(history))


def _url(supplier_id: uuid.UUID, step: ApplicationStep) -> str:
    return url_for("marketplace.suppliers.step", supplier_id=supplier_id, step=step.value)


def to_step(supplier_id: uuid.UUID, step: ApplicationStep, said: str) -> ResponseReturnValue:
    return back_to("suppliers.step", said, supplier_id=supplier_id, step=step.value)
