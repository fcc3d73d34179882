"""From a click to both charts redrawn, in a real browser: ours, Dash, Streamlit with pandas.

One question: daily capacity per hyperscaler over 90 days under a filter, and the top ten accounts,
over ten million hourly rows. Every page lies in a tab of its own and they take turns, each with
the same click: a hyperscaler is added to the filter. A time runs from the mouse button going down
to the end of the first frame that shows both charts with other data. Every choice was shown once
before. The limits are against a Dash that draws with `go`, and against pandas over the columns that
the question needs; a Dash that remembers, and one that draws with Plotly Express as its own
documentation does, are measured without a limit.
"""

import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import duckdb
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from queries.core.ask import latest_data_date
from queries.core.catalog import QUESTIONS
from queries.shared.periods import first_day, last_complete_day
from tests.load import hours
from tests.load.measured import Figure, milliseconds, ratio
from tests.load.rerun import percentiles
from tests.load.server import Server, over, served, streamlit, tuned
from warehouse.context import EVERYTHING, Context

ROWS, FAST_ROWS = 10_000_000, 1_000_000
TURNS, FAST_TURNS = 20, 4
ADDED = ("Azure", "AWS")
DAYS = 90
PEERS = Path(__file__).parent / "peers"
MOST_OF_DASH, MOST_OF_PANDAS = 1.0, 0.1
BROWSER_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SECONDS_TO_ANSWER = 60
PAUSE_MS = 300
HOURLY = """
COPY (
    SELECT h.hour_start, c.hyperscaler, coalesce(a.name, c.account_id) AS name,
           arg_max(h.quantity, h.recorded_at) AS quantity
    FROM metering_hourly h JOIN clusters c USING (cluster_id)
    LEFT JOIN accounts a USING (account_id)
    WHERE h.dimension = 'capacity'
    GROUP BY h.cluster_id, h.hour_start, c.hyperscaler, name, c.account_id
) TO '{file}' (FORMAT parquet)
"""
# The charts' data as one text each; the promise is kept with the milliseconds since the click, by
# a task that runs right after the frame: the next frame may wait for work that nobody sees.
WATCH = """() => {
    const drawn = () => [...document.querySelectorAll('.js-plotly-plot')].map(
        chart => chart.querySelector('.main-svg') ? JSON.stringify(chart.data) : undefined);
    const before = drawn();
    window.redrawn = new Promise(resolve => addEventListener('mousedown', () => {
        const clicked = performance.now();
        const look = () => {
            const now = drawn();
            const other = now.length === 2 && now.every((data, n) => data && data !== before[n]);
            if (!other) return requestAnimationFrame(look);
            scheduler.postTask(
                () => resolve(performance.now() - clicked), {priority: 'user-blocking'});
        };
        requestAnimationFrame(look);
    }, {capture: true, once: true}));
}"""
NAMES_OF_BARS = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .flatMap(chart => chart.data).filter(trace => trace.type === 'bar').flatMap(trace => trace.y)"""


@dataclass
class Peer:
    """A page that answers the question, in its tab.

    `adding` readies the page and gives what to click to add a hyperscaler to the filter;
    `clearing` gives what to click, one after the other, to empty it again.
    """

    tab: Page
    server: Server
    adding: Callable[[Page, str], Locator]
    clearing: Callable[[Page], list[Locator]]
    milliseconds: list[float] = field(default_factory=list)
    shown: list[list[str]] = field(default_factory=list)

    def turn(self, *, timed: bool) -> None:
        """Add one hyperscaler after the other, then clear the filter."""
        self.tab.bring_to_front()
        for name in ADDED:
            took = self._click(self.adding(self.tab, name))
            if timed:
                self.milliseconds.append(took)
            else:
                self.shown.append(self.tab.evaluate(NAMES_OF_BARS))
            self.tab.keyboard.press("Escape")
        for target in self.clearing(self.tab):
            self._click(target)

    def _click(self, target: Locator) -> float:
        target.wait_for()
        # A reader looks before clicking: what the last click left to do is done by then.
        self.tab.wait_for_timeout(PAUSE_MS)
        self.tab.evaluate(WATCH)
        target.click()
        return float(self.tab.evaluate("window.redrawn"))


def measure(*, fast: bool) -> list[Figure]:
    """Per peer: p50, p95 and memory; ours against each of the others."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hours.generate(folder / "hours.duckdb", hours.SIZES[FAST_ROWS if fast else ROWS])
        servers = _servers(stack, folder)
        chromium = stack.enter_context(browser())
        peers = {
            name: Peer(_opened(chromium, server), server, *WAYS[name.split(",")[0]])
            for name, server in servers.items()
        }
        for peer in peers.values():
            peer.turn(timed=False)
        if any(peer.shown != peers["ours"].shown for peer in peers.values()):
            seen = {name: peer.shown for name, peer in peers.items()}
            raise SystemExit(f"The peers do not show the same ten accounts: {seen}")
        for _ in range(FAST_TURNS if fast else TURNS):
            for peer in peers.values():
                peer.turn(timed=True)
        return _figures(peers)


def _servers(stack: ExitStack, folder: Path) -> dict[str, Server]:
    """The pages over the same hours, each served the way its kind is."""
    file = folder / "hours.duckdb"
    environment = over(file)
    with patch.dict(os.environ, environment):
        as_of = latest_data_date()
    if as_of is None:
        raise SystemExit("The generator wrote no hours.")
    reads = QUESTIONS["usage_by_hyperscaler"].reads(context=Context(as_of, EVERYTHING), days=DAYS)
    days = (first_day(as_of, DAYS).isoformat(), last_complete_day(as_of).isoformat())
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute(HOURLY.format(file=folder / "hours.parquet"))
    ours = tuned(
        PEERS / "ours.py", folder, imports="import components.core.tiles, queries.core.ask"
    )
    on_dash = (str(PEERS / "on_dash.py"), "{port}", str(file), reads["usage"].table, *days)
    on_pandas = streamlit(PEERS / "on_pandas.py", "--server.headless", "true")
    commands = {
        "ours": (streamlit(ours), {"environment": environment}),
        "Dash": ((*on_dash, "go"), {"answers": "/"}),
        "Dash, remembering": ((*on_dash, "go", "remember"), {"answers": "/"}),
        "Dash, with Plotly Express": ((*on_dash, "express"), {"answers": "/"}),
        # In a folder without configuration, as `streamlit run` serves whoever sets nothing.
        "Streamlit with pandas": (
            (*on_pandas, "--", str(folder / "hours.parquet"), *days),
            {"folder": folder},
        ),
    }
    return {
        name: stack.enter_context(served(*command, **options))
        for name, (command, options) in commands.items()
    }


def _figures(peers: dict[str, Peer]) -> list[Figure]:
    figures = []
    for name, peer in peers.items():
        p50, p95 = percentiles(peer.milliseconds)
        figures += [
            milliseconds(f"two-chart click, {name}, p50", p50),
            milliseconds(f"two-chart click, {name}, p95", p95),
            Figure(
                figure=f"two-chart click, {name}, memory afterwards",
                value=round(peer.server.memory_mib),
                unit="MiB",
            ),
        ]
    medians = {name: statistics.median(peer.milliseconds) for name, peer in peers.items()}
    limits = {"Dash": MOST_OF_DASH, "Streamlit with pandas": MOST_OF_PANDAS}
    return figures + [
        ratio(f"two-chart click, ours to {name}, p50", medians["ours"], other, limits.get(name))
        for name, other in medians.items()
        if name != "ours"
    ]


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, named by BELLWETHER_CHROMIUM or found on the PATH."""
    with sync_playwright() as playwright:
        path = os.environ.get("BELLWETHER_CHROMIUM") or shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield chromium
        chromium.close()


def _opened(chromium: Browser, server: Server) -> Page:
    tab = chromium.new_page(viewport={"width": 1440, "height": 1400})
    tab.set_default_timeout(SECONDS_TO_ANSWER * 1000)
    tab.goto(f"http://{server.host}/")
    tab.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg .xy').length >= 2")
    return tab


def _option(tab: Page, name: str) -> Locator:
    tab.get_by_label("Hyperscaler", exact=True).click()
    return tab.get_by_role("option", name=name, exact=True)


WAYS: dict[str, tuple[Callable[[Page, str], Locator], Callable[[Page], list[Locator]]]] = {
    "ours": (_option, lambda tab: [tab.get_by_role("button", name="Reset")]),
    "Dash": (
        lambda tab, name: tab.get_by_label(name, exact=True),
        lambda tab: [tab.get_by_label(name, exact=True) for name in ADDED],
    ),
    "Streamlit with pandas": (
        lambda tab, name: tab.get_by_role("button", name=name, exact=True),
        lambda tab: [tab.get_by_role("button", name=name, exact=True) for name in ADDED],
    ),
}
