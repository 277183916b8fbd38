"""Listings, their villages, edits of them, stock with its reservations, and imports."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalog.models.terms import SaleTerms
from marketplace.catalog.states import (
    AbsentGoods,
    BatchState,
    ChangeState,
    ClockStep,
    ImportState,
    ListingState,
    ReservationState,
)
from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.money import Money
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import Maker, Packaging, Processing

PHOTO_SIZES = ("large", "small")  # that pages show, see adapters.photos


def shown_key(key: str, size: str) -> str:
    """Where a photograph lies as pages show it."""
    return f"{key}-{size}"


def keys_of(key: str) -> tuple[str, ...]:
    """The original and all that lies beside it."""
    return (key, *(shown_key(key, size) for size in PHOTO_SIZES))


class Listing(SaleTerms, Versioned, Base):
    """One good as one supplier offers it; buyers see it only while `queries.visible` holds."""

    __tablename__ = "mp_listing"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    sku: Mapped[ShortCode]  # the supplier's own stock keeping unit
    title: Mapped[ShortText]
    group_code: Mapped[ShortCode] = mapped_column(default="")  # the supplier's own, of all sizes
    variant: Mapped[ShortCode] = mapped_column(default="")  # what tells it from the others: 5斤装
    category: Mapped[ShortCode] = mapped_column(index=True)  # slug, see categories.toml
    unit: Mapped[ShortCode]  # 箱, 袋 …: what one piece is
    spec: Mapped[ShortText] = mapped_column(default="")
    net_content: Mapped[ShortText] = mapped_column(default="")
    gross_weight: Mapped[ShortText] = mapped_column(default="")
    case_spec: Mapped[ShortText] = mapped_column(default="")
    shelf_life: Mapped[ShortText] = mapped_column(default="")
    storage: Mapped[ShortText] = mapped_column(default="")
    ingredients: Mapped[LongText] = mapped_column(default="")
    standard: Mapped[ShortText] = mapped_column(default="")
    production_licence: Mapped[ShortText] = mapped_column(default="")
    barcode: Mapped[ShortText] = mapped_column(default="")
    tax_rate: Mapped[ShortText] = mapped_column(default="")
    no_delivery_to: Mapped[ShortText] = mapped_column(default="")
    dispatch_hours: Mapped[int | None]
    freight_included: Mapped[bool] = mapped_column(default=False)
    county_code: Mapped[str] = mapped_column(String(6), index=True)  # origin; today's code
    processing: Mapped[Processing]
    packaging: Mapped[Packaging]
    maker: Mapped[Maker]
    claims: Mapped[list[str]] = mapped_column(default=list)  # words on it that need a proof
    standing: Mapped[str] = mapped_column(String(32))  # its profile at the gate, see docs/gate.md
    supply_price: Mapped[Money]  # what the supplier gets for one piece
    sale_price: Mapped[Money]  # what the buyer pays for one piece
    # as a person approved them last; None: nobody has
    reviewed_supply_price: Mapped[Money | None]
    reviewed_sale_price: Mapped[Money | None]
    per_500g: Mapped[Money | None]  # sale price of 500 g; None: the weight of a piece is not plain
    price_reason: Mapped[str] = mapped_column(String(500), default="")  # why it is far from others
    # what 500 g cost when the reason was given; None: it is said of the price that is saved next
    reason_price: Mapped[Money | None]
    picture: Mapped[ShortText] = mapped_column(default="")  # name of a drawing, where no photo is
    photos: Mapped[list[str]] = mapped_column(default=list)  # ids; the first is its face
    state: Mapped[ListingState] = mapped_column(default=ListingState.DRAFT)
    fingerprint: Mapped[str] = mapped_column(String(64))  # of the imported content, stock apart
    # pieces: received + adjustments = available + reserved + sold, always
    received: Mapped[int] = mapped_column(default=0)
    available: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(default=0)
    reviews: Mapped[int] = mapped_column(default=0)  # that are shown
    stars: Mapped[int] = mapped_column(default=0)  # of them together
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))
    import_id: Mapped[uuid.UUID | None]  # the sheet that brought it, if one did
    # "version/received" as the last sheet left it: as long as that holds, no person changed it
    sheet_left: Mapped[str | None] = mapped_column(String(40))

    supplier: Mapped[Supplier] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("supplier_id", "sku"),
        Index(
            "ix_mp_listing_variant",
            "supplier_id",
            "group_code",
            "variant",
            unique=True,
            sqlite_where=text("group_code <> ''"),
            postgresql_where=text("group_code <> ''"),
        ),
        CheckConstraint(
            "available >= 0 AND reserved >= 0 AND sold >= 0", name="stock_not_negative"
        ),
        CheckConstraint("available + reserved + sold = received", name="stock_adds_up"),
        Index("ix_mp_listing_newest", "state", "decided_at"),  # shelves begin with the newest
        # what is counted of shelves stands in the index alone, see queries.shelves
        Index(
            "ix_mp_listing_counted", "supplier_id", "standing", "state", "county_code", "category"
        ),
    )

    @hybrid_property
    def name(self) -> str:
        """What a buyer buys, in words: the good, and which size of it; at most 200 signs."""
        return f"{self.title} {self.variant}".rstrip()

    @name.inplace.expression
    @classmethod
    def _name(cls) -> ColumnElement[str]:
        return func.rtrim(cls.title + " " + cls.variant)


class ListingVillage(Base):
    """A village that grows or makes the good."""

    __tablename__ = "mp_listing_village"

    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"), primary_key=True)
    village_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_village.id"), primary_key=True)


class ListingPhoto(Base):
    """One photograph as it came. Not in `Listing.photos`: it waits, or stood there before."""

    __tablename__ = "mp_listing_photo"

    id: Mapped[Id]
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    sha256: Mapped[str] = mapped_column(String(64))  # of the original bytes
    type: Mapped[ShortCode]  # of the original, by its content
    width: Mapped[int]  # pixels, upright
    height: Mapped[int]
    key: Mapped[ShortText]  # of the original; what is shown lies beside it, see `shown_key`
    added_at: Mapped[datetime]
    added_by: Mapped[PersonRef]
    import_id: Mapped[uuid.UUID | None]  # the sheet whose archive brought it, if one did

    __table_args__ = (UniqueConstraint("listing_id", "sha256"),)

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything of it in the storage."""
        return keys_of(self.key)


class EvidencePhoto(Base):
    """A photograph that a buyer hands in to show what is wrong; never public."""

    __tablename__ = "mp_evidence_photo"

    id: Mapped[Id]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)  # the claim
    place: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))  # of the original bytes
    key: Mapped[ShortText]  # of the original, see `keys_of`


class ChangeSet(Versioned, Base):
    """One edit of a listing on sale, as it stood and as it would stand, see rules.edits; contents
    are those of `rules.fingerprint_of`. With `rules` no person was asked."""

    __tablename__ = "mp_change_set"

    id: Mapped[Id]
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    state: Mapped[ChangeState] = mapped_column(default=ChangeState.PROPOSED)
    base: Mapped[str] = mapped_column(String(64))  # fingerprint of `before`
    before: Mapped[dict[str, Any]]
    fingerprint: Mapped[str] = mapped_column(String(64))  # of `content`
    content: Mapped[dict[str, Any]]
    fields: Mapped[list[str]]  # what differs
    rules: Mapped[list[str]]  # by which it went through at once
    at: Mapped[datetime]
    by: Mapped[PersonRef]
    by_sheet: Mapped[bool] = mapped_column(default=False)  # a row said so, nobody typed it
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index("ix_mp_change_set_of", "listing_id", "at"),
        Index(
            "ix_mp_change_set_open",
            "listing_id",
            unique=True,  # one proposal at a time
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )


class PriceComparison(Base):
    """What the same costs elsewhere, as somebody saw it on a day; never changed."""

    __tablename__ = "mp_price_comparison"

    id: Mapped[Id]
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    source: Mapped[ShortText]
    price: Mapped[Money]
    amount: Mapped[ShortText]  # how much was offered for it
    per_500g: Mapped[Money | None]
    day: Mapped[date]
    note: Mapped[ShortText] = mapped_column(default="")
    file_key: Mapped[ShortText] = mapped_column(default="")  # a picture of it, or a document; none
    file_name: Mapped[ShortText] = mapped_column(default="")
    file_type: Mapped[ShortText] = mapped_column(default="")  # by its content
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    added_at: Mapped[datetime]
    added_by: Mapped[PersonRef]


class ClockEntry(Base):
    """The time that a listing, or an edit of it, spent at one step; open while nothing ends it."""

    __tablename__ = "mp_clock_entry"

    id: Mapped[Id]
    subject_id: Mapped[uuid.UUID]  # the listing, or its change-set
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    county_code: Mapped[str] = mapped_column(String(6))
    step: Mapped[ClockStep]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # promised when it was handed in; None at the supplier's desk
    promised_days: Mapped[int | None]  # working days from `opened_at` to `due_at`
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[str | None] = mapped_column(String(64))  # None at review: taken back

    __table_args__ = (
        Index("ix_mp_clock_entry_of", "listing_id", "opened_at"),
        Index(
            "ix_mp_clock_entry_open",
            "subject_id",
            unique=True,  # a thing is at one step at a time
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class Reservation(Base):
    """Pieces kept for one order line until `ends_at`; ends exactly once, sold or released."""

    __tablename__ = "mp_reservation"

    id: Mapped[Id]
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"), index=True)
    quantity: Mapped[int]  # without what was refunded before it left
    state: Mapped[ReservationState] = mapped_column(default=ReservationState.HELD)
    held_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # None: until the order is called off
    ended_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)


class CatalogImport(Versioned, Base):
    """One file that was handed in, and how far: `rows` read, of which so many did what.

    Its rows wait in the private storage, cut into `parts`; `part` is the next one to write. Once it
    is done: rows = created + updated + unchanged + refused. `foretold` is what was seen before
    anything was written, see `queries.foretelling`.
    """

    __tablename__ = "mp_catalog_import"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    file_name: Mapped[ShortText]
    file_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[ImportState] = mapped_column(default=ImportState.WRITING)
    at: Mapped[datetime]
    by: Mapped[PersonRef]
    rows: Mapped[int]
    parts: Mapped[int]
    part: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)  # good when read, no longer when written
    refusals: Mapped[dict[str, Any]] = mapped_column(default=dict)  # row → code and its data
    foretold: Mapped[dict[str, Any]] = mapped_column(default=dict)
    absent_goods: Mapped[AbsentGoods] = mapped_column(default=AbsentGoods.LEAVE)
    absent: Mapped[int] = mapped_column(default=0)  # goods that it does not name
    confirmed_at: Mapped[datetime | None]  # sheets of a supplier are written in this order
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("part >= 0 AND part <= parts", name="part_of_parts"),
        CheckConstraint(
            "created + updated + unchanged + refused <= rows", name="rows_counted_once"
        ),
    )

    @property
    def written(self) -> int:
        """Rows that are through, whatever became of them."""
        return self.created + self.updated + self.unchanged + self.refused


class ImportedBefore(Base):
    """What a listing was before a sheet changed it, for as long as that may be undone."""

    __tablename__ = "mp_imported_before"

    import_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_catalog_import.id"), primary_key=True
    )
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"), primary_key=True)
    before: Mapped[dict[str, Any]]  # column → plain value, and its villages
    after: Mapped[str] = mapped_column(String(64))  # the fingerprint that the sheet gave it
    after_state: Mapped[ListingState]  # and the state
    after_received: Mapped[int]  # and the pieces offered in all
    promised: Mapped[int]  # pieces that were held or sold then


class ColumnMemory(Base):
    """What a supplier said of the columns of a sheet; used for the next one with these headings."""

    __tablename__ = "mp_column_memory"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), primary_key=True)
    headings: Mapped[str] = mapped_column(String(64), primary_key=True)  # a sum over all of them
    columns: Mapped[dict[str, Any]]  # heading → field, or nothing when it is not read
    at: Mapped[datetime]
    by: Mapped[PersonRef]


class Batch(Versioned, Base):
    """One lot of a good, recalled as a whole. Its papers carry its id as `goods_id`."""

    __tablename__ = "mp_batch"

    id: Mapped[Id]
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    number: Mapped[ShortCode]  # 批号, as it stands on the parcel
    made_on: Mapped[date | None]  # harvested, caught, slaughtered or produced
    packed_on: Mapped[date]
    note: Mapped[ShortText] = mapped_column(default="")
    state: Mapped[BatchState] = mapped_column(default=BatchState.OPEN)
    created_at: Mapped[datetime]
    created_by: Mapped[PersonRef]
    recalled_at: Mapped[datetime | None]
    recalled_by: Mapped[str | None] = mapped_column(String(64))
    recall_reason: Mapped[str | None] = mapped_column(String(500))

    listing: Mapped[Listing] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("listing_id", "number"),)


class BatchPart(Base):
    """A lot that went into another one when goods were mixed or packed anew."""

    __tablename__ = "mp_batch_part"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_batch.id"), primary_key=True)
    part_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_batch.id"), primary_key=True, index=True
    )
