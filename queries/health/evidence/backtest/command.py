"""`python -m queries backtest`: does anything in a table of outcomes predict them?"""

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from queries.health.evidence.backtest.report import Backtest, Factor, Gate
from queries.health.evidence.backtest.run import backtest
from queries.health.evidence.backtest.table import outcomes, read_table
from queries.health.evidence.estimate import Estimate

VERDICTS = {True: "passed", False: "missed", None: "unknown"}


def run(arguments: argparse.Namespace) -> str:
    """What the command prints; raises `WarehouseError` where the table cannot be judged."""
    table = outcomes(
        read_table(arguments.file),
        label=arguments.label,
        account=arguments.account,
        time=arguments.time,
        positive=arguments.positive,
    )
    found = backtest(table, progress=_progress())
    return as_json(found, arguments) if arguments.json else as_text(found)


def as_json(found: Backtest, arguments: argparse.Namespace) -> str:
    """Everything found, as one JSON object; what is unknown is null."""
    said = {
        "file": str(arguments.file),
        "label": arguments.label,
        "account": arguments.account,
        "time": arguments.time,
        **{name: _plain(value) for name, value in vars(found).items()},
    }
    said["tier"] = found.tier.number
    said["tier_says"] = found.tier.description
    said["is_enough_evidence"] = found.is_enough
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def as_text(found: Backtest) -> str:
    """The tier, the numbers with their intervals, the gates and the factors, for a reader."""
    enough = "" if found.is_enough else f"; not enough evidence (n = {found.events})"
    lines = [
        f"Tier {found.tier.number}: {found.tier.description}{enough}",
        _counted(found),
        f"Model in force: {found.model}, by {found.validation}",
        "",
        f"AUC                   {_said(found.auc, 3)}",
        f"Top-decile lift       {_said(found.top_decile_lift, 2)}",
    ]
    if found.observed_over_expected is not None:
        lines += [
            f"Observed ÷ expected   {_said(found.observed_over_expected, 2)}",
            f"Calibration slope     {found.calibration_slope:.2f}",
            f"Brier skill           {found.brier_skill:.3f}",
        ]
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in found.log_losses.items())
    lines += [f"Log-loss              {losses}", "", "Gates"]
    lines += [_gate(gate) for gate in found.gates]
    lines += ["", "Factors, strongest first (+ goes with churn)"]
    lines += [_factor(factor) for factor in found.factors]
    if found.remarks:
        lines += ["", "Left out or read differently", *(f"  {one}" for one in found.remarks)]
    return "\n".join(lines) + "\n"


def _counted(found: Backtest) -> str:
    return (
        f"n = {found.events:,} churned of {found.accounts:,} accounts in {found.rows:,} rows "
        f"({100 * found.base_share:.1f} % of rows); {found.positive} is churn"
    )


def _said(estimate: Estimate, decimals: int) -> str:
    value = f"{estimate.value:.{decimals}f}"
    if estimate.low is None or estimate.high is None:
        return f"{value} (no interval)"
    return f"{value} [{estimate.low:.{decimals}f}, {estimate.high:.{decimals}f}]"


def _gate(gate: Gate) -> str:
    return f"  {VERDICTS[gate.passed]:<8}{gate.name}: {gate.found} (wanted: {gate.target})"


def _factor(factor: Factor) -> str:
    sign = "+" if factor.sign > 0 else "−"
    weight = "" if factor.weight is None else f"  {abs(factor.weight):.3f} log-odds per sd"
    return f"  {sign} {factor.name}{weight}"


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _progress() -> Callable[[str], None]:
    """Progress on one line of standard error, where somebody watches it."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda said: print(f"\r\x1b[K{said}", end="", file=sys.stderr, flush=True)  # noqa: T201 (progress)
