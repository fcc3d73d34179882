"""The companies of every subject with an attack in every text: markup, LaTeX, formulas, …"""

from itertools import cycle
from typing import Any
from zlib import crc32

import dataframely as dy

from tests.core.together import NAMES, ids_of, named, together
from tests.rows import Rows
from warehouse.contract.tables import TABLES
from warehouse.contract.words import REGIONS, SEGMENTS

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
ATTACKS = (*PAYLOADS, *MORE)
# What rules look into: an attack there would leave nothing to show.
READ_BY_RULES = frozenset({"metric", "billing_currency", "time_zone"})
# What a page's address names an account by.
ADDRESSED = frozenset({"account_id", "parent_account_id"})
# What rows of several tables, or several rows, have alike.
SHARED = (NAMES | {"unit", "consumed_unit"}) - READ_BY_RULES


def poisoned(rows: Rows, first: int = 0) -> Rows:
    """The rows with an attack in every text of the contract that no rule looks into.

    Ids, and names that rows share, are attacked alike wherever they stand. With another `first`
    each begins with another attack.
    """
    payloads = cycle(ATTACKS)

    def attacked(table: str, column: str, value: Any) -> Any:
        contract = TABLES[table]
        is_text = isinstance(value, str) and isinstance(contract.columns[column], dy.String)
        if not is_text or contract.choices(column) or column in READ_BY_RULES | ADDRESSED:
            return value
        if column in SHARED or column in ids_of(table):
            return f"{ATTACKS[(crc32(value.encode()) + first) % len(ATTACKS)]}{value}"
        return next(payloads)

    return {
        table: [
            {column: attacked(table, column, value) for column, value in row.items()}
            for row in given
        ]
        for table, given in rows.items()
    }


COMPANY = poisoned(together())
OWNERS = sorted({row["owner_id"] for row in COMPANY["accounts"] if row.get("owner_id")})
# An account of which every table tells something.
ACCOUNT = named("ACCOUNT", "a1")
# Accounts that triage lists.
LISTED = [row["account_id"] for row in COMPANY["accounts"] if row["account_id"].startswith("FLEET")]
# Values of filters that select no account.
SELECT_NOBODY = next(
    {"region": region, "segment": segment}
    for region in REGIONS
    for segment in SEGMENTS
    if not any(
        (row.get("region"), row.get("segment")) == (region, segment) for row in COMPANY["accounts"]
    )
)
