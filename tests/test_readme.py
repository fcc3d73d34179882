"""The README shows the table of settings word for word."""

from pathlib import Path

import settings

ROOT = Path(__file__).resolve().parents[1]


def readme_table():
    """The README's rows under Name | Default | What it sets, by name."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in lines if "|" in line
    ]
    start = cells.index(["Name", "Default", "What it sets"]) + 2
    rows = {}
    for row in cells[start:]:
        if len(row) != 3 or not row[0].startswith("`"):
            break
        rows[row[0].strip("`")] = (row[1].strip("`"), row[2])
    return rows


def test_the_readme_shows_every_setting_and_no_other():
    assert readme_table() == {
        setting.name: (setting.default, setting.description)
        for setting in settings.SETTINGS.values()
    }
