"""Who may call the studio: only this machine, only its own page, only with the token of this start.

A page of another site can make a browser call any address of this machine. It does not know the token; a call of its
own has another Origin; and a name that it lets point to 127.0.0.1 (DNS rebinding) stands in Host. All three are checked
before anything else is read. Sources: Fetch Standard (Origin, Sec-Fetch-Site), CSP Level 3.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from .endpoint import CallError

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_OWN_SITE = ("same-origin", "none")  # of Sec-Fetch-Site; none is an address that was typed or opened from outside
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS: Mapping[str, str] = {  # of every answer
    "content-security-policy": "; ".join(f"{name} {sources}" for name, sources in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


def new_token() -> str:
    """Return a random token for an address."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a studio: everything lies below its token."""

    port: int
    token: str = field(default_factory=new_token, repr=False)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def path_of(self, path: str, headers: Mapping[str, str]) -> str:
        """Return the part of a path below the token.

        Args:
            path: of the call, decoded.
            headers: of the call, with names in lower case.

        Raises:
            CallError: where the call is not one of this page or of this user.
        """
        hosts = [f"{name}:{self.port}" for name in _NAMES]
        if headers.get("host", "").lower() not in hosts:
            raise CallError(f"Host must be {hosts[0]}. Received: {headers.get('host', 'none')[:100]}", 421)
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in [f"http://{host}" for host in hosts]:
            raise CallError(f"Origin must be that of the studio's page. Received: {origin[:100]}", 403)
        if headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            raise CallError("calls must come from the studio's page. Received: a call of another site", 403)
        token, slash, rest = path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise CallError("an address must begin with the token that the command printed. Received: another", 403)
        return f"/{rest}" if slash else ""
