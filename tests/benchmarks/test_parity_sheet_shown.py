"""The parity sheet as a list: what is not equal, in the order in which it matters."""

from components.benchmarks import parity_sheet, sections
from queries.benchmarks.checks import CheckName, CheckState
from tests.benchmarks.claimed import checks, sheet


def cell(setting, parity, value="1", baseline_value="2", **facts):
    return {
        "setting": setting,
        "parity": parity,
        "value": value,
        "baseline_value": baseline_value,
        "setting_group": "Network",
        "is_under_test": False,
        "description": "asked",
        "is_unbounded": False,
        **facts,
    }


SHEET = sheet(
    cell("storage", "DISCLOSED", "Ours", "Theirs", is_under_test=True),
    cell("zone", "UNKNOWN", "z", None, is_unbounded=True),
    cell("unit", "UNKNOWN", None, None, worst_case_factor=1.05, worst_case_source="Sums"),
    cell("price", "DISCLOSED", setting_group="Money"),
    cell("mtu_size", "DISCLOSED", unit="bytes", worst_case_factor=1.1, favours="system"),
    cell("fill", "DISCLOSED", favours="baseline", worst_case_factor=1.2),
    cell("kernel", "EQUAL", "6", "6", source="log"),
    cell("proof", "UNKNOWN", None, None, broken_rule="must be known"),
    cell("extra", "UNKNOWN", None, "3", setting_group="Other"),
)


def read(text):
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def test_rules_broken_then_differences_then_unknowns_then_what_is_under_test():
    assert read(parity_sheet.listed(SHEET)).split("\n- ") == [
        "- *no bound* :red[▲ breaks a rule] **proof**  \n  must be known",
        "*×1.10* :red[▲ differs] **mtu size**  \n  1 bytes against 2; favours the system",
        "*×1.20* :yellow[◆ differs] **fill**  \n  1 against 2; favours the baseline",
        "*per USD only* :yellow[◆ differs] **price**  \n  1 against 2",
        "*no bound* :red[▲ unknown] **zone**  \n  z against unknown",
        "*×1.05* :gray[○ unknown] **unit**  \n  Sums",
        "*compared* :green[● under test] **storage**  \n  Ours against Theirs",
    ]


def test_what_is_equal_or_asked_by_nobody_is_folded():
    assert parity_sheet.folded(SHEET).rows() == [
        ("● equal", "kernel", "6", "6"),
        ("○ unknown", "extra", "unknown", "3"),
    ]
    assert parity_sheet.fold_label(SHEET) == "● 1 equal · ○ 1 unknown, not asked"
    assert parity_sheet.fold_label(SHEET.filter(parity="EQUAL")) == "● 1 equal"
    assert parity_sheet.fold_label(SHEET.clear()) == ""


def test_where_all_is_folded_the_list_says_that_nothing_differs():
    assert parity_sheet.listed(SHEET.filter(parity="EQUAL")) == f"- {parity_sheet.NOTHING}"


def test_text_of_the_data_is_no_markup():
    line = parity_sheet.listed(sheet(cell(":red[x]", "DISCLOSED", "*a*", "<b>")))
    assert "**\\:red\\[x\\]**" in line
    assert "\\*a\\* against \\<b\\>" in line


def test_checks_stand_failed_inconclusive_unknown_then_passed():
    frame = checks(
        {"system_role": "both", "check": "order", "state": "pass", "sentence": "In turns."},
        {"system_role": "both", "check": "ceiling", "state": "unknown", "sentence": "Nobody says."},
        {"system_role": "baseline", "check": "drift", "state": "fail", "sentence": "It drifts."},
        {"system_role": "both", "check": "power", "state": "inconclusive", "sentence": "Takes 30."},
    )
    assert read(sections.check_list(frame)).split("\n") == [
        "- :red[▲ Fail] **drift**, the baseline: It drifts.",
        "- :yellow[◆ Inconclusive] **power**: Takes 30.",
        "- :gray[○ Unknown] **ceiling**: Nobody says.",
        "- :green[● Pass] **order**: In turns.",
    ]


def test_every_check_and_state_has_its_words():
    assert list(sections.CHECKS) == list(CheckName)
    assert sections.STATES.keys() == set(CheckState)
