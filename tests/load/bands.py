"""Whether the bands of the card in force order what happened, in companies it was not set on.

The seeds were written down before anything of the demo company or of the card was tuned. A company
is written without its hours: its daily usage goes straight into the rollup that the score reads.
The score is the product's own answer to `account_health`, on the last scored day of each month.
"""

import datetime as dt
import math
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import polars as pl

from queries.core.answer import Answer
from queries.core.execute import execute
from queries.core.question import Question
from queries.health.evidence.panel import HORIZON_DAYS, Panel, panel
from queries.health.evidence.scores import auc
from queries.health.proof import outcomes
from queries.health.proof.band_rates import BandRates
from queries.health.scorecard.account_health import scorecard_version
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.scoring import EVERY_SCORECARD, days_to_score, history
from tests.load.capacity import daily_capacity
from tests.load.measured import Figure
from warehouse.context import EVERYTHING, Context
from warehouse.demo.company import generate
from warehouse.demo.draws import SHIPPED_SEED
from warehouse.demo.period import DATA_DATE, LOADED_AT
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.publish import append, next_version
from warehouse.read_request import ReadRequest

SEEDS = tuple(range(101, 121))
FAST_SEEDS = SEEDS[:2]
LEAST_ABOVE_0, LEAST_IN_ORDER, MOST_AUC = 18 / 20, 17 / 20, 0.85
# The bands of the card: of those at risk at least so many left within 90 days, of those healthy at
# most so much of the share of all, and they are at most so much of the book; as seen by the end of
# the first nine months.
SET_THROUGH = dt.date(2025, 4, 30)
LEAST_LEFT_AT_RISK, MOST_OF_BASE_HEALTHY, MOST_HEALTHY, STEP = 0.40, 2 / 3, 0.80, 10
WEEKS, MEMORY_MIB = 78, 2_048
LAST_CLOSED = DATA_DATE - dt.timedelta(days=HORIZON_DAYS)
_STEPS = range(STEP, 100, STEP)
CARD_VERSION = scorecard_version(Context(DATA_DATE, EVERYTHING)).version


@dataclass(frozen=True)
class Company:
    """What the ledger and `outcomes` would say of a company: its monthly scores by every card."""

    history: pl.DataFrame
    outcomes: pl.DataFrame

    def panel(self, card_version: str) -> Panel:
        """What one card showed, as of the newest data date."""
        scorecards = scorecard_version(Context(DATA_DATE, EVERYTHING), card_version)
        known = panel(self.history.lazy(), self.outcomes.lazy(), DATA_DATE, scorecards)
        assert known is not None
        return known


@dataclass(frozen=True)
class Ordered:
    """What followed the bands of one card in one company, per snapshot.

    `churned_shares` is per band, the worst first; `differences` are the 95 % intervals of the
    difference between each band and the next, then between the worst and the best, drawn by whole
    accounts; `auc` is that of the score, the lowest first.
    """

    churned_shares: tuple[float, ...]
    differences: tuple[tuple[float, float], ...]
    auc: float

    @property
    def is_in_order(self) -> bool:
        """Whether each band churned more than the next."""
        return all(before > after for before, after in pairwise(self.churned_shares))

    @property
    def is_shown(self) -> bool:
        """Whether both differences between neighbouring bands lie above 0."""
        return all(low > 0 for low, _ in self.differences[:-1])


def measure(*, fast: bool) -> list[Figure]:
    """The shipped company, and in how many of the other seeds the bands order what happened."""
    shipped = ordered(company(SHIPPED_SEED).panel(CARD_VERSION).proof)
    began = time.perf_counter()
    seeds = FAST_SEEDS if fast else SEEDS
    found = [ordered(company(seed).panel(CARD_VERSION).proof) for seed in seeds]
    seconds = (time.perf_counter() - began) / len(seeds)
    what = f"{len(seeds)} companies of other seeds"
    return [
        *_shown(shipped),
        Figure(
            figure=f"{what}: share with at risk − healthy above 0",
            value=round(sum(one.differences[-1][0] > 0 for one in found) / len(found), 3),
            unit="",
            limit=LEAST_ABOVE_0,
            direction="higher",
        ),
        Figure(
            figure=f"{what}: share with the three rates in order",
            value=round(sum(one.is_in_order for one in found) / len(found), 3),
            unit="",
            limit=LEAST_IN_ORDER,
            direction="higher",
        ),
        Figure(
            figure=f"{what}: mean AUC",
            value=round(sum(one.auc for one in found) / len(found), 3),
            unit="",
            limit=MOST_AUC,
        ),
        Figure(figure=f"{what}: made and scored, each", value=round(seconds, 1), unit="s"),
    ]


def _shown(shipped: Ordered) -> Iterator[Figure]:
    names = [f"{one} − {other}" for one, other in (*pairwise(BANDS), (BANDS[0], BANDS[-1]))]
    for name, (low, _) in zip(names, shipped.differences, strict=True):
        yield Figure(
            figure=f"shipped company: {name.replace('_', ' ')}, low end of 95 %",
            value=round(low, 3),
            unit="",
            limit=0.0,
            direction="higher",
        )


def company(seed: int) -> Company:
    """The company of `seed`, made and scored by every card."""
    with tempfile.TemporaryDirectory(prefix="bellwether-bands-") as folder:
        path = Path(folder) / "company.duckdb"
        write(path, seed)
        limits = {"row_limit": 1_000_000, "timeout_seconds": 60, "memory_mib": MEMORY_MIB}
        with closing(DuckDBWarehouse(path, **limits)) as warehouse:
            written = [
                history(_answered(warehouse, EVERY_SCORECARD, day), LOADED_AT) for day in _days()
            ]
            became = _answered(warehouse, outcomes.QUESTIONS[0], DATA_DATE)
    return Company(pl.concat(written), became.frame)


def write(path: Path, seed: int) -> None:
    """The company of `seed` as a new warehouse at `path`, without its hours."""
    demo, context = generate(seed=seed), Context(DATA_DATE, EVERYTHING)
    reads = EVERY_SCORECARD.reads(context=context) | outcomes.QUESTIONS[0].reads(context=context)
    with next_version(path) as connection:
        for name in {read.table for read in reads.values()} & demo.tables.keys():
            append(connection, name, demo.tables[name])
    # After the refresh, which makes the rollup of the hours that are not there.
    with duckdb.connect(str(path)) as connection:
        append(connection, "account_usage_daily", daily_capacity(demo.fleet))


def ordered(rows: pl.DataFrame) -> Ordered:
    """What followed each band of `rows`, snapshots of one card."""
    rates = BandRates(rows)
    pairs = (*pairwise(BANDS), (BANDS[0], BANDS[-1]))
    found = [rates.difference(*pair) for pair in pairs]
    return Ordered(
        tuple(rates.of(band).rate.value for band in BANDS),
        tuple((one.low, one.high) for one in found),
        auc(-rows["score"].to_numpy(), rows["churned"].to_numpy()),
    )


def bands_set_on(rows: pl.DataFrame) -> tuple[int, int]:
    """Where watch and healthy begin, in steps of ten points, by what followed `rows`.

    At risk reaches up to the highest step below which at least 40 % left within 90 days; healthy
    begins at the lowest step from which on at most two thirds of the share of all did, and at most
    80 % of the book lies. Only snapshots whose 90 days were over by the end of the first nine
    months count.
    """
    known = rows.filter(pl.col("snapshot_date") + dt.timedelta(days=HORIZON_DAYS) <= SET_THROUGH)
    below = {at: known.filter(pl.col("score") < at) for at in _STEPS}
    above = {at: known.filter(pl.col("score") >= at) for at in _STEPS}
    return (
        max(at for at, found in below.items() if _left(found) >= LEAST_LEFT_AT_RISK),
        min(
            at
            for at, found in above.items()
            if _left(found) <= MOST_OF_BASE_HEALTHY * _left(known)
            and found.height <= MOST_HEALTHY * known.height
        ),
    )


def _left(rows: pl.DataFrame) -> float:
    """The share that churned; not a number, which no limit holds for, where there is no row."""
    return float(rows["churned"].to_numpy().mean()) if rows.height else math.nan


def _days() -> list[dt.date]:
    """The last of the days that `make run` scores in each month, whose 90 days are over."""
    days = [day for day in days_to_score(DATA_DATE, WEEKS) if day <= LAST_CLOSED]
    months: dict[tuple[int, int], dt.date] = {(day.year, day.month): day for day in days}
    return list(months.values())


def _answered(warehouse: DuckDBWarehouse, question: Question, day: dt.date) -> Answer:
    return execute(
        warehouse, question, Context(day, EVERYTHING), {}, read_request=ReadRequest(), key=()
    )
