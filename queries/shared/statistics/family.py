"""Several comparisons at once: p-values that answer for all of them, and one mean of ratios."""

from collections.abc import Sequence

from scipy.stats import gmean


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """The p-values of a family, raised so that all of them together err with their level.

    In their order: the smallest times their number, the next times one fewer, never below one
    before it, at most 1. A comparison that could not be made (None) stays None and counts: it was
    registered.

    Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    # A second and pandas to import, which a terminal does not wait for.
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415

    if not p_values:
        return []
    # One that could not be made is as if it had shown nothing: it is raised last, and counts.
    _, raised, *_ = multipletests([1.0 if p is None else p for p in p_values], method="holm")
    return [
        None if p is None else float(adjusted) for p, adjusted in zip(p_values, raised, strict=True)
    ]


def geomean(ratios: Sequence[float]) -> float | None:
    """The geometric mean of ratios above 0; None of none.

    Fleming and Wallace (1986), How not to lie with statistics.

    Raises:
        ValueError: a ratio is not above 0.
    """
    if any(ratio <= 0 for ratio in ratios):
        raise ValueError("a geometric mean takes ratios above 0")
    return float(gmean(ratios)) if ratios else None
