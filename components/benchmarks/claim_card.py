"""What stands on the card of a benchmark claim, wherever it is shown or exported."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from queries.benchmarks.metric_facts import metric_in
from queries.benchmarks.template import Group
from queries.core.answer import Answer
from queries.core.metrics import METRICS
from queries.shared import words
from warehouse.flat import flat

Row = dict[str, Any]
LONGEST, LONGEST_SENTENCE, BLOCKED = 600, 5_000, 100
MOST_NAMED = 4
# Where a claim would name MLPerf.
NAMED = (
    *("campaign", "workload", "metric_name"),
    *("system_id", "system_name", "baseline_system_id", "baseline_name"),
)
# MLCommons asks for both beside every use of an MLPerf result.
NOT_VERIFIED = "Result not verified by MLCommons Association. "
TRADEMARK = (
    "The MLPerf™ name and logo are trademarks of MLCommons Association in the United States and "
    "other countries. All rights reserved. Unauthorized use strictly prohibited. See "
    "www.mlcommons.org for more information."
)
CHECKED = {"unverified": "unverified", "peer_reviewed": "peer reviewed", "verified": "verified"}


@dataclass(frozen=True, kw_only=True)
class ClaimCard:
    """The answers about one claim, all asked in one context.

    `claim` holds its row; the other answers are those of its pair of systems. `settings` is the
    parity sheet, `budget` the bias budget.
    """

    claim_id: str
    claim: Answer
    settings: Answer
    budget: Answer
    views: Answer
    checks: Answer
    runs: Answer

    @property
    def row(self) -> Row:
        """The claim's row; `LookupError` where the answer has none."""
        rows = self.claim.rows(claim_id=self.claim_id)
        if not rows:
            raise LookupError(f"The answer says nothing of claim {self.claim_id!r}.")
        return rows[0]

    @property
    def answers(self) -> dict[str, Answer]:
        """Every answer on the card by its name there."""
        names = ("claim", "settings", "budget", "views", "checks", "runs")
        return {name: getattr(self, name) for name in names}

    @property
    def provenance(self) -> str:
        """`loaded`, or that some or every row is SIMULATED; the weakest of the answers."""
        found = {answer.provenance for answer in self.answers.values()}
        return found.pop() if len(found) == 1 else "partly SIMULATED"

    @property
    def file_name(self) -> str:
        """The name of its files without the ending: claim id and data date."""
        named = re.sub(r"[^A-Za-z0-9._-]", "-", self.claim_id)[:60]
        return f"bellwether-claim-{named}-{self.claim.context.as_of.isoformat()}"


def clean(text: object, most: int = LONGEST) -> str:
    """Text from data on one flat line of at most `most` characters; what XML forbids is a blank."""
    shown = "".join(one if one.isprintable() else " " for one in flat(str(text)))
    line = " ".join(shown.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def verdict(row: Row) -> str:
    """Whether the claim may be published, in one word."""
    return "SUPPORTED" if row["is_supported"] else "REFUSED"


def state(row: Row) -> str:
    """The same with its shape."""
    return f"{'●' if row['is_supported'] else '▲'} {verdict(row)}"


def stated(row: Row) -> str:
    """The claim's whole sentence on one line."""
    return clean(row["sentence"], LONGEST_SENTENCE)


def compared(row: Row) -> str:
    """Which two systems are compared on what: the card's first line."""
    names = [
        words.system(row[f"{side}system_id"], row[name])
        for side, name in (("", "system_name"), ("baseline_", "baseline_name"))
    ]
    measured = metric_in(row["metric"], row["unit"])
    on = f"{row['workload']}: {measured}, {row['direction']} is better"
    return clean(f"{names[0]} against {names[1]}, {on}", LONGEST_SENTENCE)


def ratio(row: Row) -> str:
    """The ratio as 1.23×; '–' for a claim without an interval, whatever the ratio is."""
    return words.ABSENT if row["ratio_low"] is None else f"{row['ratio']:.2f}×"


def claimed(row: Row) -> str:
    """The ratio and who checked it, as `1.23× unverified`."""
    return f"{ratio(row)} {CHECKED.get(row['verification'], 'verification unknown')}"


def interval(row: Row) -> str:
    """The interval and n."""
    known = row["ratio_low"] is not None
    span = f"95 % {words.interval(row['ratio_low'], row['ratio_high'])}" if known else "no interval"
    return f"{span}, n = {row['sessions']} + {row['baseline_sessions']}"


def weakest(row: Row) -> str:
    """The weakest view and credit with its interval and what becomes of it; empty without one."""
    if row["weakest_low"] is None:
        return ""
    where = words.view(row["weakest_view"], row["weakest_credit_factor"])
    span = words.interval(row["weakest_low"], row["weakest_high"])
    outcome = words.name(row["weakest_outcome"]) if row["weakest_outcome"] else "not decided"
    return f"Weakest {row['weakest_ratio']:.2f}× {span} {where}: {outcome}"


def verdict_lines(card: ClaimCard) -> Iterator[tuple[str, str]]:
    """What decides about the claim, a line each, and the other cases of the pair."""
    row = card.row
    yield "Statistics", row["verdict"]
    differ, unknown = _settings(card, "DISCLOSED"), _settings(card, "UNKNOWN")
    yield "Parity", f"{row['parity']}, {len(differ)} differ, {len(unknown)} unknown"
    yield "Robustness", _robustness(row)
    yield "Room left", _room(row)
    cases = f"{row['other_cases']}, {row['unfavourable_cases']} unfavourable"
    unknown_cases = row["undirected_cases"]
    yield "Other cases", f"{cases}, {unknown_cases} unknown" if unknown_cases else cases


def _robustness(row: Row) -> str:
    if row["robustness"] is None or row["credited_low"] is None:
        return "not known"
    interval = words.interval(row["credited_low"], row["credited_high"])
    return f"{row['robustness']}, credited {interval}"


def _room(row: Row) -> str:
    """How large a hidden difference the claim bears, after what is disclosed."""
    if row["room_left"] is None:
        return "not known"
    return f"{words.bound(row['room_left'])} after ×{row['disclosed_credit']:.2f} disclosed"


def differs(card: ClaimCard) -> list[str]:
    """What differs, each with both values and its worst case; what counts against it first."""
    rows = sorted(_settings(card, "DISCLOSED"), key=_weight)
    return [f"{_difference(row)} ({_worst(row)})" for row in rows]


def unknown(card: ClaimCard) -> list[str]:
    """The settings that nobody knows, by name; those without a bound first."""
    rows = sorted(_settings(card, "UNKNOWN"), key=_weight)
    return [_named(row) for row in rows]


def _weight(row: Row) -> tuple[bool, float]:
    """What has no bound or counts against the claim first, then by its worst case."""
    is_telling = row["is_unbounded"] or row["is_in_budget"]
    return not is_telling, -(row["worst_case_factor"] or 0.0)


def _worst(row: Row) -> str:
    factor = row["worst_case_factor"]
    return "no bound" if factor is None else f"×{factor:.2f}"


def _settings(card: ClaimCard, parity: str) -> list[Row]:
    """The settings of a state that count: neither what is compared nor money."""
    rows = card.settings.rows(parity=parity)
    return [row for row in rows if not row["is_under_test"] and row["setting_group"] != Group.MONEY]


def _difference(row: Row) -> str:
    """A setting with both values, a unit that they share once."""
    ours, theirs, units = row["value"], row["baseline_value"], (row["unit"], row["baseline_unit"])
    values = [f"{ours}", f"{theirs} {units[1]}" if units[1] else f"{theirs}"]
    if units[0] and units[0] != units[1]:
        values[0] = f"{ours} {units[0]}"
    return f"{_named(row)} {clean(values[0])} against {clean(values[1])}"


def _named(row: Row) -> str:
    return clean(str(row["setting"]).replace("_", " "))


def some(named: list[str], most: int = MOST_NAMED) -> str:
    """The first of some names, and how many more there are."""
    more = len(named) - most
    return "; ".join([*named[:most], f"and {more} more"] if more > 0 else named)


def blocked(row: Row) -> str:
    """What blocks the claim and the run that would settle it; empty for a supported one.

    The reasons are named in short; what makes them so is left to the other files.
    """
    if row["is_supported"]:
        return ""
    reasons = "; ".join(row["blocked_by"]) or "no reason is known"
    said = f"Blocked: {_ended(clean(reasons, BLOCKED))}"
    settles = row["settling_run"]
    return f"{said} Next run needed: {_ended(clean(settles, BLOCKED))}" if settles else said


def _ended(text: str) -> str:
    return text if text.endswith(("…", ".")) else f"{text}."


def context(card: ClaimCard) -> Iterator[tuple[str, str]]:
    """What identifies the card: claim, data date, filters, hashes, rows, provenance, footnote."""
    row, asked = card.row, card.claim.context
    yield "Claim", f"{clean(card.claim_id, 60)}, version {row['version']}"
    yield "As of", asked.as_of.isoformat()
    filters = [f"{name} = {', '.join(values)}" for name, values in asked.filters.items()]
    yield "Filters", "; ".join(filters) or "none"
    yield "Inputs SHA-256", row["inputs_sha256"]
    yield "Definitions SHA-256", definitions_sha256(card)
    pair = ("campaign", "workload", "metric")
    where = "; ".join(f"{name} = {clean(row[name], 60)}" for name in pair)
    yield "Rows", f"benchmark_runs where {where}"
    yield "Provenance", card.provenance
    if any("mlperf" in str(row[name]).lower() for name in NAMED):
        unverified = NOT_VERIFIED if row["verification"] == "unverified" else ""
        yield "Footnote", f"{unverified}{TRADEMARK}"


def definitions(card: ClaimCard) -> dict[str, str]:
    """The formula of every number on the card, by metric."""
    used = [metric for answer in card.answers.values() for metric in answer.question.defines()]
    return {metric: METRICS[metric].formula for metric in dict.fromkeys(used)}


def definitions_sha256(card: ClaimCard) -> str:
    """Which definitions the card was made by: equal where every formula is."""
    return sha256(definitions(card))


def sha256(content: object) -> str:
    """SHA-256 of the canonical JSON: keys sorted, no spaces, UTF-8."""
    plain = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(plain.encode()).hexdigest()
