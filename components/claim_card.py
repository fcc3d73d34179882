"""What stands on the card of a benchmark claim, wherever it is shown or exported."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from queries import words
from queries.answer import Answer
from queries.definitions import METRICS

Row = dict[str, Any]
LONGEST, LONGEST_SENTENCE, BLOCKED = 600, 5_000, 170
ASIDE = re.compile(r" \((?:[^()]|\([^()]*\))*\)")
WITHOUT_INTERVAL = re.compile(r" is [0-9.,]{1,20}× \[no interval\] ")
LISTED = re.compile(r"; (?:differences|unknown|left out as registered): [^;]*")
MOST_NAMED = 4
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
    """Text from data on one line of at most `most` characters, with nothing a file cannot hold."""
    shown = "".join(one if one.isprintable() else " " for one in str(text))
    line = " ".join(shown.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def state(row: Row) -> str:
    """Whether the claim may be published, in one word with its shape."""
    return "● SUPPORTED" if row["is_supported"] else "▲ REFUSED"


def stated(row: Row) -> str:
    """The claim's sentence; without its ratio where that has no interval."""
    return WITHOUT_INTERVAL.sub(" against ", clean(row["sentence"], LONGEST_SENTENCE))


def sentence(row: Row) -> str:
    """The same without the settings it lists; those stand by themselves."""
    return LISTED.sub("", stated(row))


def ratio(row: Row) -> str:
    """The ratio as 1.23×; '–' for a claim without an interval, whatever the ratio is."""
    return words.ABSENT if row["ratio_low"] is None else f"{row['ratio']:.2f}×"


def interval(row: Row) -> str:
    """The interval and n."""
    known = row["ratio_low"] is not None
    span = f"95 % [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]" if known else "no interval"
    return f"{span}, n = {row['sessions']} + {row['baseline_sessions']}"


def standing(card: ClaimCard) -> Iterator[tuple[str, str]]:
    """What decides about the claim, a line each: statistics, parity, robustness and so on."""
    row = card.row
    yield "Statistics", row["verdict"]
    differ, unknown = _settings(card, "DISCLOSED"), _settings(card, "UNKNOWN")
    yield "Parity", f"{row['parity']}, {len(differ)} differ, {len(unknown)} unknown"
    yield "Robustness", _robustness(row)
    yield "Tipping factor", words.bound(row["tipping_factor"])
    yield "Verification", CHECKED.get(row["verification"], "unknown")


def _robustness(row: Row) -> str:
    if row["robustness"] is None or row["credited_low"] is None:
        return "not known"
    low, high = row["credited_low"], row["credited_high"]
    return f"{row['robustness']}, credited [{low:.2f}, {high:.2f}]"


def differences(card: ClaimCard) -> str:
    """The disclosed differences and the unknown settings by name, four of each at most."""
    differ = [_difference(row) for row in _settings(card, "DISCLOSED")]
    unknown = [_named(row) for row in _settings(card, "UNKNOWN")]
    said = [f"Differences: {_some(differ)}."] if differ else ["No difference is disclosed."]
    return " ".join([*said, f"Unknown: {_some(unknown)}."] if unknown else said)


def _settings(card: ClaimCard, parity: str) -> list[Row]:
    """The settings of a state that count: neither what is compared nor money."""
    rows = card.settings.rows(parity=parity)
    return [row for row in rows if not row["is_under_test"] and row["setting_group"] != "Money"]


def _difference(row: Row) -> str:
    sides = (("value", "unit"), ("baseline_value", "baseline_unit"))
    values = [clean(" ".join(str(row[name]) for name in side if row[name])) for side in sides]
    return f"{_named(row)} {values[0]} against {values[1]}"


def _named(row: Row) -> str:
    return clean(str(row["setting"]).replace("_", " "))


def _some(named: list[str]) -> str:
    more = len(named) - MOST_NAMED
    return "; ".join([*named[:MOST_NAMED], f"and {more} more"] if more > 0 else named)


def blocked(row: Row) -> str:
    """What blocks the claim and the run that would settle it; empty for a supported one.

    What stands in brackets is left to the other files: the reasons are named, all of them first.
    """
    if row["is_supported"]:
        return ""
    reasons = ASIDE.sub("", clean(row["blocking"] or "no reason is known", LONGEST_SENTENCE))
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
    if "mlperf" in f"{row['campaign']} {row['sentence']}".lower():
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
