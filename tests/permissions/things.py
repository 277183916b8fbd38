"""Real things of the owner, of a stranger, and of nobody yet, made through the services.

Each thing has a name that rows of permissions.toml use: "{paid_order}". MARKS are texts that stand
in the owner's own things alone: no answer to anybody who may not read them holds one.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import select

from marketplace.accounts import queries as account_queries
from marketplace.accounts import service as accounts
from marketplace.catalog import queries as catalog_queries
from marketplace.catalog import rules as catalog_rules
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.desk import queries as desk_queries
from marketplace.desk import service as desk
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.orders import queries as orders
from marketplace.orders import service as buying
from marketplace.orders.models import Order, Purchase
from marketplace.payments.models import Payment, Refund, Tender
from marketplace.purchasing import service as plans
from marketplace.purchasing.models import Plan
from marketplace.regions import service as regions
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PaperKind, PaperState
from marketplace.unions import service as unions
from marketplace.unions.models import Budget, Union
from tests.fixtures import People
from tests.makers import purchasing as plan_makers
from tests.makers.catalog import (
    a_draft_listing,
    a_listing,
    a_sheet,
    a_submitted_listing,
    some_goods,
)
from tests.makers.onboarding import NUMBER, a_change, a_grower, a_trader, a_waiting_account
from tests.makers.orders import a_discrepancy, a_placement, an_address, paid, shipped
from tests.makers.outbox import a_dead_parcel
from tests.makers.photos import a_photo, photographed
from tests.makers.suppliers import (
    COUNTY,
    SCAN,
    a_credit_code,
    a_draft_supplier,
    a_paper,
    a_statement,
    a_submitted_supplier,
    a_waiver,
    an_approved_supplier,
    seen,
)
from tests.makers.unions import a_budget, a_union
from tests.permissions import banking, batches, credit, invoicing, settling, telling
from tests.permissions.newest import newest

MARK = "甲家专有"  # stands in every private text of the owner
UPLOADS = batches.UPLOADS | {
    "bank": banking.UPLOAD,
    "goods": (a_sheet({"货号": "MX-0001"}), "商品.csv"),
    "photo": (a_photo((20, 160, 60)), "瓜.jpg"),
    "organisations": ("单位代码,单位名称\nX001,示例外地分行\n".encode(), "单位.csv"),
    "people": (plan_makers.a_people_sheet(3), "名单.csv"),
    "scan": (SCAN, "扫描件.png"),
    "invoice": (b"%PDF-1.7 example", "发票.pdf"),
}

Things = dict[str, str]


def make_things(people: People) -> Things:
    """Every name that a row may use, with its id or text."""
    things: Things = {
        "nothing": str(uuid.uuid4()),  # the id of no thing at all
        "fresh_code": a_credit_code(9),
        "draft_code": a_credit_code(3),
        "mark": MARK,
    }
    _lists(people, things)
    _accounts(people, things)
    _roster(people, things)
    _suppliers(people, things)
    batches.look_up(people, things)
    _goods(people, things)
    _sheets(people, things)
    _purchases(people, things)
    banking.make_lines(people, things, MARK)
    batches.make_batches(people, things)
    _union(people, things)
    _other_union(people, things)
    settling.settle(people, things)
    invoicing.invoice(people, things)
    credit.give(people, things, MARK)
    with people.runtime.work(people.actor("employee")) as w:  # last: what is ordered leaves it
        buying.put(w, uuid.UUID(things["listing"]), 3)
    people.runtime.deliver(limit=1000)
    things["dead_parcel"] = a_dead_parcel(people.runtime)
    return things


def _lists(people: People, things: Things) -> None:
    """A newer version of a list that waits for another manager."""
    said = regions.Proposal("示例文件〔2026〕1号", local_day(people.runtime.clock.now()))
    with people.runtime.work(people.actor("second_manager")) as w:
        made = regions.propose_counties(w, "key-160", "静宁县", said)
        things["proposed_version"] = str(made.id)
        things["proposed_version_path"] = f"/lists/{made.list_slug}/{made.number}"


def _accounts(people: People, things: Things) -> None:
    """Another browser of the employee, and invitations to the bank."""
    (grant,) = people.actor("employee").grants
    things["bank"] = str(grant.organisation_id)
    with people.runtime.work() as w:
        secret = accounts.admit(w, uuid.UUID(people.ids["employee"]))
        sign_in = account_queries.open_sign_in(w.session, secret, w.now)
        assert sign_in is not None
        batch, _codes = accounts.invite(w, grant.organisation_id, Role.EMPLOYEE, pieces=1, days=7)
    things["sign_in"], things["batch"] = str(sign_in.id), str(batch.id)


def _roster(people: People, things: Things) -> None:
    """Sheets that wait for the manager who saw what they change, and some that were done."""
    with people.runtime.work(people.actor("manager")) as w:
        done, plan = accounts.propose_roster(
            w, accounts.Sheets("单位代码,单位名称\nX008,示例支行\n".encode())
        )
        assert done is not None
        accounts.apply_roster(w, done.id, plan.digest)
        things["done_roster"] = str(done.id)
    sheets = accounts.Sheets(
        "单位代码,单位名称\nX009,示例分行\n".encode(),
        "工号,姓名,单位代码\nX0009,示例新人,X009\n".encode(),
        "职工.csv",
    )
    with people.runtime.work(people.actor("manager")) as w:
        made, plan = accounts.propose_roster(w, sheets)
        assert made is not None
        things |= {"roster": str(made.id), "roster_digest": plan.digest}


def _suppliers(people: People, things: Things) -> None:
    things["supplier"] = str(an_approved_supplier(people, "supplier", 1).id)
    things["other_supplier"] = str(an_approved_supplier(people, "second_supplier", 2).id)
    things["draft_supplier"] = str(a_draft_supplier(people, "drafter", 3).id)
    with people.runtime.work(people.actor("drafter")) as w:
        for kind in (PaperKind.LICENCE, PaperKind.INSPECTION_REPORT):
            suppliers.hand_in(w, uuid.UUID(things["draft_supplier"]), a_paper(kind, 3))
        suppliers.declare(w, uuid.UUID(things["draft_supplier"]), a_statement())
    waits = a_submitted_supplier(people, "applicant", 4)
    things["submitted_supplier"] = str(waits.id)
    with people.runtime.work() as w:
        things["application_digest"] = seen(w, waits)
    checked = a_submitted_supplier(people, "confirmed", 6)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        things["checked_digest"] = seen(w, checked)
        suppliers.check(w, checked.id, things["checked_digest"])
    things["checked_supplier"] = str(checked.id)
    stopped = an_approved_supplier(people, "stopped", 5)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, stopped.id, "示例原因")
    things["stopped_supplier"] = str(stopped.id)
    _owners_things(people, things)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        wanted = a_waiver(w.now)
        waiver = suppliers.propose_waiver(w, uuid.UUID(things["other_supplier"]), wanted)
        things |= {"waiver": str(waiver.id), "soon": wanted.until.isoformat()}
    with people.runtime.work(people.actor("supplier")) as w:
        handed = a_paper(PaperKind.FOOD_PRODUCTION, holder=f"{MARK} 加工厂", scan=SCAN)
        things["pending_paper"] = str(
            suppliers.hand_in(w, uuid.UUID(things["supplier"]), handed).id
        )
    with people.runtime.reading() as session:
        for name, owner in (("paper", "supplier"), ("other_paper", "other_supplier")):
            own = select(Paper.id).where(Paper.supplier_id == uuid.UUID(things[owner]))
            kept = own.where(Paper.state == PaperState.ACCEPTED).order_by(Paper.id)
            things[name] = str(session.scalars(kept).first())


def _owners_things(people: People, things: Things) -> None:
    """A trading firm's grower, an invited colleague, a change and an account that wait."""
    trader = a_trader(people, "trader", 7)
    things["trader_supplier"] = str(trader.id)
    things["grower"] = str(a_grower(people, trader, "trader").id)
    payee = an_approved_supplier(people, "payee", 8)
    things |= {
        "payee_supplier": str(payee.id),
        "payee_code": a_credit_code(8),
        "entity_change": str(a_change(people, payee, "payee").id),
        "account": str(a_waiting_account(people, payee, "payee").id),
        "account_number": NUMBER,
        "colleague": people.ids["supplier_colleague"],
        "stopped_code": a_credit_code(5),
    }
    with people.runtime.work(people.actor("payee")) as w:
        said = a_statement(penalty="yes", more_penalty=f"{MARK} 示例处罚")
        things["declaration"] = str(suppliers.declare(w, payee.id, said).id)
    with people.runtime.work(people.actor("supplier")) as w:
        office = min(w.actor.organisations(Role.SUPPLIER_OWNER))
        accounts.invite_colleague(w, office, Role.SUPPLIER_STAFF, "13700000066", text=None)
        invited = account_queries.invited(w.session, office, w.now)
    things["team_batch"] = str(invited[0].batch_id)


def _goods(people: People, things: Things) -> None:
    with people.runtime.work() as w:
        village = regions.add_village(w, COUNTY, "示例村")
        w.session.flush()
        things["village"] = str(village.id)
    private = {"title": f"示例 {MARK} 哈密瓜"}
    made = {
        "listing": a_listing(people, sku="A-1", stock=1000, villages=("示例村",)),
        "second_listing": a_listing(people, sku="A-2", title="示例 无花果"),
        "draft_listing": a_draft_listing(people, sku="A-3", **private),
        "submitted_listing": a_submitted_listing(people, sku="A-4", **private),
        "other_listing": a_listing(people, "second_supplier", "B-1", title="示例 核桃"),
        "other_draft_listing": a_draft_listing(people, "second_supplier", "B-2", title="示例 杏干"),
    }
    things.update({name: str(listing.id) for name, listing in made.items()})
    photographed(people, made["draft_listing"], a_photo())
    with people.runtime.reading() as session:
        (things["photo"],) = session.get_one(Listing, made["draft_listing"].id).photos
    things["submitted_fingerprint"] = made["submitted_listing"].fingerprint
    _tasks(people, things)
    _change(people, things, private)


def _tasks(people: People, things: Things) -> None:
    """One that nobody has claimed, and one of the reviewer."""
    with people.runtime.work(people.actor("reviewer")) as w:
        for name, kind, subject in (
            ("listing_task", ReviewKind.LISTING, "submitted_listing"),
            ("claimed_task", ReviewKind.PAPER, "pending_paper"),
        ):
            task = desk_queries.open_task(w.session, kind, uuid.UUID(things[subject]))
            assert task is not None
            things[name] = str(task.id)
        desk.claim(w, uuid.UUID(things["claimed_task"]))
    telling.add(people, uuid.UUID(things["supplier"]))


def _change(people: People, things: Things, private: dict[str, object]) -> None:
    """An edit of a good on sale that waits."""
    edited = a_listing(people, sku="A-6", title="示例 西梅")
    with people.runtime.work(people.actor("supplier")) as w:
        change = catalog.revise(w, edited.id, some_goods("A-6", **private))
        assert change is not None
    things |= {"change": str(change.id), "edited_listing": str(edited.id)}
    things["change_seen"] = catalog_rules.seen_of(change.base, change.fingerprint)
    seen = catalog.Elsewhere("示例店", Money(12_00), "500克", local_day(people.runtime.clock.now()))
    seen = catalog.received_price(
        people.runtime.tools.storage, replace(seen, file_name="截图.png", file=SCAN)
    )
    with people.runtime.work(people.actor("supplier")) as w:
        things["comparison"] = str(catalog.compare_price(w, edited.id, seen).id)


def _sheets(people: People, things: Things) -> None:
    """A sheet in GB18030 that waits for a look at its words, the marked copy of a refused one, and
    one that is taken in."""
    sheet = a_sheet({"品名": f"示例 {MARK} 葡萄干"}).decode("utf-8-sig").encode("gb18030")
    supplier_id = uuid.UUID(things["draft_supplier"])
    with people.runtime.work(people.actor("drafter")) as w:
        written = a_sheet({"货号": "D-1"})
        catalog.import_sheet(w, supplier_id, written, "商品.csv")
        things["done_import"] = str(catalog_queries.last_import(w.session, supplier_id))
        looked_at = catalog_queries.check_sheet(
            w.session, supplier_id, catalog_queries.Upload(sheet, f"{MARK}.csv"), w.now
        )
        told = catalog_queries.foretell(w.session, supplier_id, looked_at, w.now)
        storage = w.tools.storage
        shelf = catalog.shelved(storage, (looked_at, told), sheet)
        things["import"] = str(catalog.look(w, supplier_id, looked_at, told, shelf).id)
        catalog.keep_marked(storage, supplier_id, f"{MARK},需要改正".encode())
        storage.put(catalog.refused_key(supplier_id), written)


def _purchases(people: People, things: Things) -> None:
    with people.runtime.reading() as session:
        goods = session.get_one(Listing, uuid.UUID(things["listing"]))
        foreign = session.get_one(Listing, uuid.UUID(things["other_listing"]))
    where = {"recipient": MARK, "street": f"{MARK}路 8 号"}
    address = an_address(people, "employee", **where)
    things["address"] = str(address.id)
    things["second_address"] = str(an_address(people, "employee", street=f"{MARK}路 9 号").id)
    other = an_address(people, "other_employee", street="示例外路 1 号")
    things["other_address"] = str(other.id)

    def place(name: str, **changes: object) -> Purchase:
        with people.runtime.work(people.actor("employee")) as w:
            purchase = buying.place(w, a_placement(address, goods, **changes))
        return _kept(people, things, name, purchase)

    place("placed")
    place("card", tender=Tender.CARD)
    with newest(people):
        paid(people, place("paid"))
    shipped(people, _order(people, paid(people, place("shipped"))))
    for name, tender in (("returned", Tender.TRANSFER), ("card_returned", Tender.CARD)):
        order = _order(people, paid(people, place(name, tender=tender)))
        with people.runtime.work(people.actor("employee")) as w:
            buying.cancel(w, order.id, "示例：不需要了")
        with people.runtime.reading() as session:
            found = session.scalars(select(Refund).where(Refund.order_id == order.id)).one()
            things[f"{name}_refund"] = str(found.id)
    with people.runtime.work(people.actor("other_employee")) as w:
        bought = buying.place(w, a_placement(other, foreign))
    _kept(people, things, "other", bought)
    things["discrepancy"] = a_discrepancy(people)
    _gone(people, things)


def _gone(people: People, things: Things) -> None:
    """In a colleague's basket while it was for sale; its new words are not to be seen yet."""
    gone = a_listing(people, sku="A-5", title="示例 葡萄干")
    things["gone_listing"] = str(gone.id)
    with people.runtime.work(people.actor("second_employee")) as w:
        buying.put(w, gone.id, 1)
    with people.runtime.work(people.actor("supplier")) as w:
        catalog.withdraw(w, gone.id)
        catalog.revise(w, gone.id, some_goods("A-5", title=f"示例 {MARK} 葡萄干"))


def _kept(people: People, things: Things, name: str, purchase: Purchase) -> Purchase:
    """The ids of a purchase, its order and its payment, and the number that pages show."""
    order = _order(people, purchase)
    with people.runtime.reading() as session:
        payment = session.scalars(select(Payment).where(Payment.purchase_id == purchase.id)).one()
    things[f"{name}_purchase"], things[f"{name}_order"] = str(purchase.id), str(order.id)
    things[f"{name}_payment"], things[f"{name}_number"] = str(payment.id), order.number
    things[f"{name}_yuan"], things[f"{name}_reference"] = payment.amount.yuan, payment.reference
    return purchase


def _order(people: People, purchase: Purchase) -> Order:
    with people.runtime.reading() as session:
        return orders.orders_of(session, purchase.id)[0]


def _union(people: People, things: Things) -> None:
    union = a_union(people, members=2)
    budget = a_budget(people, union)
    with people.runtime.work(people.actor("union_treasurer")) as w:
        marked = unions.grant_budget(
            w, union.id, name=f"{MARK}经费", year=2026, source=FundSource.WELFARE,
            amount=Money(9_000_00), document="示例 2 号",
        )  # fmt: skip
    things["union_office"] = str(union.organisation_id)
    things |= {"union": str(union.id), "budget": str(budget.id), "second_budget": str(marked.id)}
    goods = ((uuid.UUID(things["listing"]), 1),)

    def plan(name: str) -> Plan:
        made = plan_makers.a_plan(people, goods, count=2, budget=budget)
        things[f"{name}_plan"] = str(made.id)
        return made

    draft = plan("draft")
    things["plan_address"] = str(draft.address_id)
    with people.runtime.work(people.actor("union_buyer")) as w:
        new = plans.NewPlan(f"{MARK}方案", budget.id, Money(480_00), draft.address_id, "示例")
        plans.revise(w, draft.id, new)
    plan_makers.submitted(people, plan("submitted"))
    plan_makers.approved(people, plan("approved"))
    with newest(people):
        done = plan_makers.paid(people, plan("ordered"))
    with people.runtime.reading() as session:
        assert done.purchase_id is not None
        (order,) = orders.orders_of(session, done.purchase_id)
        things["union_order"], things["union_number"] = str(order.id), order.number
        things["union_purchase"] = str(done.purchase_id)


def _other_union(people: People, things: Things) -> None:
    (office,) = people.actor("other_union_treasurer").organisations(Role.UNION_TREASURER)
    with people.runtime.work(people.actor("other_union_treasurer")) as w:
        union = w.session.scalars(select(Union).where(Union.organisation_id == office)).one()
        budget: Budget = unions.grant_budget(
            w, union.id, name="示例外经费", year=2026, source=FundSource.UNION,
            amount=Money(5_000_00), document="示例 3 号",
        )  # fmt: skip
    with people.runtime.work(people.actor("other_union_buyer")) as w:
        new = plans.NewPlan("示例外方案", budget.id, Money(480_00), plan_makers.ADDRESS, "示例")
        plan = plans.draft(w, new)
    things |= {
        "other_union": str(union.id),
        "other_budget": str(budget.id),
        "other_plan": str(plan.id),
        "other_plan_address": str(plan.address_id),
    }
