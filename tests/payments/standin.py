"""A strict stand-in for Stripe over real HTTP: idempotency keys, ceilings, Checkout Sessions,
signed events. It can be dead, lose its answer after it has done what was asked, or tell of it
before it answers. What localstripe does not do (Checkout, keys, ceilings) is what our promises
stand on.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import stripe
import waitress
from waitress import wasyncore

ACCOUNT = "acct_standin"
SECRET = "whsec_of_the_standin"
KEY = "sk_test_standin"
Form = dict[str, str]
Answer = tuple[int, dict[str, Any]]


class Refuse(Exception):
    """A 4xx in Stripe's shape."""

    def __init__(self, status: int, kind: str, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": code}}


@dataclass
class Faults:
    """What goes wrong with the next call, once each."""

    dead: bool = False  # no connection is answered until it is False again
    lose_answer: int = 0  # so many calls are done and not answered
    slow: float = 0  # seconds until an answer to a POST leaves; it is done at once
    tell_first: Callable[[str, str], None] | None = None  # called with (event type, id) before


@dataclass
class Standin:
    """All that this Stripe knows."""

    now: Callable[[], datetime]
    live: bool = False
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    calls: list[str] = field(default_factory=list)
    origin: str = ""
    _answers: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _turn: threading.RLock = field(default_factory=threading.RLock)

    # --- what people and banks do

    def pay(self, session_id: str, *, amount: int | None = None, currency: str = "cny") -> str:
        """The buyer pays on the page; answers the number of the money."""
        with self._turn:
            session = self.sessions[session_id]
            assert session["status"] == "open", session["status"]
            intent = {
                "id": self._id("pi"), "object": "payment_intent", "status": "succeeded",
                "amount": session["amount_total"], "currency": currency, "livemode": self.live,
                "amount_received": session["amount_total"] if amount is None else amount,
                "metadata": session["metadata"],
            }  # fmt: skip
            self.intents[intent["id"]] = intent
            session.update(payment_intent=intent["id"], payment_status="paid", status="complete")
            return str(intent["id"])

    def expire(self, session_id: str) -> None:
        self.sessions[session_id].update(status="expired", url=None)

    def dispute(self, money: str, amount: int, status: str = "needs_response") -> str:
        number = self._id("du")
        self.disputes[number] = {
            "id": number, "object": "dispute", "payment_intent": money, "amount": amount,
            "currency": "cny", "status": status, "reason": "fraudulent",
        }  # fmt: skip
        return number

    def session_of(self, reference: str) -> dict[str, Any]:
        (found,) = [s for s in self.sessions.values() if s["client_reference_id"] == reference]
        return found

    # --- what it tells

    def event(self, kind: str, about: str, number: str = "") -> bytes:
        """An event about an object as it stands now."""
        thing = {**self.sessions, **self.intents, **self.refunds, **self.disputes}[about]
        told = {
            "id": number or self._id("evt"), "object": "event", "type": kind,
            "api_version": "2026-10-28.endive", "livemode": self.live, "data": {"object": thing},
        }  # fmt: skip
        return json.dumps(told).encode()

    def signed(
        self, body: bytes, *, at: datetime | None = None, secret: str = SECRET
    ) -> dict[str, str]:
        """The header that goes with these bytes."""
        stamp = int((at or self.now()).timestamp())
        made = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, stamp)
        return {"Stripe-Signature": made, "Content-Type": "application/json"}

    # --- what it is asked

    def __call__(self, environ: Mapping[str, Any], start: Callable[..., Any]) -> list[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if method == "GET" and path.startswith("/pay/"):
            start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [f"<title>Stand-in</title><h1 id=page>{path}</h1>".encode()]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        raw = environ["wsgi.input"].read(length).decode() if length else environ["QUERY_STRING"]
        key = environ.get("HTTP_IDEMPOTENCY_KEY", "") if method == "POST" else ""
        authorised = environ.get("HTTP_AUTHORIZATION") == f"Bearer {KEY}"
        self.calls.append(f"{method} {path}")
        if self.faults.dead:
            status, body = 503, {"error": {"type": "api_error", "message": "down"}}
        elif not authorised:
            status, body = 401, {"error": {"type": "invalid_request_error", "message": "no key"}}
        else:
            status, body = self._once(key, f"{path}?{raw}", method, path, dict(parse_qsl(raw)))
            if path == "/v1/refunds" and method == "POST" and self.faults.tell_first:
                self.faults.tell_first("charge.refunded", str(body["id"]))
            if method == "POST" and self.faults.slow:
                threading.Event().wait(self.faults.slow)
            if method == "POST" and self.faults.lose_answer:
                self.faults.lose_answer -= 1
                status, body = 502, {"error": {"type": "api_error", "message": "lost"}}
        start(f"{status} Stand-in", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _once(self, key: str, said: str, method: str, path: str, form: Form) -> Answer:
        with self._turn:
            if key in self._answers:
                before, answer = self._answers[key]
                if before != said:
                    return 400, Refuse(400, "idempotency_error", "other_parameters").body
                return answer
            try:
                answer = 200, self._do(method, path, form)
            except Refuse as fault:
                answer = fault.status, fault.body
            if key:
                # as it was said then: what happens later does not change it
                self._answers[key] = said, json.loads(json.dumps(answer))
        return answer

    def _do(self, method: str, path: str, form: Form) -> dict[str, Any]:
        routes: list[tuple[str, str, Callable[..., dict[str, Any]]]] = [
            ("GET", r"/v1/account", lambda _form: {"id": ACCOUNT, "object": "account"}),
            ("POST", r"/v1/checkout/sessions", self._open),
            ("GET", r"/v1/checkout/sessions", self._list_sessions),
            ("GET", r"/v1/checkout/sessions/(\w+)", self._session),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", self._expire),
            ("GET", r"/v1/payment_intents/(\w+)", self._intent),
            ("POST", r"/v1/refunds", self._refund),
            ("GET", r"/v1/refunds", lambda form: self._of_intent(self.refunds, form)),
            ("GET", r"/v1/disputes", lambda form: self._of_intent(self.disputes, form)),
        ]
        for verb, pattern, act in routes:
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return act(form, *found.groups())
        raise Refuse(404, "invalid_request_error", "resource_missing")

    def _open(self, form: Form) -> dict[str, Any]:
        life = int(form["expires_at"]) - int(self.now().timestamp())
        if not 30 * 60 <= life <= 24 * 3600:
            raise Refuse(400, "invalid_request_error", "expires_at")
        amount = int(form["line_items[0][price_data][unit_amount]"])
        number = self._id("cs")
        session = {
            "id": number, "object": "checkout.session", "livemode": self.live,
            "status": "open", "payment_status": "unpaid", "payment_intent": None,
            "amount_total": amount * int(form["line_items[0][quantity]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": form["client_reference_id"],
            "metadata": {"operation": form["metadata[operation]"]},
            "created": int(self.now().timestamp()), "expires_at": int(form["expires_at"]),
            "success_url": form["success_url"], "url": f"{self.origin}/pay/{number}",
            "payment_method_types": [v for k, v in form.items() if "payment_method_types" in k],
        }  # fmt: skip
        self.sessions[number] = session
        return session

    def _session(self, _form: Form, number: str) -> dict[str, Any]:
        if number not in self.sessions:
            raise Refuse(404, "invalid_request_error", "resource_missing")
        return self._whole(self.sessions[number])

    def _expire(self, _form: Form, number: str) -> dict[str, Any]:
        if self.sessions[number]["status"] != "open":
            raise Refuse(400, "invalid_request_error", "not_open")
        self.expire(number)
        return self.sessions[number]

    def _list_sessions(self, form: Form) -> dict[str, Any]:
        money, since = form.get("payment_intent"), int(form.get("created[gte]", 0))
        found = [
            self._whole(one)
            for one in self.sessions.values()
            if one["created"] >= since and (money is None or one["payment_intent"] == money)
        ]
        return {"object": "list", "data": found, "has_more": False, "url": "/v1/checkout/sessions"}

    def _whole(self, session: dict[str, Any]) -> dict[str, Any]:
        money = session["payment_intent"]
        return {**session, "payment_intent": self._intent({}, money) if money else None}

    def _intent(self, _form: Form, number: str) -> dict[str, Any]:
        if number not in self.intents:
            raise Refuse(404, "invalid_request_error", "resource_missing")
        given = sum(self._given_back(number))
        disputed = any(one["payment_intent"] == number for one in self.disputes.values())
        latest = {
            "id": number.replace("pi_", "ch_"), "object": "charge", "disputed": disputed,
            "amount_refunded": given, "refunded": given > 0,
        }  # fmt: skip
        return {**self.intents[number], "latest_charge": latest}

    def _refund(self, form: Form) -> dict[str, Any]:
        money, amount = form["payment_intent"], int(form["amount"])
        if money not in self.intents:
            raise Refuse(404, "invalid_request_error", "resource_missing")
        left = self.intents[money]["amount_received"] - sum(self._given_back(money))
        if not 0 < amount <= left:
            raise Refuse(400, "invalid_request_error", "charge_already_refunded")
        number = self._id("re")
        self.refunds[number] = {
            "id": number, "object": "refund", "payment_intent": money, "amount": amount,
            "currency": "cny", "status": "succeeded",
            "metadata": {"operation": form.get("metadata[operation]", "")},
        }  # fmt: skip
        return self.refunds[number]

    def _given_back(self, money: str) -> Iterator[int]:
        for one in self.refunds.values():
            if one["payment_intent"] == money and one["status"] != "failed":
                yield one["amount"]

    @staticmethod
    def _of_intent(kept: dict[str, dict[str, Any]], form: Form) -> dict[str, Any]:
        found = [one for one in kept.values() if one["payment_intent"] == form["payment_intent"]]
        return {"object": "list", "data": found, "has_more": False, "url": "/v1/"}

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers):024d}"


@contextmanager
def answering(standin: Standin) -> Iterator[str]:
    """The address at which it answers."""
    sockets: dict[int, object] = {}
    server = waitress.create_server(standin, host="127.0.0.1", port=0, threads=10, map=sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    standin.origin = f"http://127.0.0.1:{server.effective_port}"
    try:
        yield standin.origin
    finally:
        with suppress(OSError):  # it was awake, and has closed them already
            server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()
