"""The table of permissions, replayed: every route, every column, through real requests."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from werkzeug.test import TestResponse

from marketplace.kernel.actor import Role
from tests.house.test_states import MACHINES
from tests.permissions import table
from tests.permissions.table import SIGN_IN, Row
from tests.permissions.world import Rows, World, changes

TABLE = table.read()
# reading a private paper is itself written down
READS = frozenset(
    {
        "GET marketplace.suppliers.preview",
        "GET marketplace.suppliers.scan",
        "GET marketplace.catalog.comparison_file",
        "GET marketplace.desk.shot",
        "GET marketplace.orders.packing_book",
        "GET marketplace.orders.packing_sheet",
        "GET marketplace.orders.packing_slips",
        "GET marketplace.orders.recall_sheet",
        "GET marketplace.purchasing.values",
        "GET marketplace.settlement.bank_file",
        "GET marketplace.credit.report",
        "GET marketplace.invoices.file",
    }
)
DONE = frozenset({200, 302, 303})
UNSAID = frozenset({SIGN_IN, 403, 404})  # what was refused without a word about the thing
BLIND = frozenset({"anonymous", "stranger"})
KINDS = {
    "bank line": "BankLine",
    "import": "CatalogImport",
    "change-set": "ChangeSet",
    "list version": "ListVersion",
    "statement": "SupplierStatement",
    "payout run": "PayoutRun",
    "invoice request": "InvoiceRequest",
    "member's account": "MemberAccount",
    "grant of credit": "CreditGrant",
    "batch of vouchers": "VoucherBatch",
}  # as the trail names them
UNROUTED: dict[str, str] = {  # verb → why no row of the table uses it
    "CreditGrant.fund": "follows the union's transfer; see tests/credit/test_granting.py",
    "Refund.offset": "after a lost dispute; see tests/payments/test_disputed_refunds.py",
    "Payment.settle_covered": "in a checkout that credit covers; see tests/credit/test_paying.py",
}
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FOREIGN_THING = re.compile(r"\{(?!other_)\w+\}")  # the asker's own are other_…
TOKEN = re.compile(r'(csrf_token|form_key)" type="hidden" value="[^"]*"')


def answered(answer: TestResponse) -> int | str:
    """The status; "sign-in" for the way to it."""
    if answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in"):
        return SIGN_IN
    return answer.status_code


def text_of(answer: TestResponse) -> str:
    return answer.get_data().decode("utf-8", "replace")


def ask(world: World, row: Row, who: str, **other: str) -> tuple[TestResponse, Rows]:
    """The request of a row by that person, and what is stored after it; `other` replaces things."""

    def said(value: str) -> str:
        return world.said(other.get(value, value))

    form = {world.said(name): said(value) for name, value in row.form.items()}
    answer = world.send(who, row.method, row.address(world.app, said), form)
    return answer, world.rows()


def trail_of(changed: Mapping[str, list[tuple[object, dict[str, object]]]]) -> tuple[str, ...]:
    rows = (row for _key, row in changed.get("mp_trail", ()))
    return tuple(f"{row['subject_kind']}.{row['verb']}" for row in rows)


def doers(row: Row) -> list[str]:
    """The columns that the row lets through."""
    return [c for c, told in zip(TABLE.columns, row.answers, strict=True) if told in DONE]


def plain(answer: TestResponse) -> str:
    """The text without what differs from one request to the next."""
    return TOKEN.sub("", IDS.sub("…", text_of(answer)))


def test_every_route_stands_in_the_table(world: World) -> None:
    """P18: no route without a row, and no row without its route."""
    told = {row.route for row in TABLE.rows}
    there = {
        route: rule
        for route, rule in table.routes(world.app)
        if rule.endpoint.rpartition(".")[2] != "static"
    }
    missing = [table.proposal(r, there[r], TABLE.columns) for r in sorted(there.keys() - told)]
    assert not missing, "add to tests/permissions/permissions.toml:\n\n" + "\n\n".join(missing)
    assert told - there.keys() == set(), "rows of routes that are gone"


def test_every_row_answers_every_column() -> None:
    wrong = [str(row) for row in TABLE.rows if len(row.answers) != len(TABLE.columns)]
    assert wrong == []
    assert len(TABLE.columns) == 8


@pytest.mark.parametrize("row", TABLE.rows, ids=str)
def test_everybody_gets_the_answer_of_the_table(world: World, row: Row) -> None:
    """P18: own, colleague, stranger, nobody, and four other roles; and what they find in it."""
    mark = world.things["mark"] if row.mark is True else world.said(str(row.mark))
    got: dict[str, int | str] = {}
    seen: list[str] = []
    for column in TABLE.columns:
        answer, after = ask(world, row, TABLE.who(row, column))
        got[column], text = answered(answer), text_of(answer)
        changed = changes(world.before, after)
        if changed:
            world.put_back()
        if got[column] not in DONE:
            assert changed.keys() <= set(row.counts), f"{column} was refused, yet {changed.keys()}"
        elif row.is_safe:
            assert trail_of(changed) == (row.trail if row.route in READS else ()), column
            assert changed.keys() <= {"mp_trail", "mp_trail_head"}, f"{column} only reads"
        if got[column] in UNSAID or column in BLIND:
            assert world.things["mark"] not in text, f"{column} sees what is the owner's"
        if mark and mark in text:
            seen.append(column)
    assert got == dict(zip(TABLE.columns, row.answers, strict=True))
    assert seen == list(row.sees)


@pytest.mark.parametrize("row", [r for r in TABLE.rows if r.trail], ids=str)
def test_a_change_writes_exactly_its_rows_of_the_trail(world: World, row: Row) -> None:
    """P29: Failure 26: one row per change of a state, money, rights or documents."""
    who = next(c for c in doers(row) if c != "anonymous")
    _answer, after = ask(world, row, TABLE.who(row, who))
    assert trail_of(changes(world.before, after)) == row.trail


def test_every_verb_of_a_state_table_is_used_by_a_row() -> None:
    """P29: the trail of each move that a person can make is compared by some row above."""
    written = {told for row in TABLE.rows for told in row.trail}
    moves = {
        f"{KINDS.get(name, name.capitalize())}.{verb}"
        for name, machine in MACHINES.items()
        for verb, step in machine.steps.items()
        if step.by - {Role.SYSTEM}
    }
    assert moves - written == UNROUTED.keys(), "a row for it, or the reason in UNROUTED"


@pytest.mark.parametrize("row", [r for r in TABLE.rows if r.is_safe], ids=str)
def test_a_head_answers_like_its_get_and_stores_nothing_else(world: World, row: Row) -> None:
    for column in ("anonymous", "owner", "stranger"):
        answer = world.send(TABLE.who(row, column), "HEAD", row.address(world.app, world.said))
        assert answered(answer) == row.answers[TABLE.columns.index(column)]
        assert answer.get_data() == b""
        stored = changes(world.before, world.rows())
        assert trail_of(stored) == () or row.route in READS
        assert stored.keys() <= {"mp_trail", "mp_trail_head"}


FOREIGN = [r for r in TABLE.rows if r.at and r.answers[TABLE.columns.index("stranger")] == 404]


@pytest.mark.parametrize("row", FOREIGN, ids=str)
def test_a_stranger_cannot_tell_what_is_not_his_from_what_is_not_there(
    world: World, row: Row
) -> None:
    """P18: the same words, to the last sign, for another's thing and for no thing at all."""
    nothing = {value: "{nothing}" for value in row.at.values() if value.startswith("{")}
    who = TABLE.who(row, "stranger")
    theirs, _rows = ask(world, row, who)
    none, _rows = ask(world, row, who, **nothing)
    assert answered(none) == 404
    assert plain(theirs) == plain(none)
    assert len(theirs.get_data()) > 1000


@pytest.mark.parametrize("row", TABLE.nested, ids=lambda row: f"{row.route} {row.says}")
def test_an_id_of_others_in_a_field_or_a_filter_opens_nothing(world: World, row: Row) -> None:
    """P18: nested ids, filters, searches and sheets, answered as if there were no such thing."""
    answer, after = ask(world, row, row.asker)
    assert answered(answer) == row.answer
    assert world.things["mark"] not in text_of(answer)
    assert changes(world.before, after) == {}
    told = {**row.at, **row.query, **row.form}.values()
    nothing = {value: FOREIGN_THING.sub("{nothing}", value) for value in told}
    none, _rows = ask(world, row, row.asker, **nothing)
    assert (none.status_code, plain(none)) == (answer.status_code, plain(answer))


def test_a_method_that_no_route_declares_is_refused(world: World) -> None:
    """Failure 26: nothing happens by a verb of HTTP that nobody thought of."""
    passed = []
    for row in TABLE.rows:
        address = row.address(world.app, world.said)
        finder = world.app.url_map.bind("localhost")
        allowed = set(finder.allowed_methods(address.partition("?")[0]))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            for column in ("anonymous", "owner"):
                answer = world.send(TABLE.who(row, column), method, address)
                if answer.status_code != 405:
                    passed.append(f"{method} {address}: {answer.status_code}")
    assert passed == []
    assert changes(world.before, world.rows()) == {}


def test_no_post_passes_without_the_token_of_its_form(world: World) -> None:
    """P19: every row that changes something changes nothing without it."""
    for row in TABLE.rows:
        if row.is_safe:
            continue
        for column in doers(row)[:1]:
            browser = world.browsers[TABLE.who(row, column)]
            kept, browser.tokens = browser.tokens, {}
            try:
                answer, after = ask(world, row, TABLE.who(row, column))
            finally:
                browser.tokens = kept
            assert changes(world.before, after) == {}, str(row)
            if answered(answer) in DONE:  # it only leads on: then so it does with its token
                _answer, after = ask(world, row, TABLE.who(row, column))
                assert changes(world.before, after).keys() <= set(row.counts), str(row)
                world.put_back()
