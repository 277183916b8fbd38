"""The base of all tables: typed columns that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Date,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from marketplace.kernel.money import Money


class MoneyType(TypeDecorator[Money]):
    """`Money` as a whole number of fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# the instant of a question that is built once and asked often: building it takes longer than asking
AT: BindParameter[datetime] = bindparam("at", type_=Instant())

new_id = uuid.uuid4  # of a row that others name before it is written
Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=new_id)]
ShortCode = Annotated[str, mapped_column(String(40))]
ShortText = Annotated[str, mapped_column(String(200))]
LongText = Annotated[str, mapped_column(Text)]
PersonRef = Annotated[str, mapped_column(String(64), index=True)]  # a host's user id or our own


class Versioned:
    """Counts its changes: whoever writes what somebody else has changed since it was read finds
    no row, and the whole unit of work is done again on what is true now."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # SQLAlchemy hands over the class
        return {"version_id_col": cls.version}


class Base(DeclarativeBase):
    """Every table of the marketplace; names begin with `mp_`, on SQLite all are STRICT."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        Money: MoneyType(),
        datetime: Instant(),
        date: Date(),
        # values, not Python names; text with a length, so that a new state needs no ALTER TYPE
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            length=40,
            values_callable=lambda kind: [member.value for member in kind],
        ),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[dict[str, Any]]: JSON(),
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            table.dialect_options["sqlite"]["strict"] = True
