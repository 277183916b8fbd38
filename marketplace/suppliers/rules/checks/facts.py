"""What the checks are told: the paper as it was typed, and what is known around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from marketplace.suppliers.states import PaperKind


@dataclass(frozen=True, slots=True)
class Submission:
    """One paper as it was typed."""

    kind: PaperKind
    number: str
    holder: str
    valid_from: date
    valid_until: date | None
    details: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """One place as the table of divisions knows it today."""

    code: str
    label: str
    level: int  # 1 province, 2 prefecture, 3 county


@dataclass(frozen=True, slots=True)
class Link:
    """One step of an authorisation: the holder of a right lets somebody use it."""

    by: str
    to: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the supplier and of all other papers."""

    legal_name: str
    credit_code: str
    today: date
    counties: tuple[Place, ...] = ()  # where the supplier is registered and its goods are from
    number_places: tuple[Place, ...] | None = None  # the region in the number; None: has none
    links: tuple[Link, ...] = ()  # of papers that authorise, not refused
    goods_category: str = ""  # the shelf of the goods the paper is about, if it is known
    number_elsewhere: bool = False  # the same number of the same kind at another supplier
    file_elsewhere: bool = False  # the same bytes at another supplier
    file_again: bool = False  # the same bytes in another paper of this supplier
