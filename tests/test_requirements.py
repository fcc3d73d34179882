"""What is imported is declared, and what is declared is imported or says what it is there for."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.test_walls import OURS, ROOT, TREES

OURS_OR_PYTHONS = {*OURS, "loopback", "tools", "tests", *sys.stdlib_module_names}
DISTRIBUTIONS = packages_distributions()
TABLE = re.compile(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(part):
    """The packages that a requirements file names itself."""
    lines = (ROOT / f"requirements{part}.in").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith(("#", "-r"))]
    return {canonical(re.match(r"[\w.-]+", line)[0]) for line in named}


def imported(tree):
    """The distributions of the packages that a module imports, whichever of them brings it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    return {
        name: frozenset(map(canonical, DISTRIBUTIONS.get(name, [name])))
        for name in names - OURS_OR_PYTHONS
    }


def wanted():
    """Every package that the product imports, with the module and the distributions of it."""
    for module, tree in TREES.items():
        for name, distributions in imported(tree).items():
            yield module, name, distributions


def test_every_package_that_the_product_imports_is_declared():
    base = declared("")
    extras = {
        "warehouse.engine.snowflake": declared("-snowflake"),
        "telemetry": declared("-telemetry"),
    }
    missing = {
        (module, name)
        for module, name, distributions in wanted()
        if not distributions
        & base.union(*(of for where, of in extras.items() if module.startswith(where)))
    }
    assert missing == set()
    assert {name for _, name, _ in wanted()} >= {"pandas", "polars", "snowflake", "starlette"}


@pytest.mark.parametrize("part", ["", "-dev", "-snowflake", "-telemetry", "-bench", "-fakesnow"])
def test_every_package_that_is_declared_says_in_the_readme_what_it_is_for(part):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = TABLE.findall(text[text.index("## Dependencies") :])
    named = {canonical(re.sub(r"\[\w+\]", "", one)) for row in rows for one in row.split(", ")}
    assert declared(part) <= named


def test_a_lock_file_holds_every_package_that_is_declared():
    for part in ("", "-dev", "-snowflake", "-telemetry", "-bench", "-fakesnow"):
        lock = (ROOT / f"requirements{part}.txt").read_text(encoding="utf-8")
        pinned = re.findall(r"^([\w.-]+)(?:\[\w+\])?==", lock, re.MULTILINE)
        locked = set(map(canonical, pinned))
        assert declared(part) <= locked
