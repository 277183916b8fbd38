"""Whose money a budget or a purchase is made of; rules, reports and invoices follow it."""

from __future__ import annotations

from enum import StrEnum


class FundSource(StrEnum):
    """The four sources of the trade (practice: who pays, and how)."""

    UNION = "union"  # 工会经费
    WELFARE = "welfare"  # 职工福利费
    CANTEEN = "canteen"  # 食堂
    PERSONAL = "personal"  # 个人
