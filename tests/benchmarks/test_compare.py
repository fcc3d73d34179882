"""Two files compared: a peer's published tables value by value, zero and unlike, and the door."""

import json
import re

import pytest

from queries.__main__ import main
from queries.benchmarks.compare import compare
from tests.published import published, published_path
from warehouse.sources.benchmarks.benchfmt import read_benchfmt
from warehouse.sources.benchmarks.measurements import Measurement
from warehouse.sources.benchmarks.units import UnitUnclear

ROW = re.compile(
    r"^(\S+)\s+([\d.]+)([nµmkMG]i?)?\s± (\d+)%\s+([\d.]+)([nµmkMG]i?)?\s± (\d+)%"
    r"\s+(~|[+-][\d.]+%) \(p=([\d.]+) n=(\d+)\)$"
)
SCALE = {"": 1.0, "n": 1e-9, "µ": 1e-6, "Mi": 2.0**20, "Gi": 2.0**30}


def both(name):
    """The halves of a file of the peer's, before and after, as two arms."""
    values = read_benchfmt(published_path(f"benchstat/{name}")).values
    return tuple(
        [one for one in values if dict(one.configuration)["note"] == note]
        for note in ("after", "before")
    )


def arms(new, old):
    return tuple(read_benchfmt(published_path(f"benchstat/{name}")).values for name in (new, old))


def change(one):
    """How far the median moved from B's, as the peer prints it."""
    return 100 * (one.a.median / one.b.median - 1)


def said(one):
    return tuple(map(str, one.decision.reasons))


def half_width(arm):
    low, high = arm.interval
    return 100 * max(high - arm.median, arm.median - low) / arm.median


def decimals(text):
    return len(text.partition(".")[2])


def test_all_72_published_rows_come_out():
    report = compare(*arms("crc-new.txt", "crc-old.txt"), ignored=frozenset({"note"}))
    found = {(one.workload, one.metric): one for one in report.compared}
    metric, rows = "sec/op", 0
    for line in published("benchstat/crcIgnore.stdout").splitlines():
        if "B/s" in line:
            metric = "B/s"
        row = ROW.match(line)
        if row is None:
            continue
        rows += 1
        one = found[row[1], metric]
        for arm, value, prefix, wide in (
            (one.b, *row.group(2, 3, 4)),
            (one.a, *row.group(5, 6, 7)),
        ):
            assert round(arm.median / SCALE[prefix or ""], decimals(value)) == float(value)
            assert round(half_width(arm)) == int(wide)
        p_value = one.decision.p_value
        assert f"{p_value:.3f}" == row[9]
        assert one.a.sessions == one.b.sessions == int(row[10])
        assert row[8] == ("~" if p_value >= 0.05 else f"{change(one):+.2f}%")
    assert rows == len(report.compared) == 72
    means = {mean.metric: mean for mean in report.means}
    assert (means["sec/op"].matched, means["sec/op"].left_out) == (36, 0)
    assert f"{100 * (means['B/s'].ratio - 1):+.2f}%" == "+45.06%"


def test_another_note_is_another_table_and_nothing_is_compared():
    report = compare(*arms("crc-new.txt", "crc-old.txt"))
    assert report.compared == ()
    assert len(report.unmatched) == 72
    said = "note differs: 'hw acceleration enabled' against 'hw acceleration disabled'"
    assert {one.reason for one in report.unmatched} == {f"{said}; --ignore note compares them"}
    assert [(mean.ratio, mean.matched, mean.left_out) for mean in report.means] == [
        (None, 0, 36),
        (None, 0, 36),
    ]


def test_the_published_full_precision_comes_out_and_the_p_that_is_printed_as_zero():
    report = compare(*arms("new.txt", "old.txt"))
    encoded, gob = report.compared
    assert (encoded.b.median, encoded.a.median) == pytest.approx((1.718e-06, 1.4225e-06), rel=1e-12)
    assert f"{change(encoded):+.2f}%" == "-17.20%"
    assert encoded.decision.p_value == pytest.approx(1.0825e-05, rel=1e-4)
    assert [round(half_width(arm)) for arm in (encoded.b, encoded.a)] == [1, 1]
    assert f"{gob.decision.p_value:.3f}" == "0.446"
    assert [round(half_width(arm)) for arm in (gob.b, gob.a)] == [0, 2]
    # The peer's −8.94 % of time is our ratio turned.
    assert f"{100 * (1 / report.means[0].ratio - 1):+.2f}%" == "-8.94%"
    assert (encoded.decision.verdict, encoded.direction) == ("superior", "lower")
    assert round(encoded.ratio, 4) == 1.2077
    assert encoded.p_holm == pytest.approx(2 * encoded.decision.p_value)


CELL = re.compile(r"([\d.]+)([nµ]|[MG]i)? ± (\d+)%")


def test_arms_of_one_file_are_compared_along_one_setting():
    """The peer's table of sizes by polynomial, aligned ones only, every number of it."""
    values = read_benchfmt(published_path("benchstat/crc-new.txt")).values
    polys = ("IEEE", "Castagnoli", "Koopman")
    arms = [[one for one in values if f"poly={poly}/" in one.workload] for poly in polys]
    aligned = [[one for one in arm if "align=0" in one.workload] for arm in arms]
    ignored = frozenset({"poly", "align"})
    reports = [compare(arm, aligned[0], ignored=ignored) for arm in aligned]
    metric, rows = "sec/op", 0
    for line in published("benchstat/crcSizeVsPoly.stdout").splitlines():
        metric = "B/s" if "B/s" in line else metric
        printed = re.findall(r"[+-][\d.]+%", line)
        cells = CELL.findall(line)
        if line.startswith("geomean"):
            means = [mean for report in reports[1:] for mean in report.means]
            ratios = [mean.ratio for mean in means if mean.metric == metric]
            turned = [1 / ratio if metric == "sec/op" else ratio for ratio in ratios]
            assert [f"{100 * (ratio - 1):+.2f}%" for ratio in turned] == printed
        if not cells:
            continue
        rows += 1
        workload = f"CRC32/size={line.split()[0]}"
        found = [
            one
            for report in reports
            for one in report.compared
            if (one.workload, one.metric) == (workload, metric)
        ]
        assert [f"{change(one):+.2f}%" for one in found[1:]] == printed
        for one, (value, prefix, wide) in zip(found, cells, strict=True):
            assert round(one.a.median / SCALE[prefix], decimals(value)) == float(value)
            assert round(half_width(one.a)) == int(wide)
            assert one.notes == ()
    assert rows == 12


def test_unlike_benchmarks_are_pooled_only_on_request_and_with_a_warning():
    new = read_benchfmt(published_path("benchstat/new.txt")).values
    (one,) = compare(new, new, ignored=frozenset({"format"})).compared
    name, median, wide = published("benchstat/csvErrors.stdout").splitlines()[5].split(",")
    assert (one.workload, one.a.median) == (name, pytest.approx(float(median), rel=1e-12))
    assert (f"{half_width(one.a):.0f}%", one.a.sessions) == (wide, 20)
    assert one.notes == ("A pools 2 unlike benchmarks", "B pools 2 unlike benchmarks")
    assert "vary in .fullname" in published("benchstat/csvErrors.stderr")


def test_one_value_has_no_interval_and_cannot_differ():
    (one,) = compare(*both("smallSample.txt"), ignored=frozenset({"note"})).compared
    assert (one.a.interval, one.b.interval, one.decision.p_value) == (None, None, 1.0)
    assert one.decision.verdict == "inconclusive"
    assert one.notes == (
        "need ≥ 6 sessions for a 95 % interval of the median",
        "need ≥ 4 sessions for a difference to show at 5 %",
    )


def test_five_values_that_never_vary_differ_and_have_no_interval():
    (one,) = compare(*both("issue19634.txt"), ignored=frozenset({"note"})).compared
    assert f"{change(one):+.2f}%" == "-31.48%"
    assert f"{one.decision.p_value:.3f}" == "0.008"
    assert (one.a.interval, one.b.interval) == (None, None)
    assert said(one) == ("too few sessions (5 < 6)", "no A/A control")


def test_workloads_that_only_one_side_measured_stay_out_of_the_mean():
    report = compare(*both("issue19565.txt"), ignored=frozenset({"note"}))
    (one,) = report.compared
    assert (one.workload, one.ratio, one.decision.p_value) == ("A", 1.0, 1.0)
    assert [(other.workload, other.reason) for other in report.unmatched] == [
        ("C", "only in A"),
        ("B", "only in B"),
    ]
    assert [(mean.ratio, mean.matched, mean.left_out) for mean in report.means] == [(1.0, 1, 2)]


def test_zero_over_zero_is_no_difference_and_anything_over_zero_has_no_ratio():
    report = compare(*both("zero.txt"), ignored=frozenset({"note"}), direction="higher")
    ratios = {one.workload: one.ratio for one in report.compared if one.metric in "xy"}
    assert ratios == {
        "ZeroOverZero": 1.0,
        "ZeroOverZero2": 1.0,
        "NonZeroOverZero": None,
        "NonZeroOverZero2": None,
    }
    imperceptible = [one for one in report.compared if one.workload == "Imperceptible"]
    assert [one.ratio for one in imperceptible] == pytest.approx(
        [1.0, 171717171717 / 171717171716, 99999929 / 99999930], rel=1e-15
    )
    assert all(one.decision is None for one in report.compared)
    means = {mean.metric: (mean.ratio, mean.matched, mean.left_out) for mean in report.means}
    assert means["x"] == (1.0, 2, 0)
    assert means["y"] == (None, 0, 2)


def test_an_exact_unit_is_not_tested_and_says_where_it_was_not_exact():
    report = compare(*both("units.txt"), ignored=frozenset({"note"}), direction="lower")
    size, other = report.compared
    assert (size.decision, size.notes) == (None, ("exact unit: nothing to test",))
    assert size.ratio == pytest.approx(100 / 105)
    assert "B was declared exact, but ranges from 100 to 101" in other.notes


def test_results_whose_settings_vary_are_not_pooled():
    values = read_benchfmt(published_path("benchstat/crc-new.txt")).values
    mixed = [
        Measurement(**{**vars(one), "configuration": (("align", str(place // 2 % 2)),)})
        for place, one in enumerate(values)
        if one.metric == "sec/op"
    ]
    assert compare(mixed, mixed).unmatched[0].reason == (
        "A pools results whose align differs; --ignore align pools them"
    )


def measured(values, *, unit="MiB/s", workload="read", **facts):
    return [
        Measurement(
            workload=workload,
            metric=facts.get("metric", "rate"),
            unit=unit,
            value=value,
            session=str(place),
            line=place,
        )
        for place, value in enumerate(values)
    ]


def test_mb_beside_mib_is_compared_only_where_one_unit_is_asked_for():
    ours, theirs = measured([100.0] * 6), measured([100.0] * 6, unit="MB/s")
    assert compare(ours, theirs).unmatched[0].reason == "units differ: MiB/s and MB/s"
    (one,) = compare(ours, theirs, unit="MB/s").compared
    assert one.ratio == pytest.approx(1.048576, rel=1e-12)


def test_what_counts_something_else_than_the_unit_stays_as_it_is():
    new, old = arms("crc-new.txt", "crc-old.txt")
    report = compare(new, old, unit="MiB/s", ignored=frozenset({"note"}))
    first = [(one.metric, one.a.unit, one.a.median) for one in report.compared[:2]]
    assert first == [
        ("sec/op", "sec/op", pytest.approx(44.4e-9)),
        ("MiB/s", "MiB/s", pytest.approx(322.1, abs=0.05)),
    ]
    times = measured([0.5] * 6, unit="s", metric="time")
    (one,) = compare(times, times, unit="ms").compared
    assert (one.metric, one.a.unit, one.a.median) == ("time", "ms", 500.0)
    with pytest.raises(UnitUnclear, match="cannot be said in MiB/s"):
        compare(times, times, unit="MiB/s")


def test_numbers_without_a_unit_are_given_one():
    ours, theirs = measured([3.0] * 6, unit=""), measured([2.0] * 6, unit="")
    (one,) = compare(ours, theirs, unit="s").compared
    assert (one.metric, one.direction, one.ratio) == ("s", "lower", pytest.approx(2 / 3))


def test_without_a_direction_nothing_is_decided():
    ours = measured([2.0] * 6, unit="points")
    theirs = measured([1.0] * 6, unit="points")
    (one,) = compare(ours, theirs).compared
    assert (one.direction, said(one)) == (
        None,
        ("direction unknown", "no A/A control"),
    )
    assert compare(ours, theirs, direction="lower").compared[0].decision.verdict == "inferior"


def test_a_below_zero_has_no_ratio():
    (one,) = compare(measured([-1.0] * 6), measured([1.0] * 6)).compared
    assert (one.ratio, one.decision) == (None, None)
    assert "no ratio: a median is zero or below" in one.notes


def test_swapping_the_files_turns_every_ratio():
    new, old = arms("new.txt", "old.txt")
    for one, other in zip(compare(new, old).compared, compare(old, new).compared, strict=True):
        assert one.ratio == pytest.approx(1 / other.ratio, rel=1e-12)
        assert one.decision.interval[0] == pytest.approx(1 / other.decision.interval[1], rel=1e-9)
        assert one.decision.p_value == other.decision.p_value


def test_the_terminal_prints_the_comparison_and_names_what_it_left_out(tmp_path, capsys):
    a, b = tmp_path / "a.txt", tmp_path / "b.txt"
    a.write_text("".join(f"BenchmarkX 1 {value} MB/s\n" for value in (13, 12, 14, 11, 15, 12.5)))
    b.write_text(
        "".join(f"BenchmarkX 1 {value} MB/s\n" for value in (10, 11, 9, 10.5, 9.5, 10.2))
        + "BenchmarkOnly\x1b[2J 1 5 ns/op\n"
    )
    assert main(["compare", str(a), str(b)]) == 0
    printed = capsys.readouterr().out
    assert "X (B/s, higher is better)\n  A  median 1.275e+07 B/s [1.1e+07, 1.5e+07]" in printed
    (verdict,) = [line for line in printed.splitlines() if "superior" in line]
    assert verdict.startswith("  ratio ")
    assert verdict.endswith(": superior (no A/A control)")
    assert "A: benchfmt: a session is a result line.\n" in printed
    assert "Geomean of B/s: 1.2624 over 1 matched workload\n" in printed
    assert "(sec/op): only in B" in printed
    assert "\x1b" not in printed


def test_the_terminal_prints_the_same_as_json(capsys):
    files = [str(published_path(f"benchstat/{name}")) for name in ("new.txt", "old.txt")]
    assert main(["compare", *files, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    first = said["compared"][0]
    assert (first["workload"], first["verdict"], first["a"]["n"]) == (
        "Encode/format=json-48",
        "superior",
        10,
    )
    assert first["verdict_line"].endswith(": superior (no A/A control)")
    assert all("no A/A control" in one["reasons"] for one in said["compared"])
    assert first["a"]["confidence"] == 0.978515625
    assert said["geomeans"][0]["matched"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["missing", "missing"], 1, "does not exist"),
        (["numbers", "numbers", "--unit", "MBps"], 1, "can mean more than one thing"),
        (["numbers", "numbers", "--margin", "2"], 2, "is not a share from 0 to 1"),
        (["numbers"], 2, "the following arguments are required: B"),
    ],
)
def test_what_cannot_be_compared_ends_in_a_sentence(  # noqa: PLR0917 (three of them are the case)
    tmp_path, monkeypatch, capsys, arguments, code, sentence
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numbers").write_text("1\n2\n")
    assert main(["compare", *arguments]) == code
    assert sentence in capsys.readouterr().err
