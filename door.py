"""The door in front of Streamlit: who may come in, and the headers of every answer.

A page of any site can make a reader's browser send requests to this machine. So a request has to
name the server by one of its own addresses, and a websocket has to be opened from a page of that
address. Streamlit asks a server on the internet, and answers nobody meanwhile, for every Origin
that is not the Host; behind the door it never meets one.
"""

import asyncio
import logging
from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings
from loopback import LOOPBACK
from queries.core.errors import new_reference, reported

LOG = logging.getLogger("bellwether.door")
# A load balancer names the process by whatever address it likes.
PROBES = frozenset({"/healthz", "/readyz"})
METRICS = "/_stcore/metrics"
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
FORBIDDEN, NOT_FOUND, MISDIRECTED, FAILED = 403, 404, 421, 500


class Door:
    """ASGI middleware: answers 421 to a foreign Host or Origin, and adds `HEADERS` to everything.

    `public` are further origins at which people reach this server, like
    `https://bellwether.example.com`; the loopback names with the server's own port always are. The
    Host has to be that of an origin. A websocket's Origin has to be one, and the Host the same; a
    request for a page needs none. `PROBES` are answered at any Host, `METRICS` at none. What an
    application raises before it answers becomes a 500 with a reference.
    """

    def __init__(self, app: ASGIApp, public: Collection[str] = ()) -> None:
        self._app = app
        self._public = frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or websocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        answered = False

        async def send_with_headers(message: Message) -> None:
            nonlocal answered
            if not answered and message["type"] == "websocket.close":
                # A bare close before the handshake ends has no room for headers.
                await PlainTextResponse("Forbidden\n", FORBIDDEN)(scope, receive, send_with_headers)
                return
            if not answered:
                answered = True
                message.setdefault("headers", [])
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)
            if message["type"] == "websocket.http.response.body":
                # uvicorn logs an error unless it has closed the connection before this returns.
                await asyncio.sleep(0)

        inside = self._refusal(scope) or self._app
        try:
            await inside(scope, receive, send_with_headers)
        except Exception as error:
            if answered:
                raise
            problem = reported(error, "This request")
            said = f"{problem.sentence} {problem.remedy} Reference {problem.reference}.\n"
            await PlainTextResponse(said, FAILED)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that may not come in; None where it may."""
        path, is_page = scope["path"], scope["type"] == "http"
        if is_page and path in PROBES:
            return None
        host, origin = _only(scope, b"host"), _only(scope, b"origin")
        origins = self._public | _loopback_origins(scope)
        if is_page:
            at_home = host.lower() in {own.partition("://")[2] for own in origins}
        else:
            at_home = origin in origins and origin.partition("://")[2] == host
        if not at_home:
            reference = new_reference()
            LOG.warning(
                "%s a request to another address was refused",
                reference,
                extra={"facts": {"reference": reference, "host": host, "origin": origin}},
            )
            return PlainTextResponse(
                "Bellwether does not answer at this address. Open the address it was started "
                "with; whoever runs it can add this one to BELLWETHER_PUBLIC_ADDRESSES. "
                f"Reference {reference}.\n",
                MISDIRECTED,
            )
        if path.rstrip("/").endswith(METRICS):
            return PlainTextResponse("Not Found\n", NOT_FOUND)
        return None


def _only(scope: Scope, name: bytes) -> str:
    """The one value of a header; empty where it is missing or said twice."""
    values = [value for header, value in scope["headers"] if header == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def _loopback_origins(scope: Scope) -> frozenset[str]:
    # A server on a Unix socket has no port, and no loopback address.
    port = (scope.get("server") or (None, None))[1]
    if port is None:
        return frozenset()
    return frozenset(
        settings.origin(scheme, f"[{host}]" if ":" in host else host, port)
        for scheme in settings.DEFAULT_PORTS
        for host in LOOPBACK
    )
