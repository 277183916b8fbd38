"""The door for hosts: `Marketplace(identity=…).init_app(app, url_prefix="/aid")`.

Sets nothing app-wide: session, sign-in, CSRF, translations, headers and errors of the host stay
the host's. Everything of ours hangs on one blueprint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask
from werkzeug.exceptions import HTTPException

from marketplace import wiring
from marketplace.accounts import queries as notices
from marketplace.accounts import service as people
from marketplace.accounts import views as accounts
from marketplace.banking import views as banking
from marketplace.catalog import views as catalog
from marketplace.claims import views as claims
from marketplace.config import Config, Misconfigured
from marketplace.credit import views as credit
from marketplace.desk import queries as waiting
from marketplace.desk import service as tasks
from marketplace.desk import views as desk
from marketplace.events import Event
from marketplace.invoices import views as invoices
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import MarketplaceError
from marketplace.ledger import views as ledger
from marketplace.orders import queries as baskets
from marketplace.orders import views as orders
from marketplace.payments import views as payments
from marketplace.ports.identity import Identity
from marketplace.ports.payments import PaymentGateway
from marketplace.ports.storage import Storage
from marketplace.purchasing import views as purchasing
from marketplace.regions import service as region_facts
from marketplace.regions import views as regions
from marketplace.reviews import views as reviews
from marketplace.settlement import views as settlement
from marketplace.statistics import views as statistics
from marketplace.suppliers import views as suppliers
from marketplace.unions import views as unions
from marketplace.web import looking, now, someone, styleguide
from marketplace.web import pages as web
from marketplace.web.rendering import Pages
from marketplace.work import Runtime, Tools, Wire, schema
from marketplace.zone import views as zone

CAPABILITIES: tuple[Blueprint, ...] = (
    web.pages,
    accounts.pages,
    accounts.told,
    banking.pages,
    catalog.pages,
    credit.pages,
    claims.pages,
    desk.pages,
    invoices.pages,
    ledger.pages,
    orders.pages,
    payments.pages,
    purchasing.pages,
    regions.pages,
    reviews.pages,
    settlement.pages,
    statistics.pages,
    styleguide.pages,
    suppliers.pages,
    unions.pages,
    zone.pages,
)
BUYERS = frozenset({Role.EMPLOYEE, Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})
STAFF = frozenset({Role.SUPPLIER_STAFF})
OPERATORS = frozenset({Role.REVIEWER, Role.AUDITOR, Role.MANAGER})
UNION = frozenset({Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})
AUDIT = frozenset({Role.AUDITOR})
MONEY = frozenset({Role.MANAGER, Role.AUDITOR})
FIGURES = MONEY | STAFF | UNION
# in the order of the bar; each capability's own line
TABS: tuple[web.TabRule, ...] = (
    web.TabRule("tab.zone", "marketplace.zone.home"),
    web.TabRule("tab.lists", "marketplace.regions.index"),
    web.TabRule("tab.orders", "marketplace.orders.mine", BUYERS),
    web.TabRule("tab.plans", "marketplace.purchasing.index", UNION | AUDIT),
    web.TabRule("tab.union", "marketplace.unions.index", UNION | AUDIT),
    web.TabRule("tab.desk", "marketplace.desk.index", OPERATORS),
    web.TabRule("tab.suppliers", "marketplace.suppliers.index", OPERATORS),
    web.TabRule("tab.supplier", "marketplace.suppliers.mine", STAFF),
    web.TabRule("tab.listings", "marketplace.catalog.mine", STAFF),
    web.TabRule("tab.supplier_orders", "marketplace.orders.for_supplier", STAFF),
    web.TabRule("tab.statements", "marketplace.settlement.mine", STAFF),
    web.TabRule("tab.to_issue", "marketplace.invoices.to_issue", STAFF),
    web.TabRule("tab.claims", "marketplace.claims.index", MONEY | STAFF),
    web.TabRule("tab.reviews", "marketplace.reviews.index", OPERATORS | STAFF),
    web.TabRule("tab.notices", web.NOTICES, STAFF),
    web.TabRule("tab.payments", "marketplace.payments.index", MONEY),
    web.TabRule("tab.settlement", "marketplace.settlement.index", MONEY),
    web.TabRule("tab.invoices", "marketplace.invoices.index", MONEY),
    web.TabRule("tab.people", "marketplace.accounts.index", frozenset({Role.MANAGER})),
    web.TabRule("tab.statistics", "marketplace.statistics.index", FIGURES),
)


def asset_dir(name: str) -> Path:
    """`templates` or `static`: inside the package in a wheel, beside it in a checkout."""
    packed = Path(__file__).parent / name
    return packed if packed.is_dir() else Path(__file__).parent.parent / name


@cache  # what is installed is looked through once
def backend(group: str, name: str) -> Callable[..., Any]:
    """The chosen implementation of a port. Raises Misconfigured."""
    found = entry_points(group=f"marketplace.{group}", name=name)
    if not found:
        raise Misconfigured((f"no backend {name!r} in the group marketplace.{group}",))
    return cast(Callable[..., Any], next(iter(found)).load())


def tools(config: Config) -> Tools:
    """The outside world as configured; its folder is made where it is missing."""
    config.data.mkdir(parents=True, exist_ok=True)
    return Tools(
        config=config,
        search=backend("search", config.search)(config.data / "search"),
        storage=_storage(config),
        card=card(config),
        mail=backend("mail", config.mail)(config),
        sms=backend("sms", config.sms)(config),
    )


def card(config: Config) -> PaymentGateway:
    """The gateway for cards as configured; one that lacks something says so and is not offered."""
    made: PaymentGateway = backend("payments", config.payments)(config)
    return made


def _storage(config: Config) -> Storage:
    """Where private files lie, as configured."""
    chosen: type[Any] = cast(type[Any], backend("storage", config.storage))
    made: Storage = chosen.configured(config)
    return made


def make_runtime(
    config: Config, *, clock: Clock | None = None, heard: Sequence[Wire] = ()
) -> Runtime:
    """Engine, tools and wiring, without any web; tables are not looked at."""
    return Runtime(
        tools(config),
        within=wiring.WITHIN,
        after=(*wiring.AFTER, *heard),
        outside=wiring.OUTSIDE,
        clock=clock,
    )


def prepare(runtime: Runtime) -> None:
    """Start only on the tables of this version; an embedded database that is new gets them.

    Raises Misconfigured with the command to type.
    """
    try:
        standing = schema.standing(runtime.engine)
        if standing is schema.Standing.EMPTY and not runtime.tools.config.database_url:
            bring_up(runtime)
        elif standing is not schema.Standing.CURRENT:
            raise Misconfigured((str(schema.WrongTables(standing)),))
    finally:
        runtime.engine.dispose()  # a server that forks must not share what was opened before


def bring_up(runtime: Runtime) -> None:
    """Tables, triggers, the packaged facts of this version, tasks of the desk; the same again
    changes nothing."""
    runtime.create_tables()
    runtime.again(lambda: _load_facts(runtime))
    runtime.again(lambda: _fill_desk(runtime))
    with runtime.reading() as session:
        runtime.anchor.note(session, runtime.clock.now())


def _load_facts(runtime: Runtime) -> None:
    """Of two processes that start at once, the second finds them loaded."""
    with runtime.work() as w:
        if not region_facts.facts_are_loaded(w.session):
            region_facts.load_facts(w)


def _fill_desk(runtime: Runtime) -> None:
    """What was waiting before there were tasks lies on the desk too."""
    with runtime.work() as w:
        tasks.fill(w)


class Marketplace:
    """The extension; one instance may serve several applications."""

    def __init__(self, identity: Identity, *, clock: Clock | None = None) -> None:
        self.identity = identity
        self.clock = clock
        self._heard: list[Wire] = []

    def listen(self, event: type[Event], *reactions: Callable[[Any, Any], None]) -> None:
        """Hosts hear of what happened, after it is committed, at least once."""
        self._heard.append(Wire(event, reactions))

    def init_app(self, app: Flask, *, url_prefix: str | None = None) -> Mounted:
        """Mount under `url_prefix`. Raises Misconfigured with everything that is missing."""
        config = Config.read(app.config)
        if not app.secret_key:
            raise Misconfigured(("SECRET_KEY is missing: forms cannot be signed",))
        runtime = make_runtime(config, clock=self.clock, heard=self._heard)
        runtime.tools = replace(runtime.tools, prefix=(url_prefix or "").rstrip("/"))
        prepare(runtime)
        pages = Pages(app, config.layout, config.layout_block, shared=web.SHARED)
        mounted = Mounted(runtime, self.identity, pages)
        app.register_blueprint(_blueprint(CAPABILITIES), url_prefix=url_prefix)
        if not pages.has(config.layout):
            raise Misconfigured((f"MARKETPLACE_LAYOUT: there is no template {config.layout!r}",))
        app.extensions["marketplace"] = mounted
        return mounted


class Mounted:
    """What one application holds of us."""

    tabs = TABS
    context = staticmethod(web.context)

    def __init__(self, runtime: Runtime, identity: Identity, pages: Pages) -> None:
        self.runtime = runtime
        self.identity = identity
        self.pages = pages

    def basket_count(self, person: Actor) -> int:
        """How many lines stand in the person's basket."""
        with looking() as session:
            return baskets.basket_count(session, person.person_id)

    def prefers(self, person: Actor, language: str) -> None:
        """Letters are written in the language of the pages."""
        with self.runtime.work(person) as w:
            people.speak(w, language)

    def unread(self) -> int:
        """How much this person was told and has not read."""
        with looking() as session:
            return notices.unread(session, someone())

    def to_do(self, person: Actor) -> dict[str, int]:
        """How much waits for the person, by the endpoint of its page."""
        with looking() as session:
            return waiting.to_do(session, person, now())

    def own_pages(self, person: Actor) -> list[tuple[str, str]]:
        """The person's pages at whoever signs them in: words and address."""
        found: list[tuple[str, str]] = getattr(self.identity, "own_pages", lambda _who: [])(person)
        return found

    def sign_out_url(self) -> str | None:
        """Where to post a sign-out; None when that is the host's affair."""
        return getattr(self.identity, "sign_out_url", lambda: None)()


def _blueprint(children: Sequence[Blueprint]) -> Blueprint:
    """A fresh parent per application, with the capabilities nested below it."""
    parent = Blueprint(
        "marketplace",
        __name__,
        template_folder=str(asset_dir("templates")),
        static_folder=str(asset_dir("static")),
        static_url_path="/static/marketplace",
    )
    for child in children:
        parent.register_blueprint(child)
    parent.register_error_handler(MarketplaceError, web.refused)
    parent.register_error_handler(HTTPException, web.broken)
    return parent
