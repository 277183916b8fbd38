"""The reviewer's inbox with many open tasks, beside the same page with 500."""

from __future__ import annotations

import re
import statistics
import time
import uuid
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert, text

from benchmarks.filling import PASSWORD, counties, reviewer, supplier
from benchmarks.places import Grounds, Place
from benchmarks.reporting import Figure
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.desk.models import ReviewTask
from marketplace.desk.rules import USUAL
from marketplace.extension import bring_up, make_runtime
from marketplace.kernel.actor import Role
from marketplace.kernel.reviews import ReviewKind
from marketplace.standalone import create_app
from marketplace.work import Runtime

FEW = 500
SUPPLIERS = 20
LOGIN = "13500009999"
KINDS = (ReviewKind.LISTING, ReviewKind.LISTING, ReviewKind.PAPER, ReviewKind.CHANGE)
TOKEN = re.compile(r'name="csrf_token" type="hidden" value="([^"]*)"')
AT_ONCE = 5_000  # rows in one statement
PAGES = 20  # requests of one turn


def measure(ground: Grounds, kind: str, many: int, *, runs: int) -> Figure:
    """Both pages take turns in this process, each with an application and a database of its own."""
    places = [ground.place(kind, f"inbox-{size}") for size in ("many", "few")]
    clients = [_signed_in(ground, p, n) for p, n in zip(places, (many, FEW), strict=True)]
    values, references = [], []
    for turn in range(runs + 1):
        value, reference = (_milliseconds(client) for client in clients)
        if turn:  # the first one warms up
            values.append(value)
            references.append(reference)
    for client, place in zip(clients, places, strict=True):
        client.application.extensions["marketplace"].runtime.engine.dispose()
        ground.drop(place)
    return Figure(
        "inbox",
        statistics.median(values),
        "ms/page",
        f"the same page with {FEW} open tasks instead of {many}",
        statistics.median(references),
        statistics.median(v / r for v, r in zip(values, references, strict=True)),
        runs,
        kind,
        "none: the application in this process",
        1,
        "Flask's test client, one request at a time",
    )


def _signed_in(ground: Grounds, place: Place, tasks: int) -> FlaskClient:
    ground.make(place)
    runtime = make_runtime(place.config)
    bring_up(runtime)
    _fill(runtime, tasks)
    runtime.engine.dispose()
    client = create_app(place.settings).test_client()
    (token, *_more) = TOKEN.findall(client.get("/sign-in").text)
    told = {"csrf_token": token, "login": LOGIN, "password": PASSWORD}
    answer = client.post("/sign-in", data=told, headers={"Sec-Fetch-Site": "same-origin"})
    if answer.status_code != 303:  # see other
        raise RuntimeError(answer.text)
    return client


def _fill(runtime: Runtime, tasks: int) -> None:
    """Suppliers by the services; their tasks as rows, since what they are about is not opened."""
    with runtime.work() as w:
        operator = accounts.add_organisation(w, "示例运营部", OrganisationKind.OPERATOR)
        person = accounts.add_person(w, "示例审核员甲", PASSWORD, mobile=LOGIN)
        accounts.grant(w, person.id, operator.id, Role.REVIEWER)
    codes, who = counties(runtime), reviewer(runtime)
    ids = [supplier(runtime, who, n, codes[n * 7 % len(codes)]) for n in range(SUPPLIERS)]
    with runtime.work() as w:
        for start in range(0, tasks, AT_ONCE):
            rows = [
                _task(w.now, n, (ids[n % SUPPLIERS], codes[n % len(codes)]))
                for n in range(start, min(start + AT_ONCE, tasks))
            ]
            w.session.execute(insert(ReviewTask), rows)
    with runtime.engine.begin() as connection:  # PostgreSQL does so by itself within a minute
        connection.execute(text("ANALYZE mp_review_task"))


def _task(now: object, number: int, of: tuple[uuid.UUID, str]) -> dict[str, object]:
    supplier_id, county = of
    opened = now - timedelta(seconds=number)  # type: ignore[operator]  # an instant
    return {
        "id": uuid.uuid4(),
        "kind": KINDS[number % len(KINDS)],
        "subject_id": uuid.uuid4(),
        "supplier_id": supplier_id,
        "county_code": county,
        "title": f"示例商品 {number}",
        "not_by": "nobody",
        "priority": USUAL if number % 3 else 0,
        "opened_at": opened,
    }


def _milliseconds(client: FlaskClient) -> float:
    """The middle of some requests."""
    taken = []
    for _ in range(PAGES):
        began = time.perf_counter()
        answer = client.get("/desk")
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200 or "示例商品" not in answer.text:
            raise RuntimeError(answer.text)
    return statistics.median(taken)
