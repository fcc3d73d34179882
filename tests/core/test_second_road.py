"""Every answer is had on a second road: hand-written SQL, or a test that stands in and is named."""

import ast
from pathlib import Path

from queries.core.catalog import QUESTIONS
from tests.cases import TESTS, references, written
from tests.law import holds_for

ROOT = TESTS.parent


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@holds_for(QUESTIONS)
def test_a_question_has_a_second_road(name):
    assert (name in written()) != (name in references()), f"{name} has none, or two"


@holds_for(references().items())
def test_what_stands_in_for_sql_is_there(reference):
    name, test = reference
    path, _, function = test.partition("::")
    assert name in QUESTIONS
    assert function in functions(ROOT / path)


def test_no_sql_is_written_in_vain():
    """Each is compared in some test, or stands in another as a subquery."""
    tests = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py"))
    sql = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.sql"))
    vain = {
        name
        for name in written()
        if f'"{name}"' not in tests and f"{{{name}}}" not in sql and f"{name}.sql" not in tests
    }
    assert vain == set()
