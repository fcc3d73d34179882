"""A benchmark claim in words: its state, its parity, its robustness, and what forbids it."""

from collections.abc import Sequence
from typing import Any

from queries.shared import words

LONGEST = 180
UNCLAIMED = ("○ No registered claim", "gray")
UNREGISTERED = "Nobody wrote down what these runs were to show, so no ratio of them is a headline."
NO_TEMPLATE = "no parity template"
REGISTER = "Register the claim with its campaign type, then run both systems again."
SUPPORTED = {True: ("● Supported", "green"), False: ("▲ Not supported", "red")}
PARITY = {
    "CLOSED": ("● Parity CLOSED", "green"),
    "OPEN": ("◆ Parity OPEN", "yellow"),
    "INVALID": ("▲ Parity INVALID", "red"),
}
VERDICTS = {
    "superior": ("● Superior", "green"),
    "equivalent": ("◆ Equivalent", "yellow"),
    "inferior": ("▲ Inferior", "red"),
    "inconclusive": ("○ Inconclusive", "gray"),
}
ROBUSTNESS = {
    "stands": ("● Robustness stands", "green"),
    "weakens": ("◆ Robustness weakens", "yellow"),
    "falls": ("▲ Robustness falls", "red"),
    None: ("○ Robustness unknown", "gray"),
}
CHECKED = {
    "verified": ("● Verified", "green"),
    "peer_reviewed": ("◆ Peer reviewed", "yellow"),
    "unverified": ("○ Unverified", "gray"),
    None: ("○ Verification unknown", "gray"),
}
REGISTERED = {
    True: ("● Pre-registered", "green"),
    False: ("▲ Registered after its first run", "red"),
    None: ("○ Pre-registration unknown", "gray"),
}

Row = dict[str, Any]


def untitled(pair: Row) -> str:
    """The title of a pair without a claim: no ratio of it is a headline."""
    if not pair["system_id"]:
        return "No pair of systems to compare"
    return f"No claim is registered for {_system(pair)} over {_system(pair, 'baseline_')}"


def card(row: Row) -> str:
    """The card of a claim as Markdown: state, sentence, verdicts, and where refused what would do.

    `row` has the columns of `BenchmarkClaim`. Every state is a shape, a word and a colour.
    """
    lines = [
        f"**{coloured(*SUPPORTED[row['is_supported']])}** {words.plain(row['sentence'])}.",
        _listed(
            [
                VERDICTS[row["verdict"]],
                PARITY[row["parity"]],
                ROBUSTNESS[row["robustness"]],
                CHECKED[row["verification"]],
                REGISTERED[row["is_preregistered"]],
            ],
            f"margin {words.share(row['margin_in_force_share'])}{_margin(row)}",
            f"claim {row['claim_id']}, version {row['version']}",
        ),
    ]
    if row["blocking"]:
        lines.append(f"**Blocked by** {words.plain(_short('; '.join(row['blocking'])))}")
    if row["settling_run"]:
        lines.append(f"**Next run needed** {words.plain(_short(row['settling_run']))}")
    return "\n\n".join(lines)


def unclaimed(pair: Row) -> str:
    """The card of a pair without a claim: why its ratio is no headline, and what would make one.

    `pair` has the columns of `BenchmarkComparison`.
    """
    reasons = "; ".join(pair["reasons"] or ())
    reason = f"**But** {words.plain(reasons)}." if reasons else ""
    direction = f"{pair['direction']} is better" if pair["direction"] else "direction unknown"
    lines = [
        f"**{coloured(*UNCLAIMED)}** {UNREGISTERED}",
        _listed([PARITY["INVALID"], CHECKED[pair["verification"]]], NO_TEMPLATE, direction),
        reason,
        f"**Next run needed** {REGISTER}",
    ]
    return "\n\n".join(line for line in lines if line)


def interval(row: Row) -> str:
    """The 95 % interval of the ratio, or that there is none."""
    if row["ratio_low"] is None:
        return "no interval"
    return f"95 % {words.interval(row['ratio_low'], row['ratio_high'])}"


def weakest(row: Row) -> str | None:
    """Where the least ratio known lies and what becomes of it; None where there is none."""
    if row.get("weakest_ratio") is None:
        return None
    interval = words.interval(row["weakest_low"], row["weakest_high"])
    return f"{interval} {words.view(row['weakest_view'], row['weakest_credit_factor'])}"


def room(row: Row) -> str | None:
    """What of the tipping factor is left after what is disclosed; None where nobody knows."""
    if row.get("room_left") is None:
        return None
    if row["tipping_factor"] <= 1:
        return "nothing need be hidden"
    if row["disclosed_credit"] == 1:
        return "hidden, it erases it"
    return f"{words.bound(row['room_left'])} left after ×{row['disclosed_credit']:.2f}"


def factor(value: float | None) -> str:
    """A ratio as 1.23×, '–' for unknown."""
    return words.ABSENT if value is None else f"{value:.2f}×"


def neighbours(row: Row, parity: str) -> str:
    """What stands beside every ratio: n of both systems, and parity."""
    return f"n = {row['sessions']} + {row['baseline_sessions']}, parity {parity}"


def coloured(said: str, colour: str) -> str:
    """A state as shape, word and colour; shape and word stay on one line."""
    return f":{colour}[{said.replace(' ', words.NO_BREAK)}]"


def _listed(states: Sequence[tuple[str, str]], *facts: str) -> str:
    return " · ".join([*(coloured(*one) for one in states), *map(words.plain, facts)])


def _short(text: str) -> str:
    """A reason as a sentence, a long one up to a word near its limit; Details holds the whole."""
    if len(text) <= LONGEST:
        return text if text.endswith(".") else f"{text}."
    return f"{text[:LONGEST].rpartition(' ')[0].rstrip(',;')} …"


def _margin(row: Row) -> str:
    if row["noise_floor_share"] is None:
        return ", no A/A control"
    return f" (noise floor {words.share(row['noise_floor_share'])})"


def _system(row: Row, side: str = "") -> str:
    name = row["baseline_name" if side else "system_name"]
    return words.system(row[f"{side}system_id"], name)
