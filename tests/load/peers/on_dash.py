"""The peers' question in Dash: `on_dash.py PORT FILE ROLLUP FIRST LAST [remember]`.

It reads the rollup that our page reads, in DuckDB, and draws with `go` from numpy: what a careful
developer of Dash would write. With `remember` it keeps the figures of every choice, as ours does.
"""

import functools
import sys
from typing import Any

import dash
import duckdb
import plotly.graph_objects as go
import waitress
from dash import dcc, html

PORT, FILE, ROLLUP, FIRST, LAST, *REMEMBER = sys.argv[1:]
NAMES = {"azure": "Azure", "aws": "AWS", "gcp": "Google Cloud"}
WHERE = f"""
FROM {ROLLUP} LEFT JOIN accounts USING (account_id)
WHERE dimension = 'capacity' AND known_until_date IS NULL AND usage_date BETWEEN $first AND $last
  AND (len($chosen) = 0 OR list_contains($chosen, hyperscaler))
"""
DAILY = f"""
SELECT hyperscaler, usage_date, sum(quantity) / 24 AS tib {WHERE}
GROUP BY ALL ORDER BY hyperscaler, usage_date
"""
TOP = f"""
SELECT any_value(coalesce(name, account_id)) AS name, sum(quantity) AS quantity {WHERE}
GROUP BY account_id ORDER BY quantity DESC, name LIMIT 10
"""
connection = duckdb.connect(FILE, read_only=True)
app = dash.Dash()
app.layout = html.Div(
    [
        dcc.Checklist(NAMES, [], id="hyperscaler", inline=True),
        dcc.Graph(id="daily"),
        dcc.Graph(id="accounts"),
    ]
)


def figures(chosen: tuple[str, ...]) -> tuple[go.Figure, go.Figure]:
    """Both figures for the chosen hyperscalers, all where none is."""
    values = {"first": FIRST, "last": LAST, "chosen": list(chosen)}
    cursor = connection.cursor()
    daily = cursor.sql(DAILY, params=values).pl()
    top = cursor.sql(TOP, params=values).pl()
    lines = [
        go.Scatter(x=rows["usage_date"].to_numpy(), y=rows["tib"].to_numpy(), name=str(name))
        for (name,), rows in daily.group_by("hyperscaler", maintain_order=True)
    ]
    bars = go.Bar(x=top["quantity"].to_numpy(), y=top["name"].to_list(), orientation="h")
    return (
        go.Figure(lines, {"title": "Capacity in use", "height": 360}),
        go.Figure(bars, {"title": "Top ten accounts", "yaxis": {"autorange": "reversed"}}),
    )


answered = functools.cache(figures) if REMEMBER else figures


@app.callback(
    dash.Output("daily", "figure"),
    dash.Output("accounts", "figure"),
    dash.Input("hyperscaler", "value"),
)
def _redraw(chosen: list[str]) -> Any:
    return answered(tuple(sorted(chosen)))


waitress.serve(app.server, listen=f"127.0.0.1:{PORT}", threads=4)
