"""A small Stripe for tests: payment pages and refunds over real HTTP, repeated keys answered as the first time, faults on
demand, and events signed as Stripe signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

SECRET = "whsec_of_the_tests"


_PAGE = (
    "<!doctype html><html lang=en><title>Pay</title><p role=alert>%s</p>"
    "<form method=post><label>Card <input name=card></label><button>Pay</button></form>"
)
_SECURE = (
    "<!doctype html><html lang=en><title>3-D Secure</title><form method=post><input type=hidden name=card value='%s'>"
    "<button name=3ds value=ok>Complete authentication</button></form>"
)


class StripeDouble:
    """Its state can be looked at and changed by a test; `url` goes into settings.STRIPE_API_BASE."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.keys: dict[str, tuple[int, dict[str, Any]]] = {}
        self.fail_next = 0  # so many requests are answered by 500
        self.lose_next = 0  # so many are done, and their answer is lost
        self.refuse_next = 0  # so many are refused with 400
        self.refund_status = "succeeded"
        self.payouts: dict[str, list[str]] = {}  # the payment intents in each
        self.asked = 0
        self.hook = ""  # where events go by themselves; empty: tests deliver them
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        if self.fail_next:
            self.fail_next -= 1
            return 500, {"error": {"type": "api_error", "message": "down"}}
        if self.refuse_next:
            self.refuse_next -= 1
            return 400, {"error": {"type": "invalid_request_error", "code": "parameter_invalid", "message": "no"}}
        if key and key in self.keys:
            return self.keys[key]
        found = 200, self._do(method, path.removeprefix("/v1/").split("/"), body)
        if key:
            self.keys[key] = found
        if self.lose_next:
            self.lose_next -= 1
            return 500, {"error": {"type": "api_error", "message": "lost"}}
        return found

    def _do(self, method: str, parts: list[str], body: dict[str, str]) -> dict[str, Any]:
        if parts[0] == "balance_transactions":
            return self._balance(body)
        if parts[0] == "refunds":
            made = {
                "id": f"re_{uuid4().hex}",
                "object": "refund",
                "amount": int(body["amount"]),
                "payment_intent": body["payment_intent"],
                "status": self.refund_status,
                "metadata": {"refund": body["metadata[refund]"]},
            }
            self.refunds.append(made)
            return made
        if method == "POST" and len(parts) == 2:
            return self._page(body)
        session = self.sessions[parts[2]]
        if parts[-1] == "expire":
            session["status"] = "expired"
        return session

    def _balance(self, body: dict[str, str]) -> dict[str, Any]:
        """Two at a time, so that whoever reads must turn the page; the fees and the payout itself stand among them."""
        intents = self.payouts[body["payout"]]
        rows = [{"id": "txn_out", "type": "payout", "source": None}]
        rows += [{"id": f"txn_{one}", "type": "charge", "source": {"payment_intent": one}} for one in intents]
        first = next((n + 1 for n, row in enumerate(rows) if row["id"] == body.get("starting_after")), 0)
        return {"object": "list", "data": rows[first : first + 2], "has_more": len(rows) > first + 2}

    def _page(self, body: dict[str, str]) -> dict[str, Any]:
        session_id = f"cs_{uuid4().hex}"
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "url": f"{self.url}/pay/{session_id}",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": int(body["line_items[0][price_data][unit_amount]"]),
            "currency": body["line_items[0][price_data][currency]"],
            "payment_intent": None,
            "metadata": {"attempt": body["metadata[attempt]"]},
            "sent": body,
        }
        return self.sessions[session_id]

    def card_page(self, session_id: str, sent: dict[str, str]) -> tuple[int, str]:
        """The page a guest types a card into: declined, 3-D Secure and good ones by Stripe's own test numbers.

        Answers a status and HTML, or 303 and an address.
        """
        session, card = self.sessions[session_id], sent.get("card", "").replace(" ", "")
        if card == "4000002500003155" and "3ds" not in sent:
            return 200, _SECURE % card
        if card and card != "4000000000000002":
            self.tell(event("checkout.session.completed", self.pay(session_id)))
            return 303, session["sent"]["success_url"]
        if card:
            failed = {"id": "pi", "metadata": session["metadata"], "last_payment_error": {"code": "card_declined"}}
            self.tell(event("payment_intent.payment_failed", failed))
        said = "Your card was declined." if card else ""
        return 200, _PAGE % said

    def tell(self, told: dict[str, Any]) -> None:
        if self.hook:
            body, signature = signed(told)
            headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
            address = urlsplit(self.hook)
            connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
            connection.request("POST", address.path, body, headers)
            connection.getresponse().read()
            connection.close()

    def pay(self, session_id: str, **changed: Any) -> dict[str, Any]:
        """Somebody pays on the page; the session as an event would carry it."""
        paid = {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{uuid4().hex}"}
        self.sessions[session_id].update({**paid, **changed})
        return {name: value for name, value in self.sessions[session_id].items() if name != "sent"}


def _handler(double: StripeDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if self.path.startswith("/pay/"):
                page = {name: values[-1] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
                self._show(*double.card_page(self.path.removeprefix("/pay/"), page))
                return
            sent = {name: values[-1] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self._say(*double.answer("POST", self.path, sent, self.headers.get("Idempotency-Key", "")))

        def do_GET(self) -> None:
            if self.path.startswith("/pay/"):
                self._show(*double.card_page(self.path.removeprefix("/pay/"), {}))
                return
            asked = urlsplit(self.path)
            self._say(*double.answer("GET", asked.path, dict(parse_qsl(asked.query)), ""))

        def _say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps({name: value for name, value in told.items() if name != "sent"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _show(self, status: int, told: str) -> None:
            self.send_response(status)
            if status == 303:
                self.send_header("Location", told)
            body = b"" if status == 303 else told.encode()
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: tests speak for themselves."""

    return Handler


def event(kind: str, subject: dict[str, Any], *, created: int | None = None, event_id: str = "") -> dict[str, Any]:
    return {
        "id": event_id or f"evt_{uuid4().hex}",
        "object": "event",
        "type": kind,
        "created": created or int(time.time()),
        "data": {"object": subject},
    }


def signed(told: dict[str, Any], *, secret: str = SECRET, at: int | None = None) -> tuple[bytes, str]:
    """A body and its `Stripe-Signature`."""
    body, moment = json.dumps(told).encode(), at or int(time.time())
    mac = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return body, f"t={moment},v1={mac}"


def deliver(client: Any, told: dict[str, Any], **how: Any) -> Any:
    """Post an event to the product as Stripe does."""
    body, signature = signed(told, **how)
    return client.post(
        "/api/v1/stripe/webhook", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
