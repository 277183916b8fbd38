"""Short messages to the people of a supplier; a phone in China reads Chinese."""

from __future__ import annotations

HEAD = "【直通车】"
TAIL = "不是贵方在操作，请立即联系平台。"


def contact_moved(name: str, mobile: str) -> str:
    """To the number that is the contact no more."""
    return f"{HEAD}{name}的联系手机已改为尾号 {mobile[-4:]}。{TAIL}"


def account_proposed(name: str, number: str) -> str:
    """To the contact of the account that is paid to until now."""
    return f"{HEAD}{name}申请把收款账户改为尾号 {number[-4:]}，核对完成前暂停付款。{TAIL}"


def account_confirmed(name: str, number: str, day: str) -> str:
    """The same, once a second person has confirmed it; `day`: from when payouts go there."""
    return f"{HEAD}{name}的收款账户已改为尾号 {number[-4:]}，{day} 起付款到新账户。{TAIL}"
