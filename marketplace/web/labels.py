"""Words for states, verbs, roles and errors: keys of the catalogues, never sentences in code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.errors import MarketplaceError
from marketplace.kernel.machine import Step
from marketplace.web.words import Words, words

_TONES = {
    "draft": "info",
    "submitted": "wait",
    "checked": "wait",
    "returned": "warm",
    "suspended": "stop",
    "withdrawn": "stop",
    "cancelled": "stop",
    "lapsed": "stop",
    "asked": "warm",
    "writing": "wait",
    "stopped": "stop",
    "awaiting": "wait",
    "waiting": "wait",
    "partly": "info",
    "placed": "wait",
    "pending": "wait",
    "requested": "wait",
    "replaced": "info",
    "proposed": "wait",
    "superseded": "info",
    "refused": "stop",
    "revoked": "stop",
    "discarded": "stop",
    "undone": "stop",
    "offset": "info",
    "columns": "warm",
    "applied": "",
    "shipped": "info",
    "ordered": "info",
    "closed": "info",
    "recalled": "stop",
    "called_back": "stop",
    "open": "wait",
    "hit": "stop",
    "noted": "warm",
    "issued": "wait",
    "disputed": "stop",
    "carried": "info",
    "prepared": "wait",
    "released": "info",
    "taken_back": "stop",
    "unknown": "warm",
    "failed": "stop",
    "lost": "stop",
    "hidden": "stop",
    "red_due": "stop",
    "red_lettered": "info",
    "delivered": "",
}

# where the same word means something else of another thing
_OWN_TONES = {
    "VoucherState.open": "",  # its codes are good
    "RequestState.withdrawn": "info",  # nothing is to be invoiced, and nothing is wrong
}


def state_label(member: StrEnum) -> str:
    """ "SupplierState.draft" in the reader's language."""
    return words()(f"{type(member).__name__}.{member.value}")


def state_tone(member: StrEnum) -> str:
    """The colour family of a badge: empty for good, else wait, info, warm or stop."""
    own = _OWN_TONES.get(f"{type(member).__name__}.{member.value}")
    return _TONES.get(member.value, "") if own is None else own


def verb_label(step: Step[Any]) -> str:
    """ "verb.SupplierState.submit" in the reader's language."""
    return words()(f"verb.{type(step.target).__name__}.{step.verb}")


def error_words(fault: MarketplaceError, say: Words | None = None) -> tuple[str, str]:
    """What was wrong, and what to do now; the code's words, else those of its kind. A command says
    in which language."""
    say = say or words()
    codes = [fault.code, *(kind.code for kind in type(fault).__mro__ if hasattr(kind, "code"))]
    for code in codes:
        told = say(f"error.{code}")
        if told != f"error.{code}":
            remedy = say(f"remedy.{code}")
            shown = {key: _plain(value) for key, value in fault.data.items()}
            return _fill(told, shown), "" if remedy == f"remedy.{code}" else _fill(remedy, shown)
    return fault.code, ""


class Found(Protocol):
    """A finding of a check by machine, as suppliers and the catalog make them."""

    @property
    def check(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def finding_words(found: Found) -> tuple[str, str]:
    """What a check found, and what to do now (empty when there is nothing to do)."""
    say = words()
    shown = {key: str(value) for key, value in found.data.items()}
    key = f"finding.{found.check}"
    told, remedy = say(f"{key}.{found.grade}"), say(f"{key}.remedy")
    return _fill(told, shown), "" if remedy == f"{key}.remedy" else _fill(remedy, shown)


def notice_words(code: str, data: Mapping[str, Any], say: Words | None = None) -> str:
    """What an organisation is told: `notice.<code>`, its places filled; the values of states and
    kinds among them are keys of the catalogue and said too."""
    say = say or words()
    shown = {name: say(str(value)) for name, value in data.items()}
    return _fill(say(f"notice.{code}"), shown)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return state_label(value) if isinstance(value, StrEnum) else str(value)


def _fill(text: str, places: dict[str, str]) -> str:
    try:
        return text % places if "%(" in text else text
    except KeyError:  # a message that names more than this error carries is still better than none
        return text
