"""A first visit in a real browser, over loopback and over a slow link, and the same address again.

Three pages of ours and an empty Streamlit page with one chart take turns, every answer remembered
already. A visit begins with an empty cache, in a browser profile of its own; the second has what
the first has left there. A time runs from the navigation to the first frame that has the chart.
The same build is visited uncompressed by a browser that accepts no encoding.
"""

import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.load.clicks import SECONDS_TO_ANSWER, browser
from tests.load.measured import Figure, milliseconds, ratio
from tests.load.server import LOOPBACK, free_port, over, served, streamlit, tuned
from warehouse.demo.build import build

PAGES = ("overview", "usage", "on_call")
EMPTY = "an empty page with one chart"
LOOPBACK_LINK, SLOW_LINK = "loopback", "20 Mbit/s, 40 ms"
VISITS, FAST_VISITS = 7, 2
MOST_MEGABYTES, MOST_OF_UNCOMPRESSED, MOST_OF_EMPTY = 3.0, 0.62, 1.25
BYTES_PER_MEGABYTE = 1_000_000
ONE_CHART = """import plotly.graph_objects as go
import streamlit as st

st.title("Empty")
st.plotly_chart(go.Figure(go.Bar(x=["a", "b", "c"], y=[1, 2, 3])), key="chart")
"""
WINDOW = {"width": 1440, "height": 900}
# Looks once a frame, in the document from its beginning.
WATCH = """(() => {
    window.drawn = {};
    const note = name => { window.drawn[name] ??= performance.now(); };
    const look = () => {
        const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
        const done = charts.filter(chart => chart.querySelector('.main-svg .xy, .infolayer'));
        const ended = document.querySelector('[data-test-script-state=notRunning]')
            && document.querySelector('h1')
            && !document.querySelector('[data-testid=stSkeleton]');
        if (document.querySelector('h1')) note('title');
        if (done.length) note('first');
        if (ended && charts.length && done.length === charts.length) return note('all');
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""


@dataclass
class Visit:
    """What one visit took, in milliseconds to its title, first chart and all, and its bytes."""

    milliseconds: dict[str, float]
    received_bytes: int


@dataclass
class Place:
    """An address that is visited, and the visits there: with an empty cache, and again."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    first: list[Visit] = field(default_factory=list)
    again: list[Visit] = field(default_factory=list)

    def visit(self, chromium: Browser) -> None:
        """Visit it twice in a new profile."""
        profile = chromium.new_context(
            viewport=WINDOW, reduced_motion="reduce", extra_http_headers=self.headers
        )
        self.first.append(visited(profile, self.address))
        self.again.append(visited(profile, self.address))
        profile.close()


def visited(profile: BrowserContext, address: str) -> Visit:
    """Open an address in a new tab of a profile, until all its charts are drawn.

    The bytes are those of all answers, heads and websocket included.
    """
    tab = profile.new_page()
    received = 0

    def arrived(event: dict) -> None:
        nonlocal received
        received += int(event["encodedDataLength"])

    def framed(event: dict) -> None:
        nonlocal received
        text = event["response"]["payloadData"]
        # A binary frame is reported as base64.
        binary = event["response"]["opcode"] == 2
        received += len(text) * 3 // 4 if binary else len(text)

    network = profile.new_cdp_session(tab)
    network.on("Network.loadingFinished", arrived)
    network.on("Network.webSocketFrameReceived", framed)
    network.send("Network.enable")
    tab.set_default_timeout(SECONDS_TO_ANSWER * 1000)
    tab.add_init_script(WATCH)
    tab.goto(address, wait_until="commit")
    tab.wait_for_function("window.drawn && 'all' in window.drawn")
    took = tab.evaluate("window.drawn")
    tab.close()
    return Visit(took, received)


def measure(*, fast: bool) -> list[Figure]:
    """Per page and link the times to title, first chart and all, the bytes, and the ratios."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = _places(stack, folder)
        chromium = stack.enter_context(browser())
        # Answers are remembered, and the browser's own code is read from disk.
        for place in places.values():
            place.visit(chromium)
            place.first.clear()
            place.again.clear()
        for _ in range(FAST_VISITS if fast else VISITS):
            for place in places.values():
                place.visit(chromium)
    return _figures(places)


def _places(stack: ExitStack, folder: Path) -> dict[tuple[str, str, str], Place]:
    """By link, page and how it is sent: what is visited."""
    build(folder / "demo.duckdb")
    script = folder / "one_chart.py"
    script.write_text(ONE_CHART, encoding="utf-8")
    places = {}
    for name, command, environment in (
        (EMPTY, streamlit(tuned(script, folder)), {}),
        ("ours", streamlit("asgi.py"), over(folder / "demo.duckdb")),
    ):
        port = free_port()
        # Whoever comes over the link names the server by the link's address.
        public = {"BELLWETHER_PUBLIC_ADDRESSES": f"http://{LOOPBACK}:{port}"}
        server = stack.enter_context(served(*command, environment=environment | public))
        slow = ("-m", "tests.load.slow_link", "{port}")
        link = stack.enter_context(served(*slow, server.host, port=port)).host
        for where, host in ((LOOPBACK_LINK, server.host), (SLOW_LINK, link)):
            if name == EMPTY:
                places[where, EMPTY, ""] = Place(f"http://{host}/")
                continue
            for page in PAGES:
                address = f"http://{host}/{page}"
                places[where, page, ""] = Place(address)
                if where == SLOW_LINK:
                    identity = {"Accept-Encoding": "identity"}
                    places[where, page, ", uncompressed"] = Place(address, identity)
    return places


def _figures(places: dict[tuple[str, str, str], Place]) -> list[Figure]:
    figures = []
    for (link, page, sent), place in places.items():
        visits = {"first visit": place.first, "again": place.again}
        for which, seen in visits.items():
            what = f"{which} of {page}{sent}, {link}"
            figures += [
                milliseconds(f"{what}, title", _median(seen, "title")),
                milliseconds(f"{what}, first chart", _median(seen, "first")),
                milliseconds(f"{what}, all charts", _median(seen, "all")),
                megabytes(what, seen, _most_megabytes(which, page, sent)),
            ]
    for page in PAGES:
        over_link = _median(places[SLOW_LINK, page, ""].first, "first")
        whole = _median(places[SLOW_LINK, page, ", uncompressed"].first, "first")
        here = _median(places[LOOPBACK_LINK, page, ""].first, "first")
        empty = _median(places[LOOPBACK_LINK, EMPTY, ""].first, "first")
        what = f"first visit of {page}, first chart"
        figures += [
            ratio(f"{what}, to uncompressed, {SLOW_LINK}", over_link, whole, MOST_OF_UNCOMPRESSED),
            ratio(f"{what}, to {EMPTY}, {LOOPBACK_LINK}", here, empty, MOST_OF_EMPTY),
        ]
    return figures


def _median(visits: list[Visit], mark: str) -> float:
    return statistics.median(visit.milliseconds[mark] for visit in visits)


def _most_megabytes(which: str, page: str, sent: str) -> float | None:
    return MOST_MEGABYTES if (which, sent) == ("first visit", "") and page != EMPTY else None


def megabytes(what: str, visits: list[Visit], limit: float | None) -> Figure:
    """The most that one of the visits moved."""
    most = max(visit.received_bytes for visit in visits)
    return Figure(
        figure=f"{what}, received",
        value=round(most / BYTES_PER_MEGABYTE, 3),
        unit="MB",
        limit=limit,
    )
