"""What is to be packed: on the screen, as a sheet to fill in, and the sheet that comes back."""

from __future__ import annotations

from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from catalog_import import Cell, write_csv
from catalog_import.synonyms import heading_table
from catalog_import.templates import plain_workbook
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.orders import queries, rules, service
from marketplace.orders.forms import TrackingForm
from marketplace.orders.views.blueprint import pages
from marketplace.web import back_to, checked, download, needs, now, page, reading, someone, work
from marketplace.web.pages import moment
from marketplace.web.told import tell
from marketplace.web.words import _, words

MOST_SHOWN, MOST_TOLD = 50, 200
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/supplier/packing")
@needs(Role.SUPPLIER_STAFF)
def packing() -> ResponseReturnValue:
    return _packing(TrackingForm())


@pages.post("/supplier/packing")
@needs(Role.SUPPLIER_STAFF)
def take_tracking() -> ResponseReturnValue:
    form = TrackingForm()
    if not form.validate():
        checked()
        return _packing(form, 422)
    try:
        sheet = service.read_tracking(form.content())
        with work() as w:
            taken = service.ship_sheet(w, sheet)
    except service.TrackingRefused as fault:
        return _packing(form, fault.status, fault=fault)
    return back_to("orders.packing", _told(taken))


@pages.get("/supplier/packing.csv")
@needs(Role.SUPPLIER_STAFF)
def packing_sheet() -> ResponseReturnValue:
    """With whole addresses; that somebody took them stands in the trail."""
    headings, rows = _cells()
    return download(write_csv(headings, rows), f"{_name()}.csv", CSV)


@pages.get("/supplier/packing.xlsx")
@needs(Role.SUPPLIER_STAFF)
def packing_book() -> ResponseReturnValue:
    headings, rows = _cells()
    return download(plain_workbook(_("待发货"), headings, rows), f"{_name()}.xlsx", XLSX)


def _told(taken: service.TrackingTaken) -> str:
    said = [_("发出 %(n)s 个包裹。", n=taken.parcels)]
    if taken.known:
        said.append(_("%(n)s 个以前已经登记，没有改动。", n=taken.known))
    if taken.empty:
        said.append(_("%(n)s 行没有运单号，还没有发。", n=taken.empty))
    if taken.encoding_to_confirm:
        said.append(_("文件按 GB18030 读取，请核对。"))
    return " ".join(said)


def _packing(
    form: TrackingForm, status: int = 200, *, fault: service.TrackingRefused | None = None
) -> ResponseReturnValue:
    with reading() as session:
        found = queries.packing(session, someone(), now(), most=MOST_SHOWN, masked=True)
    return page(
        "orders/packing.html",
        status,
        form=form,
        packing=found,
        carriers=rules.known_carriers(),
        problems=tell(fault.problems, MOST_TOLD) if fault else (),
        problem_count=len(fault.problems) if fault else 0,
    )


def _cells() -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """Headings and rows; the batch is filled in where only one may leave."""
    with work() as w:
        found = service.export_to_pack(w)
    language = "en" if words().language == "en" else "zh"
    number, sku, pieces, *filled = (
        said.label(language) for said in heading_table().shipment.values()
    )
    headings = [
        number, _("付款时间"), sku, _("品名"), pieces, _("单位"), _("收货人"), _("手机号"),
        _("地区"), _("详细地址"), *filled,
    ]  # fmt: skip
    return headings, [_row(one, line) for one in found.orders for line in one.lines]


def _row(one: queries.ToPack, leaving: queries.Departure) -> Sequence[Cell]:
    line, to = leaving.line, one.to
    return (
        one.order.number, moment(one.order.paid_at), line.sku, line.title, leaving.left, line.unit,
        to.recipient, to.mobile, to.region, to.street, leaving.number, "", "",
    )  # fmt: skip


def _name() -> str:
    return f"{_('待发货')}-{local_day(now()):%Y%m%d}"
