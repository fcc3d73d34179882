"""The gates of a ranking: they need scores and outcomes, and no probability.

The weights of a card are not fitted to any outcome; of the snapshots that its bands were set on
none counts. Each gate rests on one row per account and month; intervals draw whole accounts again.
"""

import polars as pl

from ledger.bands import AT_RISK, BANDS, HEALTHY
from queries.health.evidence.estimate import Estimate
from queries.health.evidence.gates.gate import (
    CHANCE,
    LEAST_AUC,
    LEAST_PRECISION,
    LEAST_RED_LIFT,
    LEAST_TOP_TENTH,
    LEAST_WARNED,
    MOST_GREEN,
    MOST_GREEN_LIFT,
    Measured,
    measured,
    unmeasured,
)
from queries.health.evidence.measures import AccountBootstrap, most_captured, share
from queries.health.evidence.panel import Panel, early_warnings
from queries.health.evidence.scores import TENTH, Ranking
from queries.shared.statistics.intervals import wilson_interval

BELOW_GREEN = tuple(band for band in BANDS if band != HEALTHY)


def ranking_gates(panel: Panel) -> list[Measured]:
    """Discrimination, red band, green honesty, capture of the top tenth, false alarms."""
    rows = panel.proof
    events = rows.filter("churned")["account_id"].n_unique()
    if not events:
        return unmeasured(
            "gate_auc",
            "gate_red_lift",
            "gate_green_share",
            "gate_green_lift",
            "gate_top_tenth_share",
            "gate_red_precision",
            n=events,
        )
    drawn = AccountBootstrap(rows)
    happened = rows["churned"].to_numpy()
    red, green = ((rows["band"] == band).to_numpy() for band in (AT_RISK, HEALTHY))
    ranking = Ranking(-rows["score"].to_numpy(), happened)
    return [
        measured(
            "gate_auc", drawn.estimate(ranking.auc, of=happened), events, passes=_discriminates
        ),
        measured(
            "gate_red_lift",
            drawn.lift(happened, red),
            events,
            passes=lambda found: found.value >= LEAST_RED_LIFT,
        ),
        measured(
            "gate_green_share",
            drawn.estimate(lambda weights: share(green, weights)),
            events,
            passes=lambda found: found.value <= MOST_GREEN,
        ),
        measured(
            "gate_green_lift",
            drawn.lift(happened, green),
            events,
            passes=lambda found: found.value <= MOST_GREEN_LIFT,
        ),
        measured(
            "gate_top_tenth_share",
            drawn.estimate(
                lambda weights: (
                    ranking.captured(TENTH, weights)
                    / most_captured(TENTH, share(happened, weights))
                ),
                of=happened,
            ),
            events,
            passes=lambda found: found.value >= LEAST_TOP_TENTH,
        ),
        measured(
            "gate_red_precision",
            drawn.estimate(lambda weights: share(happened, weights * red), of=red),
            events,
            passes=lambda found: found.value >= LEAST_PRECISION,
        ),
    ]


def _discriminates(found: Estimate) -> bool:
    return found.value >= LEAST_AUC and found.low is not None and found.low > CHANCE


def early_warning_gates(panel: Panel) -> list[Measured]:
    """Of the churned accounts, and of their ARR, the share that was below green 90 days before.

    An account without a snapshot 90 to 124 days before is left out; one whose band was unknown
    was not warned of.
    """
    before = early_warnings(panel.unseen)
    if before.is_empty():
        return unmeasured("gate_early_accounts_share", "gate_early_arr_share", n=0)
    warned = before["band"].is_in(BELOW_GREEN)
    count = int(warned.sum())
    arr = before["arr_usd"].to_numpy()
    return [
        measured(
            "gate_early_accounts_share",
            Estimate(count / before.height, *wilson_interval(count, before.height)),
            before.height,
            passes=_is_warned,
        ),
        measured(
            "gate_early_arr_share",
            AccountBootstrap(before).estimate(
                lambda weights: share(warned.to_numpy(), weights * arr)
            ),
            before.height,
            passes=_is_warned,
        ),
    ]


def _is_warned(found: Estimate) -> bool:
    return found.value >= LEAST_WARNED


def red_accounts_gate(panel: Panel, capacity: int) -> Measured:
    """Accounts at risk on the newest snapshot, against how many the team can call at a time."""
    red = panel.newest.filter(pl.col("band") == AT_RISK).height
    return Measured(
        metric="gate_red_accounts",
        value=float(red),
        passes=red <= capacity,
        n=panel.newest.height,
        least=1,
    )
