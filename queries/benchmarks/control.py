"""The A/A control of a claim: the same system twice, and how far it differs from itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from queries import words
from queries.benchmarks.robustness import MONEY
from queries.benchmarks.sessions import Arm, Key
from queries.benchmarks.settings import Cells
from queries.benchmarks.sheet import judged
from queries.statistics.intervals import Interval
from queries.statistics.power import FEWEST_SESSIONS
from queries.statistics.ratio import ratio_interval


@dataclass(frozen=True)
class Control:
    """Both arms of a control, or in `problem` why there is none."""

    arms: tuple[Arm, Arm] | None
    problem: str | None

    def interval(self) -> Interval | None:
        """The 95 % interval of the control's ratio; None without a control."""
        return ratio_interval(self.arms[0].values, self.arms[1].values) if self.arms else None


def control_of(claim: Mapping[str, str | None], arms: Mapping[Key, Arm], cells: Cells) -> Control:
    """The control that a claim registered, on the same workload and metric.

    It is none where the campaign has not exactly two systems, where neither belongs to the claim,
    where a setting (but money) of theirs differs, below 6 sessions in an arm, or in two units.
    """
    campaign = claim["control_campaign"]
    if campaign is None:
        return Control(None, "no A/A control is registered")
    place = (campaign, str(claim["workload"]), str(claim["metric"]))
    ids = sorted(key[3] for key in arms if key[:3] == place)
    if len(ids) != 2:  # noqa: PLR2004 (the same system twice)
        found = words.plural(len(ids), "system")
        return Control(None, f"control {campaign} has {found} on this workload and metric, not 2")
    first, second = (arms[*place, system_id] for system_id in ids)
    problem = _other_system(claim, ids, cells) or _too_little(first, second)
    if problem is not None:
        return Control(None, f"control {campaign} {problem}")
    return Control((first, second), None)


def _other_system(claim: Mapping[str, str | None], ids: list[str], cells: Cells) -> str | None:
    if not {claim["system_id"], claim["baseline_system_id"]} & set(ids):
        return "measured neither system of the claim"
    pair = {
        "system_id": ids[0],
        "baseline_system_id": ids[1],
        "campaign_type": claim["campaign_type"],
    }
    for row in judged(pair, cells.get(ids[0], {}), cells.get(ids[1], {})):
        if row["parity"] == "DISCLOSED" and row["setting_group"] != MONEY:
            return f"is none: its systems differ in {row['setting']}"
    return None


def _too_little(first: Arm, second: Arm) -> str | None:
    fewest = min(len(first.values), len(second.values))
    if fewest < FEWEST_SESSIONS:
        return f"has too few sessions ({fewest} < {FEWEST_SESSIONS})"
    if len({*first.units, *second.units}) != 1:
        return "mixes units"
    return None
