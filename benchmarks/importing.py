"""How fast a long sheet is taken in, beside a bare `csv` + `executemany` into the same tables."""

from __future__ import annotations

import csv
import gc
import hashlib
import io
import resource
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from catalog_import import write_csv
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.catalog import queries, service
from marketplace.catalog.models import CatalogImport, Listing
from marketplace.catalog.queries import Upload
from marketplace.catalog.states import ImportState
from marketplace.kernel.actor import Actor, Grant, Role
from marketplace.kernel.credit_code import completed
from marketplace.regions import service as regions
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import SupplierKind
from marketplace.work import Runtime

HEADINGS = ("货号", "品名", "类目", "原产县", "供货价", "售价", "单位", "库存",
            "规格", "净含量", "保质期", "贮存条件", "税率", "发货时效")  # fmt: skip
COUNTIES = ("伽师县", "雷山县", "临夏县", "城口县", "巴马瑶族自治县")
KINDS = (("核桃", "干果"), ("伽师瓜", "瓜果"), ("绿茶", "茶叶"), ("土豆", "蔬菜"))
LOOK = 0.02  # seconds between two looks at the memory in use
Factory = Callable[[], Runtime]


@dataclass(frozen=True, slots=True)
class Place:
    """An empty shop with one supplier and somebody who works there."""

    runtime: Runtime
    supplier_id: uuid.UUID
    staff: Actor


def bench(runtime_factory: Factory, rows: int = 100_000, *, runs: int = 3) -> dict[str, Any]:
    """Medians of `runs` pairs; each half has a fresh database from `runtime_factory`.

    `value` and `reference_value` are rows per second, `ratio` the median of the pairs' ratios,
    `peak_megabytes` the most memory that this process had while it took the sheet in.
    """
    data = sheet(rows)
    ours, bare, peaks = [], [], []
    for _ in range(runs):
        with _settled(runtime_factory) as place:
            took, peak = take_in(place, data)
        ours.append(rows / took)
        peaks.append(peak)
        with _settled(runtime_factory) as place:
            bare.append(rows / write_barely(place, data))
            database = place.runtime.engine.dialect.name
    return {
        "name": "import_csv_100k" if rows == 100_000 else f"import_csv_{rows}",
        "value": statistics.median(ours),
        "unit": "rows/s",
        "reference": "csv + executemany",
        "reference_value": statistics.median(bare),
        "ratio": statistics.median(a / b for a, b in zip(ours, bare, strict=True)),
        "peak_megabytes": max(peaks),
        "runs": runs,
        "database": database,
    }


def sheet(rows: int) -> bytes:
    """A catalogue as a large supplier would keep it: each good its own name and price."""
    return write_csv(HEADINGS, (_row(number) for number in range(rows)))


def _row(number: int) -> Sequence[str]:
    word, kind = KINDS[number % len(KINDS)]
    supply = 500 + number * 7919 % 20_000
    sale = supply + number * 104_729 % 3_000
    return (
        f"SL-{number:06d}", f"示例 高山{word} {number}号", kind, COUNTIES[number % len(COUNTIES)],
        f"{supply / 100:.2f}", f"{sale / 100:.2f}", "箱", str(number % 5_000),
        f"{number % 9 + 1}个/箱", f"{number % 20 + 1}千克", "12个月", "阴凉干燥处", "9%", "48",
    )  # fmt: skip  # in the order of the headings


@contextmanager
def _settled(runtime_factory: Factory) -> Iterator[Place]:
    runtime = runtime_factory()
    with runtime.work() as w:
        regions.load_facts(w)
        organisation = accounts.add_organisation(w, "示例合作社", OrganisationKind.SUPPLIER)
    staff = Actor("bench", "bench", frozenset({Grant(Role.SUPPLIER_STAFF, organisation.id)}))
    with runtime.work(staff) as w:
        supplier = suppliers.register(
            w,
            organisation.id,
            suppliers.Application(
                kind=SupplierKind.COOPERATIVE,
                legal_name="示例合作社",
                credit_code=completed("93653129MA000001"),
                county="伽师县",
                address="示例乡",
                contact_name="示例联系人",
                contact_mobile="13900000001",
            ),
        )
    gc.collect()
    gc.freeze()  # as `marketplace serve` does, whose worker writes the sheets
    try:
        yield Place(runtime, supplier.id, staff)
    finally:
        gc.unfreeze()
        runtime.engine.dispose()


def take_in(place: Place, data: bytes) -> tuple[float, float]:
    """Check the sheet and write all of it, as page and worker do; answers seconds and megabytes."""
    runtime = place.runtime
    with _memory() as seen:
        began = time.perf_counter()
        with runtime.reading() as session:
            checked = queries.check_sheet(
                session, place.supplier_id, Upload(data, "目录.csv"), runtime.clock.now()
            )
        with runtime.work(place.staff) as w:
            taken = service.accept(w, place.supplier_id, checked)
        for part in range(taken.part, taken.parts):
            with runtime.work() as w:
                service.write_part(w, taken.id, part)
        took = time.perf_counter() - began
    with runtime.reading() as session:
        done = session.get_one(CatalogImport, taken.id)
        written = session.scalar(select(func.count()).select_from(Listing))
        if done.state is not ImportState.DONE or not done.rows == done.created == written:
            raise RuntimeError(f"{written} of {done.rows} rows were written: {done.state}")
    return took, max(seen)


def write_barely(place: Place, data: bytes) -> float:
    """The same rows into the same tables with nothing looked at, in one transaction."""
    engine = place.runtime.engine
    is_sqlite = engine.dialect.name == "sqlite"
    now = place.runtime.clock.now()
    at: Any = now.replace(tzinfo=None).isoformat(" ") if is_sqlite else now
    supplier: Any = place.supplier_id.hex if is_sqlite else place.supplier_id
    connection: Any = engine.raw_connection()  # drivers take generators too
    try:
        began = time.perf_counter()
        cursor = connection.cursor()
        if is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        keys: list[Any] = []
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        next(reader)
        goods = (_plain_listing(cells, keys, supplier, at, is_sqlite) for cells in reader)
        cursor.executemany(_statement("mp_listing", LISTING_COLUMNS, is_sqlite), goods)
        deeds = (_plain_deed(number, key, supplier, at) for number, key in enumerate(keys, 10**6))
        cursor.executemany(_statement("mp_trail", TRAIL_COLUMNS, is_sqlite), deeds)
        connection.commit()
        return time.perf_counter() - began
    finally:
        connection.close()


LISTING_COLUMNS = (
    "id", "supplier_id", "sku", "title", "category", "county_code", "supply_price", "sale_price",
    "unit", "received", "available", "spec", "net_content", "shelf_life", "storage", "tax_rate",
    "dispatch_hours", "reserved", "sold", "gross_weight", "case_spec", "ingredients", "standard",
    "production_licence", "barcode", "no_delivery_to", "freight_included", "picture", "state",
    "fingerprint", "created_at", "submitted_at", "submitted_by", "decided_at", "decided_by", "note",
    "version", "processing", "packaging", "maker", "claims", "standing",
    "price_reason", "group_code", "variant", "photos", "sheet_left", "reviews", "stars",
    "made_to_order", "sealed",
)  # fmt: skip  # in the order of _plain_listing
TRAIL_COLUMNS = (
    "number", "at", "actor", "verb", "subject_kind", "subject_id", "supplier_id",
    "organisation_id", "from_state", "to_state", "data", "previous_hash", "hash",
)  # fmt: skip  # in the order of _plain_deed
MARK = hashlib.sha256(b"bare").hexdigest()


def _statement(table: str, columns: Sequence[str], is_sqlite: bool) -> str:
    marks = ", ".join("?" if is_sqlite else "%s" for _ in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # our own names


def _plain_listing(
    cells: list[str], keys: list[Any], supplier: Any, at: Any, is_sqlite: bool
) -> tuple[Any, ...]:
    key = uuid.uuid4()
    keys.append(key.hex if is_sqlite else key)
    (sku, title, kind, _, supply, sale, unit, stock,
     spec, net, life, storage, tax, hours) = cells  # fmt: skip  # as HEADINGS
    pieces = int(stock)
    return (
        keys[-1], supplier, sku, title, kind, "653129", round(float(supply) * 100),
        round(float(sale) * 100), unit, pieces, pieces, spec, net, life, storage, tax,
        int(hours), 0, 0, "", "", "", "", "", "", "", False, "melon", "draft",
        MARK, at, None, None, None, None, None, 1, "raw", "bulk", "own", "[]", "", "",
        "", "", "[]", f"1/{pieces}", 0, 0, False, False,
    )  # fmt: skip  # in the order of the columns


def _plain_deed(number: int, key: Any, supplier: Any, at: Any) -> tuple[Any, ...]:
    told = '{"received": 100, "sku": "SL-000000"}'
    return (number, at, "bench", "draft", "Listing", key, supplier,
            None, None, "draft", told, MARK, MARK)  # fmt: skip  # in the order of the columns


@contextmanager
def _memory() -> Iterator[list[float]]:
    """The megabytes that this process holds, looked at again and again."""
    seen = [_resident()]
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK):
            seen.append(_resident())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()
        seen.append(_resident())


def _resident() -> float:
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # the most so far: never too little
    return most / 2**20 if sys.platform == "darwin" else most / 2**10
