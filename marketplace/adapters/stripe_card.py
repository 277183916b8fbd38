"""Cards, Alipay and WeChat Pay on Stripe's own page (Checkout), never on ours.

Charges here are Checkout Sessions (cs_…); their money is a PaymentIntent (pi_…). An event is a hint
to look again: only its signature, age and number are read. Stripe's objects are no dicts.
Source: https://docs.stripe.com/api, version 2026-10-28.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import stripe

from marketplace.config import PREFIX, Config
from marketplace.kernel.money import CURRENCY, Money
from marketplace.ports.payments import (
    BadEvent,
    Charge,
    ChargeState,
    DisputeOutcome,
    DisputeTold,
    GatewayDown,
    GatewayEvent,
    GatewayRefused,
    Given,
    GivenState,
    Wish,
)

HEADER = "Stripe-Signature"
MOST_AGE = 300  # seconds, to both sides
METHODS = ("card", "alipay", "wechat_pay")
_GIVEN = {
    "succeeded": GivenState.DONE,
    "failed": GivenState.FAILED,
    "canceled": GivenState.FAILED,
}
_OUTCOMES = {"won": DisputeOutcome.WON, "lost": DisputeOutcome.LOST}
_ABOUT = {  # of an object in an event: the field that names its charge
    "checkout.session": "id",
    "payment_intent": "id",
    "charge": "payment_intent",
    "refund": "payment_intent",
    "dispute": "payment_intent",
}


class StripeCard:
    """The `PaymentGateway` port on Stripe."""

    name = "stripe"

    def __init__(self, config: Config) -> None:
        self.problems = _problems(config)
        self.is_offered = not self.problems
        where = urlsplit(config.stripe_page)
        self.page_origin = f"{where.scheme}://{where.netloc}"
        self.account, self.is_live = config.stripe_account, config.stripe_live
        self.methods = _methods(config)
        self._secret = _secret(config.stripe_webhook_secret, config.stripe_webhook_secret_file)
        self._client = stripe.StripeClient(
            _secret(config.stripe_key, config.stripe_key_file) or "none",
            base_addresses={"api": config.stripe_api},
            http_client=stripe.RequestsClient(timeout=config.stripe_timeout_seconds),
            max_network_retries=0,  # an answer that is lost is our affair: see payments
        )
        self._own_account = ""
        self._asking = threading.Lock()

    def open_charge(self, wish: Wish) -> Charge:
        asked: Any = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": CURRENCY.lower(),
                        "unit_amount": wish.amount.fen,
                        "product_data": {"name": wish.title},
                    },
                }
            ],
            "payment_method_types": list(self.methods),
            "client_reference_id": wish.reference,
            "metadata": {"operation": wish.reference},
            "payment_intent_data": {"metadata": {"operation": wish.reference}},
            "expires_at": int(wish.expires_at.timestamp()),
            "success_url": wish.back,
            "cancel_url": wish.back,
        }
        if "wechat_pay" in self.methods:
            asked["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        with _told():
            made = self._client.v1.checkout.sessions.create(asked, {"idempotency_key": wish.key})
            return self._charge(made)

    def charge(self, ref: str) -> Charge:
        with _told():
            if ref.startswith("pi_"):
                found = self._client.v1.checkout.sessions.list({"payment_intent": ref, "limit": 1})
                if not found.data:
                    return self._bare(self._client.v1.payment_intents.retrieve(ref))
                ref = found.data[0].id
            return self._charge(self._client.v1.checkout.sessions.retrieve(ref, _WHOLE))

    def close_charge(self, provider_ref: str) -> Charge:
        try:
            with _told():
                self._client.v1.checkout.sessions.expire(provider_ref)
        except GatewayRefused:  # paid or ended already: how, the next line tells
            pass
        return self.charge(provider_ref)

    def refund(self, money_ref: str, amount: Money, *, reference: str, key: str) -> Given:
        with _told():
            made = self._client.v1.refunds.create(
                {
                    "payment_intent": money_ref,
                    "amount": amount.fen,
                    "metadata": {"operation": reference},
                },
                {"idempotency_key": key},
            )
        return _given(made)

    def charges_since(self, at: datetime) -> Iterator[Charge]:
        with _told():
            found = self._client.v1.checkout.sessions.list(
                {
                    "created": {"gte": int(at.timestamp())},
                    "limit": 100,
                    "expand": [f"data.{path}" for path in _WHOLE["expand"]],
                }
            )
            for one in found.auto_paging_iter():
                yield self._charge(one)

    def read_event(self, body: bytes, headers: Mapping[str, str], at: datetime) -> GatewayEvent:
        header = headers.get(HEADER) or ""
        if not self._secret:
            raise BadEvent
        try:
            stripe.WebhookSignature.verify_header(body, header, self._secret)
            stamps = [part[2:] for part in header.split(",") if part.startswith("t=")]
            if any(abs(at.timestamp() - int(stamp)) > MOST_AGE for stamp in stamps):
                raise BadEvent(reason="age")
            return _event(json.loads(body))
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as fault:
            raise BadEvent from fault

    def _charge(self, session: Any) -> Charge:
        """The whole of a session; its money, refunds and disputes are asked for where there are
        any."""
        money = session.payment_intent
        if isinstance(money, str):
            money = self._client.v1.payment_intents.retrieve(money, _LATEST)
        is_taken = session.payment_status == "paid" and money and money.status == "succeeded"
        state = ChargeState.TAKEN if is_taken else _untaken(session)
        return Charge(
            provider_ref=session.id,
            reference=session.client_reference_id or "",
            state=state,
            amount=Money(money.amount_received if is_taken else session.amount_total),
            currency=(money.currency if is_taken else session.currency).upper(),
            account=self._account(),
            is_live=session.livemode,
            money_ref=money.id if is_taken else "",
            send_to=(session.url or "") if state is ChargeState.OPEN else "",
            given=self._all_given(money) if is_taken else (),
            disputes=self._all_disputes(money) if is_taken else (),
        )

    def _bare(self, money: Any) -> Charge:
        """Money without a session: nobody here asked for it."""
        is_taken = money.status == "succeeded"
        return Charge(
            provider_ref=money.id,
            reference="",
            state=ChargeState.TAKEN if is_taken else ChargeState.OPEN,
            amount=Money(money.amount_received if is_taken else money.amount),
            currency=money.currency.upper(),
            account=self._account(),
            is_live=money.livemode,
            money_ref=money.id,
        )

    def _all_given(self, money: Any) -> tuple[Given, ...]:
        """Also those that are pending or failed."""
        found = self._client.v1.refunds.list({"payment_intent": money.id, "limit": 100})
        return tuple(_given(one) for one in found.auto_paging_iter())

    def _all_disputes(self, money: Any) -> tuple[DisputeTold, ...]:
        """Warnings take no money and are left out."""
        latest = money.latest_charge
        if latest is not None and not isinstance(latest, str) and not latest.disputed:
            return ()
        found = self._client.v1.disputes.list({"payment_intent": money.id, "limit": 100})
        return tuple(
            DisputeTold(
                provider_ref=one.id,
                amount=Money(one.amount),
                outcome=_OUTCOMES.get(one.status, DisputeOutcome.OPEN),
                reason=one.reason or "",
            )
            for one in found.auto_paging_iter()
            if not one.status.startswith("warning_")
        )

    def _account(self) -> str:
        """Whose key it is, asked once."""
        with self._asking:
            if not self._own_account:
                self._own_account = self._client.v1.accounts.retrieve_current().id
            return self._own_account


_LATEST: Any = {"expand": ["latest_charge"]}
_WHOLE: Any = {"expand": ["payment_intent.latest_charge"]}


def stripe_card(config: Config) -> StripeCard:
    """As configured; what is missing stands in its `problems`."""
    return StripeCard(config)


@contextmanager
def _told() -> Iterator[None]:
    """What Stripe says, in the port's own words: no answer, or an answer that leaves open whether
    anything happened, is no refusal."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as fault:
        raise GatewayRefused(reason=str(fault.code or fault.http_status)) from fault
    except stripe.StripeError as fault:  # no line, too late, 409, 429, 5xx, a key that is refused
        raise GatewayDown from fault


def _untaken(session: Any) -> ChargeState:
    return ChargeState.FAILED if session.status == "expired" else ChargeState.OPEN


def _given(refund: Any) -> Given:
    metadata = refund.metadata.to_dict() if refund.metadata else {}
    return Given(
        provider_ref=refund.id,
        reference=str(metadata.get("operation", "")),
        amount=Money(refund.amount),
        state=_GIVEN.get(refund.status, GivenState.PENDING),
        currency=refund.currency.upper(),
    )


def _event(told: dict[str, Any]) -> GatewayEvent:
    """Number, kind and whose charge it is about; the rest is asked for. Raises KeyError,
    TypeError."""
    thing = told["data"]["object"]
    about = thing.get(_ABOUT.get(thing["object"], "")) or ""
    return GatewayEvent(
        id=str(told["id"])[:100],
        kind=str(told["type"]),
        about=str(about if isinstance(about, str) else about["id"])[:100],
    )


def _methods(config: Config) -> tuple[str, ...]:
    return tuple(name.strip() for name in config.stripe_methods.split(",") if name.strip())


def _secret(given: str, path: str) -> str:
    if path and Path(path).is_file():
        return Path(path).read_text("utf-8").strip()
    return given.strip()


def _problems(config: Config) -> tuple[str, ...]:
    """Everything that is missing, each with what to set; never a secret itself."""
    lines = []
    for name in ("stripe_key", "stripe_webhook_secret"):
        if not _secret(getattr(config, name), getattr(config, f"{name}_file")):
            lines.append(f"{PREFIX}{name.upper()} is missing")
    if not config.stripe_account.startswith("acct_"):
        lines.append(f"{PREFIX}STRIPE_ACCOUNT is no account (acct_…)")
    key = _secret(config.stripe_key, config.stripe_key_file)
    if key and config.stripe_live == ("_test_" in key[:8]):
        lines.append(f"{PREFIX}STRIPE_LIVE does not fit the key: one is of the test mode")
    where = urlsplit(config.public_url)
    if where.scheme not in ("https", "http") or not where.netloc or where.path not in ("", "/"):
        lines.append(f"{PREFIX}PUBLIC_URL is no address like https://shop.example")
    elif where.scheme == "http" and config.stripe_live:
        lines.append(f"{PREFIX}PUBLIC_URL is not https")
    unknown = set(_methods(config)) - set(METHODS)
    if unknown or not _methods(config):
        lines.append(f"{PREFIX}STRIPE_METHODS are some of {', '.join(METHODS)}")
    return tuple(f"{line}: nobody can pay by card" for line in lines)
