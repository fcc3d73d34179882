"""Nothing in the product is there that no part of the product, its pages or its readers use.

A public name is used where another module of the product imports it or reads it from a module,
where its own module names it outside its definition, or where README or docs tell a reader to call
it. A public method or field is used where something of its name is read anywhere: the cheapest law
that no framework's magic breaks. Tests do not count.
"""

import ast
import re
from enum import Enum
from importlib import import_module

import dataframely as dy
import pytest

from components.core.stylesheet import CSS
from settings import SETTINGS
from tests.test_walls import ROOT, TREES

# What a package collects by name, so that no list has to be kept by hand.
COLLECTED = {"METRICS", "QUESTIONS", "ROLLUP", "TABLES"}
# What a framework calls, by the names it looks for.
CALLED = {
    "app": "Streamlit, in asgi.py",
    "revision down_revision upgrade downgrade": "Alembic, in a migration",
    "impl cache_ok process_bind_param process_result_value": "SQLAlchemy, of a type of column",
    "inherit_cache": "SQLAlchemy, of an element of SQL",
    "supports_statement_cache": "SQLAlchemy, of a dialect",
}
BY_FRAMEWORKS = {name for names in CALLED for name in names.split()}
# A column of an answer or a table, and a word of a list, is used by whoever reads rows.
OF_ROWS = (dy.Schema, Enum, tuple)
FOLDERS = ("components", "docs", "ledger", "pages", "queries", "tests", "tools", "warehouse")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCS = "\n".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
)
MODULES = {name.removesuffix(".__init__"): tree for name, tree in TREES.items()}


def is_public(name):
    return not name.startswith("_") and name not in BY_FRAMEWORKS | COLLECTED


def names_of(statement):
    """The names that a statement defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [one.id for one in targets if isinstance(one, ast.Name)]


def loaded(tree):
    """Each name that is read, as often as it is."""
    return [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]


def asked_for():
    """Every (module, name) that some module imports, or reads from a module it imported."""
    found = set()
    for tree in MODULES.values():
        called = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found.add((node.module, alias.name))
                    called[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Import):
                called |= {alias.asname or alias.name: alias.name for alias in node.names}
        found |= {
            (called[node.value.id], node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in called
        }
    return found


def unused_names(modules=MODULES):
    """Every public name of a module that nothing uses."""
    asked = asked_for()
    for module, tree in modules.items():
        read = loaded(tree)
        for statement in tree.body:
            for name in filter(is_public, names_of(statement)):
                inside = loaded(statement).count(name)
                used = read.count(name) > inside or (module, name) in asked
                if not used and f"{module.split('.')[0]}.{name}(" not in DOCS:
                    yield f"{module}.{name}"


def read_anywhere():
    """Every attribute that is read, and every text, by which one may be looked up."""
    found = set()
    for tree in MODULES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def unused_members():
    """Every public method and field of a public class that nothing reads."""
    read = read_anywhere()
    for module, tree in MODULES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                members = [name for part in node.body for name in names_of(part)]
                unread = [name for name in members if is_public(name) and name not in read]
                if unread and not issubclass(getattr(import_module(module), node.name), OF_ROWS):
                    yield from (f"{module}.{node.name}.{name}" for name in unread)


def test_every_public_name_is_used_by_the_product():
    assert sorted(unused_names()) == []


def test_every_public_member_of_a_class_is_read_by_the_product():
    assert sorted(unused_members()) == []


@pytest.mark.parametrize(
    "source",
    [
        "def spare():\n    return 1",
        "SPARE = 1",
        "class Spare:\n    pass",
        "def spare():\n    return spare()",
    ],
)
def test_a_name_that_nobody_uses_would_be_found(source):
    found = list(unused_names({"queries.made_up": ast.parse(source)}))
    assert [name.lower() for name in found] == ["queries.made_up.spare"]


def test_what_a_package_offers_is_imported_from_it():
    """A name that a package hands on is one that somebody takes from the package."""
    asked = asked_for()
    unasked = {
        f"{module}.{name}"
        for module, tree in MODULES.items()
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for name in ast.literal_eval(node.value)
        if (module, name) not in asked and f"{module}.{name}(" not in DOCS
    }
    assert unasked == set()


def test_every_container_that_the_stylesheet_names_is_drawn():
    """By the whole key, or by what a key that holds a name begins with."""
    keys = set(re.findall(r"\.st-key-(\w+)", CSS))
    drawn = {
        name: tree for name, tree in MODULES.items() if name.startswith(("components", "pages"))
    }
    texts, begun = set(), set()
    for node in (node for tree in drawn.values() for node in ast.walk(tree)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            begun.add(node.values[0].value)
    begun = tuple(text for text in begun if re.fullmatch(r"\w+_", text))
    assert {key for key in keys if key not in texts and not key.startswith(begun)} == set()
    assert len(keys) > 10


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_read(name):
    """By a function of the settings, by a module that asks for it, or by a tool."""
    read = [text for tree in MODULES.values() for text in texts_of(tree) if text == name]
    tools = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tools").glob("[!_]*")
        if path.is_file()
    ]
    # Once it is declared.
    assert len(read) > 1 or any(name in tool for tool in tools)


def texts_of(tree):
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_file_or_module_that_a_document_names_is_there(document):
    text = document.read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`", text)
    dotted = re.findall(rf"`((?:{'|'.join(FOLDERS)})(?:\.[a-z_]+)+)`", text)
    named += [one.replace(".", "/") for one in dotted if ".toml" not in one]
    gone = [one for one in named if not (ROOT / one).exists() and not (ROOT / f"{one}.py").exists()]
    assert gone == []


def test_what_frameworks_call_is_there():
    defined = {
        name
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
        for name in names_of(node)
    }
    assert defined >= BY_FRAMEWORKS
