"""What the checks of one complete application take of the processor, beside its registration."""

from __future__ import annotations

import statistics
import time
import uuid

from benchmarks.filling import counties, paper
from benchmarks.places import Grounds
from benchmarks.reporting import Figure
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.extension import bring_up, make_runtime
from marketplace.kernel.actor import Actor, Grant, Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.credit_code import completed
from marketplace.suppliers import queries
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import PaperKind, SupplierKind
from marketplace.work import Runtime

PAPERS = (PaperKind.LICENCE, PaperKind.INSPECTION_REPORT, PaperKind.FOOD_PRODUCTION)
SUPPLIERS_BEFORE = 20  # whose papers and codes are compared with


def measure(ground: Grounds, kind: str, *, runs: int) -> Figure:
    """Papers with their checks, declaration, submission, and the whole checklist as a reviewer is
    shown it. The scans were looked at before: drawing pictures anew is not counted."""
    place = ground.place(kind, "applying")
    ground.make(place)
    runtime = make_runtime(place.config)
    bring_up(runtime)
    taken = [_apply(runtime, number) for number in range(SUPPLIERS_BEFORE + runs)]
    runtime.engine.dispose()
    ground.drop(place)
    measured = taken[SUPPLIERS_BEFORE:]
    return Figure(
        "application",
        statistics.median(checked for _, checked in measured),
        "ms of CPU",
        "registering the supplier, without papers",
        statistics.median(registered for registered, _ in measured),
        statistics.median(checked / registered for registered, checked in measured),
        runs,
        kind,
        "none: the services in this process",
        1,
        "none",
    )


def _apply(runtime: Runtime, number: int) -> tuple[float, float]:
    """Milliseconds of the processor: to register, and for all that follows until it waits."""
    codes = counties(runtime)
    county, name = codes[number * 7 % len(codes)], f"示例合作社{number}"
    with runtime.work() as w:
        of = accounts.add_organisation(w, name, OrganisationKind.SUPPLIER)
    grants = frozenset({Grant(Role.SUPPLIER_STAFF, of.id)})
    staff = Actor(f"bench-staff-{number}", "示例员工", grants)
    began = time.process_time()
    with runtime.work(staff) as w:
        made = suppliers.register(w, of.id, _application(name, county, number))
    registered = time.process_time()
    today = local_day(runtime.clock.now())
    with runtime.work(staff) as w:
        for kind in PAPERS:
            suppliers.hand_in(w, made.id, paper(kind, made, today))
        suppliers.declare(w, made.id, suppliers.all_good("integrity"))
        suppliers.submit(w, made.id)
    _look(runtime, made.id)
    ended = time.process_time()
    return (registered - began) * 1000, (ended - registered) * 1000


def _application(name: str, county: str, number: int) -> suppliers.Application:
    return suppliers.Application(
        kind=SupplierKind.COOPERATIVE,
        legal_name=name,
        credit_code=completed(f"93{county}MA{number:06d}"),
        county=county,
        address="示例乡示例村 1 号",
        contact_name="示例联系人",
        contact_mobile="13900000001",
    )


def _look(runtime: Runtime, supplier_id: uuid.UUID) -> None:
    who = Actor("bench-reviewer", "示例审核员", frozenset({Grant(Role.REVIEWER, uuid.uuid4())}))
    with runtime.reading() as session:
        shown = queries.dossier(session, who, supplier_id, runtime.clock.now())
    if not shown.checklist:
        raise RuntimeError("nothing was checked")
