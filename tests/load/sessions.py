"""Many people at once: sessions over real websockets, each changing a filter once a second.

Two processes of the app behind a sticky proxy, as it would be deployed. Every filter is asked once
in both processes before; what is measured is many people on warm pages. A click's time runs from
when it was due, so that a server that falls behind is not flattered. The client that plays the
people shares the machine with the servers.
"""

import asyncio
import itertools
import random
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from websockets.exceptions import WebSocketException

from queries.shared import words
from tests.load.measured import Figure, milliseconds, ratio
from tests.load.rerun import percentiles
from tests.load.server import LOOPBACK, Server, free_port, over, served, streamlit
from tests.load.session import Session, opened
from warehouse.demo.build import build

PROCESSES = 2
PAGES = ("overview", "usage", "triage", "on_call")
HYPERSCALERS = ("azure", "aws", "gcp")
CHOICES = (*((words.name(word),) for word in HYPERSCALERS), tuple(map(words.name, HYPERSCALERS)))
CROWDS = (1, 10, 50, 100)
# One person clicks for longer, since a percentile needs its number.
CLICKS, FAST_CLICKS, CLICKS_OF_ONE = 30, 6, 60
RERUNS, FAST_RERUNS = 1000, 200
SECONDS_BETWEEN_CLICKS = 1.0
SECONDS_TO_ANSWER = 30.0
MOST_TIMES_ONE = 10.0


@dataclass
class Clicks:
    """What a crowd saw: how long each click took in milliseconds, and what went wrong."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measure(*, fast: bool) -> list[Figure]:
    """Per crowd: p50, p95, errors, p95 against one person's; and what 1,000 reruns leave behind."""
    figures = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        build(folder / "demo.duckdb")
        port = free_port()
        public = {"BELLWETHER_PUBLIC_ADDRESSES": f"http://{LOOPBACK}:{port}"}
        environment = over(folder / "demo.duckdb") | public
        servers = [
            stack.enter_context(served(*streamlit("asgi.py"), environment=environment))
            for _ in range(PROCESSES)
        ]
        proxy = stack.enter_context(
            served("-m", "tests.load.sticky", "{port}", *(one.host for one in servers), port=port)
        )
        uvloop.run(_warm(servers))
        alone = 0.0
        for people in CROWDS:
            clicks = FAST_CLICKS if fast else max(CLICKS, CLICKS_OF_ONE // people)
            seen = uvloop.run(_crowd(proxy.host, people, clicks))
            p50, p95 = percentiles(seen.milliseconds)
            alone = alone or p95
            what = f"{people} session{'s' * (people > 1)} at a click per second"
            figures += [
                milliseconds(f"{what}, p50", p50),
                milliseconds(f"{what}, p95", p95),
                Figure(figure=f"{what}, errors", value=len(seen.errors), unit="", limit=0),
            ]
        figures.append(ratio(f"{what}, p95 to one session's", p95, alone, MOST_TIMES_ONE))
        figures += _growth(servers[0], FAST_RERUNS if fast else RERUNS)
    return figures


async def _warm(servers: Iterable[Server]) -> None:
    for server, page in itertools.product(servers, PAGES):
        async with opened(server.host, page) as session:
            await session.rerun("")
            for choice in CHOICES:
                await session.choose("hyperscaler", choice)
            if session.errors:
                raise SystemExit(f"{page} shows an error: {session.errors[0]}")


async def _crowd(host: str, people: int, clicks: int) -> Clicks:
    seen = Clicks()
    async with AsyncExitStack() as stack:
        sessions, routes = [], Counter[str]()
        # Every page in every process: a process takes every second person.
        pages = [page for page in PAGES for _ in range(PROCESSES)]
        for _, page in zip(range(people), itertools.cycle(pages), strict=False):
            cookie = await asyncio.to_thread(_cookie, host)
            routes[cookie] += 1
            session = await stack.enter_async_context(opened(host, page, {"Cookie": cookie}))
            await session.rerun("")
            sessions.append(session)
        if people > 1 and (len(routes) < PROCESSES or len(set(routes.values())) > 1):
            raise SystemExit(f"The proxy did not share people out evenly: {dict(routes)}")
        draw = random.Random(people)  # noqa: S311 (when people click, not a secret)
        starts = [draw.random() * SECONDS_BETWEEN_CLICKS for _ in sessions]
        await asyncio.gather(
            *(
                _person(session, start, clicks, seen)
                for session, start in zip(sessions, starts, strict=True)
            )
        )
    return seen


async def _person(session: Session, start: float, clicks: int, seen: Clicks) -> None:
    clock = asyncio.get_running_loop()
    begun = clock.time() + start
    for number, choice in zip(range(clicks), itertools.cycle(CHOICES), strict=False):
        due = begun + number * SECONDS_BETWEEN_CLICKS
        await asyncio.sleep(max(0.0, due - clock.time()))
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await session.choose("hyperscaler", choice)
        except (TimeoutError, WebSocketException, OSError) as error:
            seen.errors.append(repr(error))
            return
        seen.milliseconds.append((clock.time() - due) * 1000)
        seen.errors += session.errors
        session.errors.clear()
        said = [text for text in session.texts if text.startswith("as of ")]
        if not all(name in line for line in said[:1] or [""] for name in choice):
            seen.errors.append(f"The page does not say {choice}: {said}")


def _cookie(host: str) -> str:
    """The proxy's cookie for somebody new, as a browser would bring it from then on."""
    with urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=10) as reply:
        cookies = [cookie.split(";", 1)[0] for cookie in reply.headers.get_all("Set-Cookie")]
    return next(cookie for cookie in cookies if cookie.startswith("server="))


def _growth(server: Server, reruns: int) -> list[Figure]:
    """What a process weighs after many more reruns of pages that it had shown before."""

    async def click() -> None:
        async with opened(server.host, PAGES[0]) as session:
            await session.rerun("")
            for _, choice in zip(range(reruns), itertools.cycle(CHOICES), strict=False):
                await session.choose("hyperscaler", choice)

    before = server.memory_mib
    uvloop.run(click())
    grown = server.memory_mib - before
    what = f"memory of a process after {reruns:,} more reruns"
    return [
        Figure(figure=f"{what}, grown by", value=round(grown, 1), unit="MiB"),
        ratio(f"{what}, to before", server.memory_mib, before),
    ]
