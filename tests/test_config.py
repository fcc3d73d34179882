"""The configuration baseline, and the colours: as the look states them, and readable."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from components.core import palette

CONFIG = tomllib.loads(
    (Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)
MARK_CONTRAST, TEXT_CONTRAST = 3.0, 4.5
BASELINE = {
    ("client", "showErrorDetails"): "none",
    ("client", "showErrorLinks"): False,
    ("client", "toolbarMode"): "minimal",
    ("client", "disableDataExport"): True,
    ("client", "allowedOrigins"): [],
    ("browser", "gatherUsageStats"): False,
    ("server", "address"): "127.0.0.1",
    ("server", "headless"): True,
    ("server", "maxUploadSize"): 5,
    ("server", "enableXsrfProtection"): True,
    ("server", "enableCORS"): True,
    ("server", "allowedHosts"): ["localhost", "127.0.0.1", "[::1]"],
    ("server", "enableStaticServing"): False,
    ("server", "enableAgentApi"): False,
    ("server", "fileWatcherType"): "none",
    ("runner", "postScriptGC"): False,
}
# The look's table: meaning, light, dark.
LOOK = (
    (palette.AZURE, "#123BA3", "#4281DA"),
    (palette.AWS, "#D47519", "#E16C12"),
    (palette.GCP, "#1D9356", "#5AEAAB"),
    (palette.ON_PREM, "#77194E", "#FCB9EC"),
    (palette.OTHER, "#84888D", "#7A818E"),
    (palette.AT_RISK, "#B3261E", "#FF8A80"),
    (palette.WATCH, "#7A5F00", "#F5CF5B"),
    (palette.HEALTHY, "#1E6B4A", "#6FD3A3"),
    (palette.UNKNOWN, "#5F6673", "#A3ABB8"),
    (palette.ACCENT, "#1F4E79", "#8EC5FF"),
)
LIGHT = {"text": "#111827", "muted": "#4B5563", "ground": "#FFFFFF", "panel": "#F6F8FA"}
DARK = {"text": "#E5E7EB", "muted": "#AEB6C2", "ground": "#0F172A", "panel": "#172033"}
THEMES = {"light": (1, LIGHT), "dark": (2, DARK)}
every_theme = pytest.mark.parametrize("theme", THEMES)


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, WCAG 2.2."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21, WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("place", BASELINE, ids=".".join)
def test_the_baseline_is_set(place: tuple[str, str]):
    section, name = place
    assert CONFIG[section][name] == BASELINE[place]


def test_message_size_and_cache_are_bounded():
    assert CONFIG["server"]["maxMessageSize"] <= 50
    assert CONFIG["server"]["maxCacheDataSize"] == "256mb"


@every_theme
def test_the_ten_slots_are_the_look_in_the_order_of_the_palette(theme: str):
    column, _ = THEMES[theme]
    assert CONFIG["theme"][theme]["chartCategoricalColors"] == [row[column] for row in LOOK]
    assert [row[0] for row in LOOK] == [f"#{rank:06d}" for rank in range(1, 11)]


@every_theme
def test_grounds_text_and_accent_are_the_look(theme: str):
    column, look = THEMES[theme]
    colours = CONFIG["theme"][theme]
    assert colours["backgroundColor"] == look["ground"]
    assert colours["secondaryBackgroundColor"] == look["panel"]
    assert colours["textColor"] == look["text"]
    assert colours["grayTextColor"] == look["muted"]
    assert colours["linkColor"] == LOOK[-1][column]


@every_theme
def test_every_mark_stands_out_from_its_ground(theme: str):
    column, look = THEMES[theme]
    marks = [row[column] for row in LOOK] + [CONFIG["theme"][theme]["primaryColor"]]
    assert [m for m in marks if contrast(m, look["ground"]) < MARK_CONTRAST] == []


@every_theme
def test_every_text_is_readable_on_ground_and_panel(theme: str):
    _, look = THEMES[theme]
    colours = CONFIG["theme"][theme]
    texts = {name: value for name, value in colours.items() if name.lower().endswith("textcolor")}
    assert texts.keys() >= {"textColor", "grayTextColor", "redTextColor", "greenTextColor"}
    weak = [
        (name, ground)
        for name, value in texts.items()
        for ground in (look["ground"], look["panel"])
        if contrast(value, ground) < TEXT_CONTRAST
    ]
    assert weak == []


def test_every_hyperscaler_has_a_slot_of_its_own():
    slots = palette.HYPERSCALER.values()
    assert set(slots) <= {row[0] for row in LOOK}
    assert all(one != other for one, other in combinations(slots, 2))
