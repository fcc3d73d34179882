"""The peers' question in Dash: `on_dash.py PORT FILE ROLLUP FIRST LAST express|go [remember]`.

It reads the rollup that our page reads, in DuckDB. With `express` it draws as Dash's own pages
teach it, with `go` from numpy, as a careful developer would. With `remember` it keeps the figures
of every choice, as ours does.
"""

import functools
import sys
from typing import Any

import dash
import duckdb
import plotly.express as px
import plotly.graph_objects as go
import polars as pl
import waitress
from dash import dcc, html

PORT, FILE, ROLLUP, FIRST, LAST, DRAW, *REMEMBER = sys.argv[1:]
DAILY_TITLE, TOP_TITLE, DAILY_PX = "Capacity in use", "Top ten accounts", 360
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
    return DRAWN[DRAW](daily, top)


def with_express(daily: pl.DataFrame, top: pl.DataFrame) -> tuple[go.Figure, go.Figure]:
    """Both by Plotly Express."""
    lines = px.line(daily, x="usage_date", y="tib", color="hyperscaler", title=DAILY_TITLE)
    bars = px.bar(top, x="quantity", y="name", orientation="h", title=TOP_TITLE)
    return lines.update_layout(height=DAILY_PX), bars.update_yaxes(autorange="reversed")


def with_go(daily: pl.DataFrame, top: pl.DataFrame) -> tuple[go.Figure, go.Figure]:
    """Both by graph objects, from numpy."""
    lines = [
        go.Scatter(x=rows["usage_date"].to_numpy(), y=rows["tib"].to_numpy(), name=str(name))
        for (name,), rows in daily.group_by("hyperscaler", maintain_order=True)
    ]
    bars = go.Bar(x=top["quantity"].to_numpy(), y=top["name"].to_list(), orientation="h")
    return (
        go.Figure(lines, {"title": DAILY_TITLE, "height": DAILY_PX}),
        go.Figure(bars, {"title": TOP_TITLE, "yaxis": {"autorange": "reversed"}}),
    )


DRAWN = {"express": with_express, "go": with_go}
answered = functools.cache(figures) if REMEMBER else figures


@app.callback(
    dash.Output("daily", "figure"),
    dash.Output("accounts", "figure"),
    dash.Input("hyperscaler", "value"),
)
def _redraw(chosen: list[str]) -> Any:
    return answered(tuple(sorted(chosen)))


waitress.serve(app.server, listen=f"127.0.0.1:{PORT}", threads=4)
