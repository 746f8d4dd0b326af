"""Until people sign in, only a browser on this machine is answered: the rule, and the wall that enforces it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDING = re.compile(
    r"forwarded|client-?ip|real-?ip|proxyuser|^via$|^(cf|cdn|fastly|fly|tailscale|x-envoy|x-azure|x-original|x-amzn)-"
)
"""What proxies and hosting services add to a request they pass on. One that adds nothing cannot be told."""
OPEN_PATHS = frozenset({"/_stcore/health", "/healthz", "/readyz"})
"""Answered to anybody: they say that the server is up and nothing else."""
NOT_FRAMED = (b"content-security-policy", b"frame-ancestors 'self'")
REFUSED = 1008
"""WebSocket close code for a broken policy."""

TITLE = "Red Pandas answers only this computer"
REASON = (
    "It runs without accounts, so whoever can open it could read every table. "
    "It therefore opens only in a browser on the machine it runs on."
)
WAYS = (
    (
        "From another computer",
        "Open a tunnel, then visit http://localhost:8501 there:",
        "ssh -L 8501:localhost:8501 you@this-server",
    ),
    (
        "Behind a sign-in of your own",
        "If a proxy or a private network already decides who gets here, treat every visitor as the one local user:",
        "RED_PANDAS_TRUST_NETWORK=true",
    ),
    (
        "With accounts",
        "Have people sign in, each to tables of their own. The log then holds a link for the first one:",
        "RED_PANDAS_SIGN_IN=accounts",
    ),
)


def may_be_framed(scope: Scope) -> bool:
    """Whether this is a published link made for a frame in another page: it shows one thing and does nothing."""
    given = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    is_shared = str(scope["path"]).rstrip("/").endswith("/shared")
    return is_shared and bool(given.get("link")) and given.get("embed") == ["true"]


def is_local(host: str | None, header_names: Collection[str], peer: str | None) -> bool:
    """Whether a request comes straight from a browser on this machine.

    The Host header keeps out pages that rebind a name to 127.0.0.1; the peer address keeps out programs elsewhere
    that merely send `Host: localhost`; a forwarding header means that somebody else is behind the peer.
    """
    forwarded = any(FORWARDING.search(name.lower().replace("_", "-")) for name in header_names)
    return not forwarded and _host_name(host) in LOCAL_HOSTS and _is_loopback(peer)


def is_same_origin(origin: str | None, host: str | None) -> bool:
    """Whether a request that can change things was made by a page of this server, port included, or by no page.

    Other sites in the same browser may connect to localhost too, and Streamlit itself looks at names only.
    """
    return origin is None or origin.partition("://")[2].lower() == (host or "").lower()


def _is_reading(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD")


def _only(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    """The value of a header that came once, None when it did not come, "" when it came twice."""
    values = [value for each, value in headers if each.lower() == name]
    return "" if len(values) > 1 else values[0] if values else None


def _host_name(host: str | None) -> str:
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "") if f"//{parts.netloc}" == f"//{host}" and "@" not in parts.netloc else ""


def _is_loopback(peer: str | None) -> bool:
    try:
        address = ip_address(peer or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class LocalOnly:
    """ASGI middleware: everything but the health checks is refused to whoever is not on this machine.

    `trusts_network` says whether everybody is let in, and is asked each time.
    """

    def __init__(self, app: App, trusts_network: Callable[[], bool]) -> None:
        self._app, self._trusts_network = app, trusts_network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._trusts_network():
            await self._app(scope, receive, send)
        elif self._may_pass(scope):
            await self._app(scope, receive, send if may_be_framed(scope) else _unframed(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": REFUSED, "reason": "Only this computer"})
        else:
            await _refuse(send)

    @staticmethod
    def _may_pass(scope: Scope) -> bool:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        host, peer = _only(headers, "host"), scope.get("client")
        if scope["path"] in OPEN_PATHS:
            return True
        local = is_local(host, [name for name, _ in headers], peer[0] if peer else None)
        return local and (_is_reading(scope) or is_same_origin(_only(headers, "origin"), host))


def _unframed(send: Send) -> Send:
    """Sends the same, but no other site may show it in a frame and borrow a person's clicks."""

    async def send_unframed(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), NOT_FRAMED]}
        await send(message)

    return send_unframed


async def _refuse(send: Send) -> None:
    body = page().encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def page() -> str:
    """The notice as a page that loads nothing else."""
    ways = "".join(
        f"<h2>{name}</h2><p>{text}</p>" + (f"<pre>{code}</pre>" if code else "") for name, text, code in WAYS
    )
    return PAGE.format(title=TITLE, reason=REASON, ways=ways)


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><style>
:root {{ color-scheme: light dark; --back: #fff; --text: #171310; --soft: #6b625b; --panel: #f7f4f1; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --back: #191614; --text: #ede6df; --soft: #a79c93; --panel: #24201d; }}
}}
body {{ background: var(--back); color: var(--text); margin: 0; display: grid; place-items: center; min-height: 100vh;
  font: 15px/1.6 Inter, system-ui, sans-serif; }}
main {{ max-width: 34rem; padding: 2rem 1.5rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }}
h2 {{ font-size: 1rem; margin: 1.75rem 0 .25rem; }}
p {{ margin: 0; color: var(--soft); }}
pre {{ background: var(--panel); border-radius: 10px; padding: .75rem 1rem; margin: .5rem 0 0; overflow-x: auto;
  font: 13px/1.5 "JetBrains Mono", ui-monospace, monospace; }}
</style></head><body><main><h1>{title}</h1><p>{reason}</p>{ways}</main></body></html>
"""
