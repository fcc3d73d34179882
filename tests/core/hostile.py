"""A company whose every name is an attack: markup, Markdown, LaTeX, directives and formulas."""

import datetime as dt
from itertools import cycle

import dataframely as dy

from tests.benchmarks.test_comparisons import claim, runs
from tests.renewals.renewing import CALLED, deal
from tests.shared.company import contract
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS
from warehouse.contract.tables import TABLES

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "$x$",
    ":red[x]",
    ":material/home:",
    ":smile:",
    "# x\n- x\n| x |",
    "ab\u202ecd\u2066ef\u200bgh\ufeff",
    "\x1b[2J\x1b]0;x\x07\x9b1m",
    '=HYPERLINK("http://evil.example","x")',
)
# What else stands in free text: formulas, tags and fields that Plotly knows, what XML cannot hold.
MORE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\u200b=1+1",
    "<a href='http://evil.example'>x</a><br>x",
    "%{x} \ufffe",
)
# Columns without an id that rows of other tables name: their own attacks are written below.
NAMING = ("campaign", "workload", "metric", "unit", "time_zone")
UTC = dt.UTC


def poisoned(rows):
    """The rows with a payload in every free text that they hold."""
    payloads = cycle((*PAYLOADS, *MORE))
    return {
        table: [
            {
                column: next(payloads) if _is_free_text(table, column) and value else value
                for column, value in row.items()
            }
            for row in given
        ]
        for table, given in rows.items()
    }


def _is_free_text(table, column):
    contract = TABLES[table]
    is_text = isinstance(contract.columns[column], dy.String)
    is_reference = column in contract.key or column.endswith(("_id", "_unit", "currency"))
    return is_text and not is_reference and not contract.choices(column) and column not in NAMING


def _instant(day, hour):
    return dt.datetime(2026, 3, day, hour, tzinfo=UTC)


OWNED = [
    {**account, "owner_id": payload, "region": "emea", "segment": "startup"}
    for account, payload in zip(FLEET["accounts"], cycle(PAYLOADS), strict=False)
]
ON_CALL = {
    "people": [
        {"person_id": payload, "name": "name", "time_zone": "UTC", "site": "site"}
        for payload in PAYLOADS
    ],
    "shifts": [
        {
            "schedule_id": "sre",
            "level": 1,
            "start_at": _instant(20 + place, 0),
            "end_at": _instant(20 + place, 12),
            "person_id": payload,
        }
        for place, payload in enumerate(PAYLOADS)
    ],
    "incidents": [
        {
            "incident_id": f"i{place}",
            "service_id": "s1",
            "account_id": "A",
            "hyperscaler": "aws",
            "created_at": _instant(20 + place, 3),
        }
        for place in range(len(PAYLOADS))
    ],
    "notifications": [
        {
            "notification_id": f"n{place}",
            "incident_id": f"i{place}",
            "person_id": payload,
            "channel": "push",
            "sent_at": _instant(20 + place, 3),
        }
        for place, payload in enumerate(PAYLOADS)
    ],
}
BENCHMARKS = {
    "benchmark_systems": [
        {"system_id": system, "name": "name", "vendor": "vendor", "storage": "storage"}
        for system in "ab"
    ],
    "benchmark_settings": [
        {"system_id": system, "setting": payload, "value": "value", "source": "source"}
        for payload in PAYLOADS
        for system in "ab"
    ],
    "benchmark_runs": [
        row | {"workload": PAYLOADS[0], "unit": MORE[4]}
        for payload in PAYLOADS
        for row in [
            *runs(payload, "a", [(120,), (121,), (122,)]),
            *runs(payload, "b", [(100,), (101,), (102,)]),
        ]
    ],
    "benchmark_claims": [claim(payload, workload=PAYLOADS[0]) for payload in PAYLOADS],
}
RENEWING = {
    "contracts": [
        *FLEET["contracts"],
        *(contract(f"due {one}", one, "2025-05-31", "2026-05-31") for one in "ABCD"),
    ],
    "opportunities": [deal("d", "A", "2026-05-31", 90.0, **CALLED)],
}
COMPANY = poisoned({**FLEET, **BILLS, "accounts": OWNED, **ON_CALL, **BENCHMARKS, **RENEWING})
