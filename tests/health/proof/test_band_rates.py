"""Rates after each band: by hand, by drawing whole accounts a second way, and over no event."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import confint_proportions_2indep

from queries.health.proof.band_order import PAIRS, verdict_of
from queries.health.proof.band_rates import DRAWS, BandRates
from queries.shared.statistics.bootstrap import SEED

COLUMNS = {"account_id": pl.String, "band": pl.String, "churned": pl.Boolean}


def rows(*groups):
    """Snapshots given as (account, band, snapshots, of which churned)."""
    return pl.DataFrame(
        [
            (account, band, place < churned)
            for account, band, snapshots, churned in groups
            for place in range(snapshots)
        ],
        schema=COLUMNS,
        orient="row",
    )


def clustered(accounts=60, seed=4):
    """Accounts of three bands with one to twelve months each, some of which are before a churn."""
    generator = np.random.default_rng(seed)
    groups = []
    for number in range(accounts):
        for band, chance in (("at_risk", 0.5), ("watch", 0.2), ("healthy", 0.05)):
            months = int(generator.integers(0, 5))
            groups.append((f"a{number}", band, months, int(generator.binomial(months, chance))))
    return rows(*groups)


def test_a_rate_counts_snapshots_and_its_accounts_are_said():
    found = BandRates(rows(("a", "at_risk", 3, 2), ("b", "at_risk", 1, 0), ("a", "healthy", 4, 0)))
    at_risk = found.of("at_risk")
    counts = (
        at_risk.snapshots,
        at_risk.churned_snapshots,
        at_risk.accounts,
        at_risk.churned_accounts,
    )
    assert counts == (4, 2, 2, 1)
    assert at_risk.rate.value == 0.5
    # Drawn are a twice, b twice or one of each: 2/3, 0 or 1/2.
    assert (at_risk.rate.low, at_risk.rate.high) == pytest.approx((0, 2 / 3))
    assert found.of("watch").rate is None
    assert found.difference("at_risk", "watch") is None


def test_drawing_whole_accounts_row_by_row_gives_the_same_intervals():
    frame = clustered()
    found = BandRates(frame)
    accounts = frame["account_id"].unique().sort()
    parts = {name: frame.filter(account_id=name) for name in accounts}
    # The same draws, carried out by putting the rows of each account there as often as drawn.
    names = frame["account_id"].rank("dense").to_list()
    ordered = [frame["account_id"][names.index(place + 1)] for place in range(len(accounts))]
    drawn = np.random.default_rng(SEED).multinomial(
        len(ordered), [1 / len(ordered)] * len(ordered), DRAWS
    )
    rates = {band: [] for band in ("at_risk", "watch", "healthy")}
    for counts in drawn[:200]:
        again = pl.concat(
            [parts[name] for name, n in zip(ordered, counts, strict=True) for _ in range(n)]
        )
        for band, values in rates.items():
            values.append(again.filter(band=band)["churned"].mean())
    fast = {band: found._drawn[band][:200] for band in rates}  # noqa: SLF001 (draw by draw)
    for band, values in rates.items():
        assert fast[band] == pytest.approx(values)


def test_another_way_to_draw_accounts_gives_nearly_the_same_interval():
    frame = clustered(accounts=80, seed=9)
    generator = np.random.default_rng(1)
    by_account = frame.partition_by("account_id")
    tables = [
        [
            (part.filter(band=band).height, part.filter(band=band)["churned"].sum())
            for band in ("at_risk", "healthy")
        ]
        for part in by_account
    ]
    table = np.array(tables, dtype=float)
    differences = []
    for _ in range(4_000):
        chosen = table[generator.integers(0, len(table), len(table))].sum(axis=0)
        differences.append(chosen[0, 1] / chosen[0, 0] - chosen[1, 1] / chosen[1, 0])
    low, high = np.quantile(differences, [0.025, 0.975])
    found = BandRates(frame).difference("at_risk", "healthy")
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.012)


def test_months_that_are_alike_widen_the_interval():
    apart = rows(*((f"a{n}", "at_risk", 1, int(n < 60)) for n in range(240)))
    alike = rows(*((f"a{n}", "at_risk", 12, 12 * (n < 5)) for n in range(20)))
    narrow, wide = (BandRates(frame).of("at_risk").rate for frame in (apart, alike))
    assert narrow.value == wide.value == 0.25
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)
    # Where each account has one snapshot, whole accounts are single trials.
    exact = binomtest(60, 240).proportion_ci(method="wilson")
    assert (narrow.low, narrow.high) == pytest.approx((exact.low, exact.high), abs=0.01)


@pytest.mark.parametrize("events", [0, 24])
def test_over_no_event_or_nothing_else_the_interval_is_that_of_the_accounts(events):
    found = BandRates(rows(*((f"a{n}", "healthy", 24, events) for n in range(10)))).of("healthy")
    exact = binomtest(10 if events else 0, 10).proportion_ci(method="wilson")
    assert found.snapshots == 240
    assert (found.rate.low, found.rate.high) == pytest.approx((exact.low, exact.high))
    assert found.rate.high - found.rate.low > 0.2


def test_a_difference_from_a_band_without_an_event_is_newcombes():
    found = BandRates(
        rows(
            *((f"a{n}", "at_risk", 1, int(n < 12)) for n in range(40)),
            *((f"b{n}", "healthy", 1, 0) for n in range(90)),
        )
    )
    difference = found.difference("at_risk", "healthy")
    low, high = confint_proportions_2indep(12, 40, 0, 90, method="newcomb", compare="diff")
    # At risk has its interval by drawing accounts, which comes near to Wilson's.
    assert (difference.low, difference.high) == pytest.approx((low, high), abs=0.025)
    none = BandRates(
        rows(
            *((f"a{n}", "at_risk", 1, 0) for n in range(40)),
            *((f"b{n}", "healthy", 1, 0) for n in range(90)),
        )
    ).difference("at_risk", "healthy")
    low, high = confint_proportions_2indep(0, 40, 0, 90, method="newcomb", compare="diff")
    assert (none.value, none.low, none.high) == pytest.approx((0, low, high))


def test_no_row_has_no_rate():
    found = BandRates(rows())
    assert found.of("at_risk").rate is None
    assert found.of("at_risk").snapshots == found.of("at_risk").accounts == 0
    assert found.difference("watch", "healthy") is None


def test_the_order_of_the_rows_changes_nothing():
    frame = clustered()
    first = BandRates(frame).difference("at_risk", "watch")
    assert (
        BandRates(frame.sample(fraction=1, shuffle=True, seed=2)).difference("at_risk", "watch")
        == first
    )


def simulated(generator, *, rates, accounts=120, months=8):
    """Months of accounts that keep mostly to one band, each month of which ends in a churn or not.

    `rates` are the chances of a churn within the three months after a month in each band.
    """
    groups = []
    for number in range(accounts):
        kept = generator.dirichlet([1.0, 1.5, 6.0])
        bands = generator.choice(list(rates), size=months + 3, p=kept)
        hazards = [1 - (1 - rates[band]) ** (1 / 3) for band in bands]
        left = np.flatnonzero(generator.random(months + 3) < hazards)
        end = int(left[0]) + 1 if len(left) else months + 3
        groups += [
            (f"a{number}", bands[month], 1, int(bool(len(left)) and end <= month + 3))
            for month in range(min(months, end))
        ]
    return rows(*groups)


def test_bands_of_which_two_churn_alike_hardly_ever_pass():
    generator = np.random.default_rng(1)
    rates = {"at_risk": 0.3, "watch": 0.06, "healthy": 0.06}
    verdicts = []
    for _ in range(40):
        frame = simulated(generator, rates=rates)
        found = BandRates(frame)
        differences = {pair: found.difference(*pair) for pair in PAIRS}
        verdicts.append(verdict_of(differences, frame.filter("churned")["account_id"].n_unique()))
    # Both intervals would have to lie above 0: one in forty by chance, were at risk above watch.
    assert verdicts.count("pass") <= 4
    assert verdicts.count("unknown") < 10
