"""The server: the door, imports frozen before the first visitor, two addresses for operators.

`/healthz` says that the process is there; `/readyz` whether it can answer, from the cache alone.
`streamlit run asgi.py` finds `app`; plain `streamlit run app.py` has no door and neither address.
"""

import gc
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit import config

# The heavy imports happen here and are frozen, not in the first visitor's rerun.
import components.core.tiles  # noqa: F401
import logs
import settings
import telemetry
from assets import CompressedAssets
from components.core.navigation import ENTRIES
from components.export import delivery
from door import Door
from queries.core.ask import close_ledgers
from queries.core.health_probes import first_answer, import_late, readiness

NOT_READY = 503
# What Streamlit serves below /static/.
STATIC = Path(st.__file__).parent / "static" / "static"


@asynccontextmanager
async def _serving(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    os.umask(settings.PRIVATE)
    settings.reach_this_machine_directly()
    logs.configure()
    telemetry.configure()
    # Streamlit's own list knows no public address, and holds for `streamlit run app.py` only.
    config.set_option("server.allowedHosts", [])
    gc.collect()
    gc.freeze()
    stop = threading.Event()
    threading.Thread(target=_make_ready, args=(stop,), name="first answer", daemon=True).start()
    yield None
    stop.set()
    close_ledgers()


def _make_ready(stop: threading.Event) -> None:
    import_late()
    first_answer(stop)
    # Unfrozen, what was imported late costs a collection 12 ms, in the middle of a rerun.
    gc.collect()
    gc.freeze()


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _readyz(_: Request) -> Response:
    ready, status = readiness()
    return JSONResponse({"ready": ready} | status, status_code=200 if ready else NOT_READY)


async def _enter(asked: Request) -> Response:
    """The way to the first page, with the link's filters.

    Led on by a script instead, the root would stay behind in the browser's history, and Back from
    the first page would end there and lead on again. The way is relative: a proxy may serve the app
    below a path of its own.
    """
    return RedirectResponse(f"{ENTRIES[0].page}?{asked.url.query}".removesuffix("?"))


app = st.App(
    "app.py",
    lifespan=_serving,
    middleware=[
        Middleware(Door, public=settings.public_addresses()),
        Middleware(
            CompressedAssets,
            originals=STATIC,
            kept=settings.ASSETS,
            pages=[f"/{entry.page}" for entry in ENTRIES],
        ),
    ],
    routes=[
        Route("/", _enter),
        Route("/healthz", _healthz),
        Route("/readyz", _readyz),
        delivery.route(),
    ],
)
