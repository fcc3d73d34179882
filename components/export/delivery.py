"""The way of a file out of the app: a click mints a token, one request in time spends it.

Streamlit would hand out a file at an address that asks nobody, keeps it while the server runs and
takes two files above 1 MiB for one where their length, name and three samples agree. Here the
guard is asked twice, at the click and at the request, nothing is kept, and the name says what is
in it.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from components.core import guard
from warehouse import clock
from warehouse.context import Scope

LOG = logging.getLogger("bellwether.delivery")
ADDRESS = "/download"
# A header, since addresses end up in the logs of proxies.
TOKEN_HEADER = "Download-Token"  # noqa: S105 (the name of the header)
SECONDS_VALID = 60.0
MOST_TOKENS = 1_000
FORBIDDEN, GONE = 403, 410
NOT_STORED = {"Cache-Control": "no-store"}
SPENT = "This download was fetched already, or a minute has passed. Press its button again.\n"


@dataclass(frozen=True)
class File:
    """A file that may be fetched: `make` gives its bytes, and is called for each who fetches it.

    It is named `name` and `ending`, both of letters, digits and `._-` alone, with the hash of its
    content between them. `shown` is the scope in which its rows were read.
    """

    name: str
    ending: str
    media_type: str
    shown: Scope
    make: Callable[[], bytes]

    def named(self, content: bytes) -> str:
        """The name of the file with this content; other content has another name."""
        return f"{self.name}-{hashlib.sha256(content).hexdigest()[:12]}.{self.ending}"


@dataclass(frozen=True)
class _Ticket:
    file: File
    viewer: str
    ends: float


@dataclass
class Tokens:
    """Who may fetch which file: each token once, for a minute, by the viewer whose click minted it.

    At most `most` wait at a time; where more are minted, the oldest are void.
    """

    most: int = MOST_TOKENS
    _waiting: dict[str, _Ticket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        """How many wait to be spent; those that ended count until the next is minted."""
        return len(self._waiting)

    def mint(self, file: File, viewer: guard.Viewer) -> str:
        """A token with which this viewer may fetch `file`; the guard let them have it just now."""
        token, now = secrets.token_urlsafe(32), clock.monotonic()
        with self._lock:
            # They were minted in the order in which they end.
            for other, ticket in list(self._waiting.items()):
                if ticket.ends > now and len(self._waiting) < self.most:
                    break
                del self._waiting[other]
            self._waiting[token] = _Ticket(file, viewer.name, now + SECONDS_VALID)
        return token

    def spend(self, token: str) -> tuple[File, str] | None:
        """The file of a token, void from now on, and who fetches it; None for one void already.

        Raises `guard.Refused` where the viewer of this moment may not have it, or is not the one
        whose click minted it.
        """
        with self._lock:
            ticket = self._waiting.pop(token, None)
        if ticket is None or ticket.ends <= clock.monotonic():
            return None
        viewer = guard.authorise("export", shown=ticket.file.shown)
        return (ticket.file, viewer.name) if viewer.name == ticket.viewer else None


TOKENS = Tokens()
SERVED = threading.Event()


def route() -> Route:
    """The route that delivers files, for a server to mount; buttons lead there from now on."""
    SERVED.set()
    return Route(ADDRESS, deliver, methods=["POST"])


def is_served() -> bool:
    """Whether this server has the route; plain `streamlit run app.py` has none."""
    return SERVED.is_set()


def deliver(request: Request) -> Response:
    """The file of the request's token, made now; or a sentence that says why not."""
    try:
        spent = TOKENS.spend(request.headers.get(TOKEN_HEADER, ""))
    except guard.Refused as refused:
        said = f"{refused.problem.sentence} {refused.problem.remedy}\n"
        return PlainTextResponse(said, FORBIDDEN, NOT_STORED)
    if spent is None:
        return PlainTextResponse(SPENT, GONE, NOT_STORED)
    file, viewer = spent
    content = file.make()
    name = file.named(content)
    LOG.info(
        "a file was delivered",
        extra={"facts": {"file": name, "viewer": viewer, "bytes": len(content)}},
    )
    attached = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=NOT_STORED | attached, media_type=file.media_type)
