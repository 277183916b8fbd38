"""Sellers: they register, hand papers in, import their sheet; reviewers look, return, approve."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from marketplace.catalog import queries as catalog_queries
from marketplace.catalog import rules
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.rules import Goods
from marketplace.catalog.states import ListingState
from marketplace.commands.demo.cast import OPENING
from marketplace.commands.demo.photos import SHOWN, photo
from marketplace.commands.demo.scans import scan
from marketplace.commands.demo.script import FarLine, ListingTurn, PaperLine, Renewal, Seller, sheet
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.credit_code import completed
from marketplace.kernel.money import parse_yuan
from marketplace.regions import service as regions
from marketplace.suppliers import queries as supplier_queries
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.rules import FORMS, KINDS
from marketplace.suppliers.rules.checks.numbers import check_digit
from marketplace.suppliers.rules.freight import FreightGroup
from marketplace.suppliers.service import Application, HandedIn
from marketplace.work import Work

PRICE_REASON = "示例：小包装，按等级挑选，售价含独立包装和冷藏运输。"
REVIEWER, SECOND = "reviewer", "second-reviewer"


class SheetRefused(RuntimeError):
    """A sheet of the demonstration has problems: our own mistake."""


def plan(stage: Stage, sellers: tuple[Seller, ...], turns: tuple[ListingTurn, ...]) -> None:
    stage.plan(OPENING, "10:00", partial(_villages, stage, sellers))
    for one in sellers:
        _plan_application(stage, one)
        _plan_goods(stage, one, turns)
        for renewal in one.renewal:
            _plan_renewal(stage, one, renewal)


def listing_named(w: Work, sku: str) -> Listing:
    """Stock numbers of the demonstration are unique among all its sellers."""
    return w.session.scalars(select(Listing).where(Listing.sku == sku)).one()


def _plan_application(stage: Stage, one: Seller) -> None:
    steps = {
        "register": ("10:10", partial(_register, stage, one)),
        "submit": ("11:00", partial(_submit, stage, one)),
        "return": ("14:20", partial(_return, stage, one)),
        "resubmit": ("10:40", partial(_resubmit, stage, one)),
        "check": ("14:40", partial(_check, stage, one)),
        "approve": ("15:10", partial(_approve, stage, one)),
        "suspend": ("16:30", partial(_suspend, stage, one)),
    }
    for name, (at, act) in steps.items():
        day = one.days.get("approve" if name == "check" else name)  # both persons on one day
        if day is not None:
            stage.plan(day, at, act)


def _plan_goods(stage: Stage, one: Seller, turns: tuple[ListingTurn, ...]) -> None:
    special = {turn.sku: turn for turn in turns}
    if "import" in one.days:
        stage.plan(one.days["import"], "16:00", partial(_import, stage, one))
    if "submit_goods" in one.days:
        stage.plan(one.days["submit_goods"], "16:40", partial(_submit_goods, stage, one, special))
    if "approve_goods" in one.days:
        stage.plan(one.days["approve_goods"], "10:20", partial(_approve_goods, stage, one, special))
    for turn in turns:
        if one.sheet and turn.sku in sheet(one.sheet).decode():
            _plan_turn(stage, one, turn)


def _plan_turn(stage: Stage, one: Seller, turn: ListingTurn) -> None:
    who = one.staff.key
    if turn.turn == "submit_late":
        stage.plan(turn.day, "11:20", partial(_use, stage, who, turn, "submit"))
    if turn.turn == "late":
        stage.plan(turn.day + 1, "11:20", partial(_use, stage, who, turn, "submit"))
        stage.plan(turn.day, "10:50", partial(_use, stage, SECOND, turn, "approve"))
    if turn.turn == "return":
        stage.plan(turn.day, "11:40", partial(_use, stage, REVIEWER, turn, "return"))
    if turn.turn == "edit":
        stage.plan(turn.day, "09:40", partial(_edit, stage, who, turn))
        if turn.decide is not None:
            stage.plan(turn.decide, "14:50", partial(_decide_edit, stage, turn))
    if turn.turn == "reprice":
        stage.plan(turn.day, "09:20", partial(_reprice, stage, who, turn))
    if turn.turn == "withdraw":
        stage.plan(turn.day, "17:00", partial(_use, stage, who, turn, "withdraw"))


def _plan_renewal(stage: Stage, one: Seller, renewal: Renewal) -> None:
    key = f"renewal:{renewal.number}"
    stage.plan(renewal.hand_in, "13:40", partial(_renew, stage, one, renewal, key))
    if renewal.refuse is not None:
        stage.plan(renewal.refuse, "09:30", partial(_refuse, stage, renewal.note, key))


def _villages(stage: Stage, sellers: tuple[Seller, ...]) -> None:
    with stage.work() as w:
        for one in sellers:
            for village in one.village:
                regions.add_village(
                    w,
                    one.county,
                    village.name,
                    households=village.households,
                    story=village.story,
                    craft=village.craft,
                    is_example=True,
                )


def _register(stage: Stage, one: Seller) -> None:
    with stage.work(one.staff.key) as w:
        made = suppliers.register(w, stage.ids[one.key], _application(one))
        stage.ids[f"supplier:{one.key}"] = made.id
        for paper in one.paper:
            suppliers.hand_in(w, made.id, _handed_in(stage, one, paper))
        for name in FORMS:
            suppliers.declare(w, made.id, suppliers.all_good(name, one.judged))
        if one.far:
            suppliers.set_freight(w, made.id, [_far(line) for line in one.far], made.tariff.rest)
    with stage.work() as w:
        suppliers.mark_as_example(w, made.id)


def _far(line: FarLine) -> FreightGroup:
    base, per_kg = parse_yuan(line.base), parse_yuan(line.per_kg)
    return FreightGroup(line.provinces, base, per_kg, refused=line.refused)


def _application(one: Seller) -> Application:
    return Application(
        kind=one.kind,
        legal_name=one.name,
        credit_code=completed(one.credit_code_body),
        county=one.county,
        address=one.address,
        contact_name=one.staff.name,
        contact_mobile=one.staff.mobile,
        story=one.story,
        freight_fee=parse_yuan(one.freight),
        free_freight_from=parse_yuan(one.free_freight_from),
    )


def _handed_in(stage: Stage, one: Seller, paper: PaperLine) -> HandedIn:
    until = None if paper.until is None else stage.today + timedelta(days=paper.until)
    return HandedIn(
        kind=paper.kind,
        number=_number(one, paper),
        holder=one.name,
        issuer=paper.issuer,
        valid_from=stage.today - timedelta(days=paper.since),
        valid_until=until,
        scan_name=f"{paper.number or paper.kind}.png",
        scan=scan(sum(f"{one.key}{paper.kind}{paper.number}".encode())),
        details=paper.details,
    )


def _number(one: Seller, paper: PaperLine) -> str:
    """A licence bears the credit code, a production licence a number that is built like one."""
    match KINDS[paper.kind].code:
        case "credit_code":
            return completed(one.credit_code_body)
        case "sc":
            return f"SC{paper.number}{check_digit(paper.number)}"
    return paper.number


def _submit(stage: Stage, one: Seller) -> None:
    with stage.work(one.staff.key) as w:
        suppliers.submit(w, stage.ids[f"supplier:{one.key}"])


def _resubmit(stage: Stage, one: Seller) -> None:
    with stage.work(one.staff.key) as w:
        suppliers.revise(w, stage.ids[f"supplier:{one.key}"], _application(one))
        suppliers.submit(w, stage.ids[f"supplier:{one.key}"])


def _return(stage: Stage, one: Seller) -> None:
    with stage.work(REVIEWER) as w:
        suppliers.send_back(w, stage.ids[f"supplier:{one.key}"], one.return_note)


def _check(stage: Stage, one: Seller) -> None:
    with stage.work(REVIEWER) as w:
        supplier_id = stage.ids[f"supplier:{one.key}"]
        shown = supplier_queries.dossier(w.session, w.actor, supplier_id, w.now)
        suppliers.check(w, supplier_id, shown.seen)


def _approve(stage: Stage, one: Seller) -> None:
    with stage.work(SECOND) as w:
        supplier_id = stage.ids[f"supplier:{one.key}"]
        shown = supplier_queries.dossier(w.session, w.actor, supplier_id, w.now)
        suppliers.approve(w, supplier_id, shown.seen)


def _suspend(stage: Stage, one: Seller) -> None:
    with stage.work(SECOND) as w:
        supplier_id = stage.ids[f"supplier:{one.key}"]
        suppliers.suspend(w, supplier_id, one.suspend_note)
        wrong = select(Paper.id).where(
            Paper.supplier_id == supplier_id, Paper.number == one.revoked
        )
        for paper_id in w.session.scalars(wrong) if one.revoked else ():
            suppliers.revoke_paper(w, paper_id, one.revoke_note)


def _import(stage: Stage, one: Seller) -> None:
    with stage.work(one.staff.key) as w:
        report = catalog.import_sheet(
            w, stage.ids[f"supplier:{one.key}"], sheet(one.sheet), f"{one.name}.csv"
        )
        if report.problems:
            raise SheetRefused(f"{one.sheet}: {report.problems}")


def _photograph(stage: Stage, one: Seller) -> None:
    """A few of its goods; the others have their drawings."""
    with stage.work(one.staff.key) as w:
        shown = {one.sku: one.id for one in _goods(stage, w, one, ListingState.DRAFT)}
    for sku in SHOWN.keys() & shown.keys():
        files = [(f"{sku}.jpg", photo(fruit)) for fruit in SHOWN[sku]]
        added = catalog.receive(stage.runtime.tools.storage, files)
        with stage.work(one.staff.key) as w:
            catalog.show_photos(w, shown[sku], catalog.Chosen(), added)


def _submit_goods(stage: Stage, one: Seller, special: dict[str, ListingTurn]) -> None:
    _photograph(stage, one)
    later = {"keep_draft", "submit_late", "late"}
    with stage.work(one.staff.key) as w:
        for listing in _goods(stage, w, one, ListingState.DRAFT):
            if listing.sku not in special or special[listing.sku].turn not in later:
                _submit_good(w, listing)


def _submit_good(w: Work, listing: Listing) -> None:
    """With the reason that a price far from others asks for."""
    said = catalog_queries.said(listing)
    if catalog_queries.fairness(w.session, w.tools.config, listing.category, said).is_far:
        catalog.explain_price(w, listing.id, PRICE_REASON)
    catalog.submit(w, listing.id)


def _edit(stage: Stage, who: str, turn: ListingTurn) -> None:
    with stage.work(who) as w:
        listing = listing_named(w, turn.sku)
        said = catalog_queries.content(w.session, listing)
        villages = catalog_queries.village_names(w.session, said["villages"])
        words = {name: value for name, value in said.items() if name != rules.PHOTOS}
        words |= {name: rules.day_of(said[name]) for name in rules.DAYS}
        words |= {name: _term(stage, name, value) for name, value in turn.terms.items()}
        goods = Goods(
            **{
                **words,
                "villages": villages,
                "title": turn.title or listing.title,
                "spec": turn.spec or listing.spec,
                "supply_price": listing.supply_price,
                "sale_price": parse_yuan(turn.sale_price or listing.sale_price.yuan),
            }
        )
        catalog.revise(w, listing.id, goods)


def _term(stage: Stage, name: str, value: int) -> object:
    if name in rules.DAYS:
        return stage.today + timedelta(days=value)
    return bool(value) if name in rules.YES_OR_NO else value


def _decide_edit(stage: Stage, turn: ListingTurn) -> None:
    with stage.work(REVIEWER) as w:
        waiting = catalog_queries.open_change(w.session, listing_named(w, turn.sku).id)
        if waiting is None:
            raise LookupError(f"no edit of {turn.sku} waits")
        seen = rules.seen_of(waiting.base, waiting.fingerprint)
        verb = "refuse" if turn.note else "approve"
        catalog.use_change(w, waiting.id, verb, note=turn.note, seen=seen)


def _reprice(stage: Stage, who: str, turn: ListingTurn) -> None:
    with stage.work(who) as w:
        listing = listing_named(w, turn.sku)
        catalog.reprice(w, listing.id, listing.supply_price, parse_yuan(turn.sale_price))


def _approve_goods(stage: Stage, one: Seller, special: dict[str, ListingTurn]) -> None:
    with stage.work(SECOND) as w:
        for listing in _goods(stage, w, one, ListingState.SUBMITTED):
            if listing.sku not in special or special[listing.sku].turn != "return":
                catalog.approve(w, listing.id, listing.fingerprint)


def _goods(stage: Stage, w: Work, one: Seller, state: ListingState) -> list[Listing]:
    supplier_id = stage.ids[f"supplier:{one.key}"]
    asked = select(Listing).where(Listing.supplier_id == supplier_id, Listing.state == state)
    return list(w.session.scalars(asked.order_by(Listing.sku)))


def _use(stage: Stage, who: str, turn: ListingTurn, verb: str) -> None:
    with stage.work(who) as w:
        listing = listing_named(w, turn.sku)
        if verb == "submit":
            _submit_good(w, listing)
            return
        catalog.use(w, listing.id, verb, note=turn.note, seen=listing.fingerprint)


def _renew(stage: Stage, one: Seller, renewal: Renewal, key: str) -> None:
    with stage.work(one.staff.key) as w:
        paper = _handed_in(stage, one, renewal)
        if renewal.corrects:
            paper = replace(paper, corrects_id=stage.ids[f"renewal:{renewal.corrects}"])
        stage.ids[key] = suppliers.hand_in(w, stage.ids[f"supplier:{one.key}"], paper).id


def _refuse(stage: Stage, note: str, key: str) -> None:
    with stage.work(SECOND) as w:
        suppliers.refuse_paper(w, stage.ids[key], note)
