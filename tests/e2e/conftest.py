"""A real server over the demo company, and a real browser that reports whatever goes wrong."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Locator,
    Page,
    expect,
    sync_playwright,
)

import settings

LOOPBACK = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_REST = 5
# However busy the machine is with other tests.
MOST_MILLISECONDS = 60_000
WIDE, PHONE = (1440, 900), (390, 844)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WINDOW: dict[str, Any] = {
    "viewport": {"width": WIDE[0], "height": WIDE[1]},
    "color_scheme": "light",
    "reduced_motion": "reduce",
}
Serve = Callable[..., AbstractContextManager[str]]
Visit = Callable[..., Page]


class Chromium(NamedTuple):
    """The browser to start, and where it lies."""

    kind: BrowserType
    path: str


@pytest.fixture(scope="session")
def serve(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Start a fresh server process over the demo; gives its address, stops it at the end.

    Settings by name change what it serves: `serve(BELLWETHER_WAREHOUSE=url)`; `app` names another
    application than the product's, as `module:name`.
    """
    # A port that is free again is taken first: the browser has compiled what was served there.
    free: list[int] = []

    @contextmanager
    def start(app: str | None = None, **changed: str) -> Iterator[str]:
        folder = tmp_path_factory.mktemp("server")
        log = folder / "log.txt"
        python = sys.executable
        port = free.pop() if free else _free_port()
        address = f"http://{LOOPBACK}:{port}"
        command = [
            *(python, "-m", "streamlit", "run", "asgi.py"),
            *("--server.address", LOOPBACK, "--server.port", str(port)),
        ]
        if app is not None:
            command = [python, "-m", "uvicorn", app, "--host", LOOPBACK, "--port", str(port)]
        with log.open("w") as written:
            server = subprocess.Popen(
                command,
                cwd=settings.ROOT,
                env=os.environ
                | {
                    "BELLWETHER_WAREHOUSE": f"duckdb:///{demo_file}",
                    "BELLWETHER_LAST_GOOD": str(folder / "last-good"),
                    "BELLWETHER_LEDGER": f"sqlite:///{folder / 'ledger.sqlite'}",
                }
                | changed,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait_for(address, server, log)
                yield address
                assert server.poll() is None, f"The server ended early, code {server.returncode}."
            finally:
                server.terminate()
                server.wait(20)
                free.append(port)
        if not changed:
            assert "Traceback" not in log.read_text(), log.read_text()

    return start


@pytest.fixture(scope="session")
def server(serve: Serve) -> Iterator[str]:
    """The address of the one server that most tests share."""
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Chromium: BELLWETHER_CHROMIUM, or one found on the PATH, or Playwright's own."""
    expect.set_options(timeout=MOST_MILLISECONDS)
    with sync_playwright() as playwright:
        named = os.environ.get("BELLWETHER_CHROMIUM")
        path = named or shutil.which("chromium") or shutil.which("google-chrome")
        path = path or playwright.chromium.executable_path
        if not Path(path).exists():
            pytest.skip("no Chromium here; `make test` installs one")
        yield Chromium(playwright.chromium, path)


@pytest.fixture(scope="session")
def browser(chromium: Chromium) -> Iterator[Browser]:
    """A browser for profiles that have seen nothing before."""
    opened = chromium.kind.launch(executable_path=chromium.path, args=FLAGS)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def profile(
    chromium: Chromium, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """The profile of most visits, on disk: the app's scripts are loaded and compiled once."""
    context = chromium.kind.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=chromium.path, args=FLAGS, **WINDOW
    )
    yield context
    context.close()


@pytest.fixture
def visit(profile: BrowserContext, server: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open an address of the app in a new tab, which is a new session: `visit("/usage")`.

    Gives the page once it stands still; `stranger` opens it in a profile of its own. The test
    fails where the browser logged an error, a script raised, or another machine was asked.
    """
    tabs: list[Page] = []
    errors: list[str] = []

    def open_in_new_tab(
        address: str = "/",
        *,
        size: tuple[int, int] = WIDE,
        at: str | None = None,
        stranger: bool = False,
    ) -> Page:
        page = (_new_profile(request) if stranger else profile).new_page()
        tabs.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.set_default_timeout(MOST_MILLISECONDS)
        page.on("console", lambda message: errors.extend(_console_error(message)))
        page.on("pageerror", lambda error: errors.append(f"script error: {error}"))
        page.on("request", lambda request: errors.extend(_foreign(request.url)))
        page.goto(f"{at or server}{address}")
        settle(page)
        return page

    yield open_in_new_tab
    for page in tabs:
        page.close()
    assert errors == []


def _new_profile(request: pytest.FixtureRequest) -> BrowserContext:
    browser: Browser = request.getfixturevalue("browser")
    return browser.new_context(**WINDOW)


def settle(page: Page) -> None:
    """Wait until the page has its title, its script has ended and every figure is drawn."""
    page.locator("h1").wait_for()
    page.wait_for_function(
        """() => document.querySelector('[data-test-script-state=notRunning]')
            && !document.querySelector('[data-testid=stSkeleton]')
            && [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
                .every(chart => chart.querySelector('.main-svg .xy, .main-svg .infolayer'))"""
    )


def shut(page: Page, body: Locator) -> None:
    """Close what is open by Escape; once more where a rerun that just ended took the key."""
    for _ in range(10):
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
        if body.count() == 0:
            return
    expect(body).to_have_count(0)


def once_at_rest(page: Page, errors: str, argument: object = None) -> Any:
    """What the script `errors` still finds on `page` when its layout has come to rest.

    A side bar that closes, a figure that is fitted to a new window: for a moment they reach over
    an edge. What is still found after `SECONDS_TO_REST` is an error.
    """
    deadline = time.monotonic() + SECONDS_TO_REST
    while (left := page.evaluate(errors, argument)) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return left


def _console_error(message: Any) -> list[str]:
    if message.type != "error":
        return []
    return [f"console: {message.text} ({message.location.get('url')})"]


def _foreign(url: str) -> list[str]:
    ours = url.startswith((f"http://{LOOPBACK}:", "data:", "blob:"))
    return [] if ours else [f"asked another machine: {url}"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as reply:  # noqa: S310 (our own)
                if reply.read() == b"ok":
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not answer.\n{log.read_text()}")
