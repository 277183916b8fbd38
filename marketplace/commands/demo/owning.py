"""What owners of sellers change: for whom they sell, where they are paid, and their name."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from marketplace.commands.demo.scans import scan
from marketplace.commands.demo.script import AccountLine, GrowerLine, Seller
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.credit_code import completed
from marketplace.suppliers import service as suppliers

REVIEWER = "reviewer"


def plan(stage: Stage, sellers: tuple[Seller, ...]) -> None:
    for one in sellers:
        for grower in one.grower:
            stage.plan(one.days["register"], "10:30", partial(_name, stage, one, grower))
        if one.account:
            told = partial(_propose, stage, one, one.account)
            stage.plan(one.days["account"], "09:50", told)
        if one.account and "confirm_account" in one.days:
            told = partial(_confirm, stage, one, one.account)
            stage.plan(one.days["confirm_account"], "10:05", told)
        if one.new_name:
            stage.plan(one.days["rename"], "14:05", partial(_rename, stage, one))


def _name(stage: Stage, one: Seller, grower: GrowerLine) -> None:
    with stage.work(one.staff.key) as w:
        said = suppliers.NamedGrower(
            name=grower.name,
            kind=grower.kind,
            county=grower.county,
            link=grower.link,
            agreement=grower.agreement,
            credit_code=completed(grower.credit_code_body) if grower.credit_code_body else "",
        )
        suppliers.name_grower(w, stage.ids[f"supplier:{one.key}"], said)


def _propose(stage: Stage, one: Seller, account: AccountLine) -> None:
    with stage.work(one.staff.key) as w:
        new = suppliers.NewAccount(
            bank=account.bank,
            branch=account.branch,
            number=account.number,
            opened_on=stage.today - timedelta(days=account.opened),
            scan_name="开户证明.png",
            scan=scan(sum(f"{one.key}{account.branch}".encode())),
        )
        supplier_id = stage.ids[f"supplier:{one.key}"]
        made = suppliers.propose_account(w, supplier_id, new, proved=True)
        stage.ids[f"account:{one.key}"] = made.id


def _confirm(stage: Stage, one: Seller, account: AccountLine) -> None:
    with stage.work(REVIEWER) as w:
        suppliers.confirm_account(w, stage.ids[f"account:{one.key}"], account.number)


def _rename(stage: Stage, one: Seller) -> None:
    with stage.work(one.staff.key) as w:
        said = suppliers.Entity(one.kind, one.new_name, completed(one.credit_code_body), one.county)
        why = "示例：成员增加后改名，新执照已上传。"
        suppliers.propose_change(w, stage.ids[f"supplier:{one.key}"], said, why)
