"""Whatever runs after a page was drawn asks the guard: every callback and dialog, by its source."""

import ast
import inspect
from pathlib import Path

import pytest
import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
DRAWING = sorted([ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("components/**/*.py")])
SOURCES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DRAWING}
# What Streamlit runs again by itself, without the page around it.
RERUN_ALONE = {"dialog", "fragment"}
# A callback that uses nothing else from outside its module sets this session's widgets and
# address: it reads no row and records nothing.
ITS_OWN_PAGE = {"st", "dt", "FILTERS", "link", "address"}


def functions(tree):
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def called(function):
    return {ast.unparse(one.func) for one in ast.walk(function) if isinstance(one, ast.Call)}


def reached(tree, name):
    """A function with the functions of its module that it calls, directly or not."""
    known, found, waiting = functions(tree), {}, [name]
    while waiting:
        one = waiting.pop()
        if one in known and one not in found:
            found[one] = known[one]
            waiting += called(known[one])
    return found


def asks(tree, name):
    return any("guard.authorise" in called(one) for one in reached(tree, name).values())


def keeps_to_its_own_page(tree, name):
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    if name.partition(".")[0] == "address":
        return True
    found = reached(tree, name)
    used = {
        node.id
        for function in found.values()
        for node in ast.walk(function)
        if isinstance(node, ast.Name)
    }
    return bool(found) and used & imported <= ITS_OWN_PAGE


def callbacks(tree):
    """What is handed over to be called later: a name, or the first thing a partial calls."""
    for node in ast.walk(tree):
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            if not (keyword.arg or "").startswith("on_") or isinstance(keyword.value, ast.Constant):
                continue
            handed = keyword.value
            while isinstance(handed, ast.Call) and handed.args:
                handed = handed.args[0]
            yield ast.unparse(handed)


def rerun_alone(tree):
    for name, function in functions(tree).items():
        marks = {ast.unparse(mark).split("(")[0].split(".")[-1] for mark in function.decorator_list}
        if marks & RERUN_ALONE:
            yield name


def unasked(source):
    """The callbacks, dialogs and fragments of a module that may act without the guard."""
    tree = ast.parse(source)
    known = functions(tree)
    # What draws again shows what it was given: without the guard it is given nothing.
    given = {name for name in rerun_alone(tree) if known[name].args.args}
    return {
        name
        for name in [*callbacks(tree), *rerun_alone(tree)]
        if not asks(tree, name) and (name in given or not keeps_to_its_own_page(tree, name))
    }


@pytest.mark.parametrize("module", SOURCES)
def test_every_callback_and_dialog_asks_the_guard(module):
    assert unasked(SOURCES[module]) == set()


def test_the_address_reads_no_row_and_records_nothing():
    names = {
        alias.name
        for node in ast.walk(ast.parse(SOURCES["components/core/address.py"]))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    # `request` knows which page is open, and no row of it.
    assert names <= {"Sequence", "Mapping", "link", "request"}


def test_the_callbacks_and_dialogs_are_found():
    found = {
        (module, name)
        for module, source in SOURCES.items()
        for name in [*callbacks(ast.parse(source)), *rerun_alone(ast.parse(source))]
    }
    assert {
        ("components/triage/action_forms.py", "_clicked"),
        ("components/triage/action_forms.py", "form"),
        ("components/core/filters.py", "_reset"),
    } <= found


@pytest.mark.parametrize("module", SOURCES)
def test_a_callback_is_handed_over_by_name(module):
    for node in ast.walk(ast.parse(SOURCES[module])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            widget = getattr(st, node.func.attr, None)
            takes = list(inspect.signature(widget).parameters) if inspect.isfunction(widget) else []
            places = [place for place, name in enumerate(takes) if name.startswith("on_")]
            assert len(node.args) <= min(places, default=len(node.args)), ast.unparse(node)


ACT = "from x import act\n"
BUTTON = "st.button('Act', on_click=partial(go, 1))\n"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"{ACT}{BUTTON}def go(): act()", {"go"}),
        (f"{ACT}{BUTTON}def go(): now()\ndef now(): act()", {"go"}),
        (f"{ACT}{BUTTON}def go(): now()\ndef now(): act(guard.authorise('act'))", set()),
        (f"{ACT}{BUTTON}def go(): st.session_state.clear()", set()),
        (f"{ACT}st.dataframe(rows, on_select=act)", {"act"}),
        (f"{ACT}st.dataframe(rows, on_select=lambda: act())", {"lambda: act()"}),
        ("@st.dialog('Act')\ndef form(row): st.write(row)", {"form"}),
        ("@st.dialog('Act')\ndef form(row): guard.authorise('act')", set()),
        ("@st.fragment(run_every=1)\ndef again(): st.rerun()", set()),
        (f"{ACT}@st.fragment\ndef again(): act()", {"again"}),
    ],
)
def test_one_that_does_not_ask_is_found(source, found):
    assert unasked(source) == found
