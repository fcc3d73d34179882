"""The walls between the rooms, read from the source: who may import whom, and what stands where."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from components.core.navigation import ENTRIES
from tests.law import holds_for

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "app.py",
    "asgi.py",
    "assets.py",
    "door.py",
    "errors.py",
    "logs.py",
    "settings.py",
    "telemetry.py",
    "components",
    "pages",
    "queries",
    "warehouse",
    "ledger",
    "tools",
)
PAGES = sorted((ROOT / "pages").glob("*.py"))
TOO_LONG_A_PAGE = 80
NO_SUBJECT = {"core", "shared", "export"}
# Each of them forks by default on Python 3.11 to 3.13.
FORKING = ("ProcessPoolExecutor", "multiprocessing.Process", "multiprocessing.Pool")

# A figure is a pure function of a frame, and so is a table or a file: these import no Streamlit.
PURE = re.compile(
    r"^components\.(?:.+\.)?(?:\w+_)?(?:figures|tables)(?:\.\w+)*$"
    r"|^components\.export\.(?:files|claim\.(?!buttons)\w+)$"
)
# What may be imported from the other rooms, by the room that imports.
OPEN_DOORS = {
    "pages": {"components", "queries", "streamlit"},
    "components": {
        "components",
        "logs",
        "loopback",
        "streamlit",
        "telemetry",
        "queries",
        "warehouse.clock",
        "warehouse.context",
        "warehouse.contract",
        "warehouse.flat",
    },
    "queries": {"errors", "ledger", "queries", "settings", "warehouse"},
    "queries.__main__": {"errors", "ledger", "logs", "queries", "settings", "warehouse"},
    "errors": set(),
    "ledger": {"errors", "ledger"},
    "assets": set(),
    "door": {"loopback", "queries.core.errors", "settings"},
    "loopback": set(),
    "logs": {"settings", "warehouse.errors"},
    "telemetry": {"settings", "warehouse.errors"},
    "warehouse": {"errors", "loopback", "warehouse"},
    "settings": {"loopback", "warehouse.errors"},
    "warehouse.__main__": {"errors", "settings", "warehouse"},
}
# How answers are made is nobody's business who draws them: only a page asks.
CLOSED = {
    "components": {
        "queries.cli",
        "queries.core.ask",
        "queries.core.derive",
        "queries.core.execute",
        "queries.core.snapshot",
    }
}
OURS = {
    "app",
    "asgi",
    "assets",
    "door",
    "errors",
    "logs",
    "loopback",
    "settings",
    "telemetry",
    "components",
    "pages",
    "queries",
    "warehouse",
    "ledger",
    "streamlit",
}
CLOCKS = re.compile(r"\b(now|utcnow|today|time\.time|time_ns|localtime|gmtime)$")
READ = {"clock.now", "clock.today"}
PRESENT = re.compile(r"\bclock\.(now|today)\(\)")
# What may be set against the wall clock: instants that outlive a process, never its own durations.
AGES = {
    "components.core.heading": {
        "clock.now() - min(stale)",
        "clock.today() - context.as_of",
        "days >= WORTH_SAYING_DAYS",
    },
    "components.core.tiles": {"clock.now() - answer.read_at"},
    "queries.triage.actions": {"clock.now() - at"},
    "warehouse.cache.cache": {
        "clock.now() - newest",
        "clock.now() - newest <= self._stalest",
        "clock.now() - request.made_at(value)",
        "clock.now() - request.made_at(value) <= self._stalest",
    },
    "warehouse.cache.snapshots": {"clock.now().timestamp"},
    "warehouse.check": {"cell > _bound(clock.now())"},
    "warehouse.sources.landing": {"watermark > now"},
    "warehouse.sources.benchmarks.registration": {"newest[STAMPED] >= now"},
}
ENGINES = {"duckdb", "polars", "sqlalchemy", "snowflake"}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product by its dotted name."""
    for room in ROOMS:
        where = ROOT / room
        for path in sorted(where.rglob("*.py")) if where.is_dir() else [where]:
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


SOURCES = {name: path.read_text(encoding="utf-8") for name, path in modules()}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}

every_module = holds_for(TREES)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def imports(module: str) -> set[str]:
    """The dotted names a module imports; `from queries import words` counts as queries.words."""
    found = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in TREES else str(node.module) for name in names}
    return found


def within(name: str, doors: set[str]) -> bool:
    return any(name == door or name.startswith(f"{door}.") for door in doors)


def attributes(module: str) -> set[str]:
    """Every dotted attribute that is looked up by name, as `os.environ`."""
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def texts(module: str) -> list[str]:
    """Every string of a module but its docstrings."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and ast.get_docstring(node) is not None
    }
    return [
        node.value
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
    ]


@every_module
def test_a_room_imports_only_through_its_doors(module: str):
    doors = OPEN_DOORS.get(module) or OPEN_DOORS.get(module.split(".", 1)[0])
    if doors is not None:
        ours = {name for name in imports(module) if name.split(".")[0] in OURS}
        assert {name for name in ours if not within(name, doors)} == set()
        closed = CLOSED.get(module.split(".", 1)[0], set())
        assert {name for name in ours if within(name, closed)} == set()


@every_module
def test_streamlit_stays_where_something_is_drawn(module: str):
    room = module.split(".", 1)[0]
    may = room in {"app", "asgi", "pages", "components"} and not PURE.match(module)
    assert may or not any(within(name, {"streamlit"}) for name in imports(module))


def test_core_knows_no_subject():
    known = {
        (module, name)
        for module in TREES
        if module.split(".")[1:2] == ["core"]
        for name in imports(module)
        if name.startswith(f"{module.split('.', 1)[0]}.") and name.split(".")[1] not in NO_SUBJECT
    }
    assert known == set()


def test_no_module_imports_itself_through_others():
    """Imports inside functions count: an order that works by chance is no order."""
    names = {name.removesuffix(".__init__"): name for name in TREES}
    graph = {
        short: [one for one in sorted(imports(name)) if one in names and one != short]
        for short, name in names.items()
    }
    TopologicalSorter(graph).prepare()


@every_module
def test_sql_stays_in_the_warehouse_and_the_ledger(module: str):
    if module.split(".", maxsplit=1)[0] not in {"warehouse", "ledger"}:
        assert not any(within(name, {"sqlalchemy", "snowflake"}) for name in imports(module))
        assert [text for text in texts(module) if re.search(r"\bSELECT\b.*\bFROM\b", text)] == []


def test_there_are_pages():
    assert len(PAGES) == len(ENTRIES) > 0


@every_page
def test_the_guard_is_the_first_statement_that_runs(page: Path):
    body = TREES[f"pages.{page.stem}"].body
    assert ast.get_docstring(TREES[f"pages.{page.stem}"])
    runs = [node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    guarded = f"guard.require({page.stem!r})"
    assert ast.unparse(runs[0]) in {guarded, f"viewer = {guarded}"}


@every_page
def test_a_page_is_a_table_of_contents(page: Path):
    module = f"pages.{page.stem}"
    assert SOURCES[module].count("\n") < TOO_LONG_A_PAGE
    assert not any(within(name, ENGINES) for name in imports(module))
    assert not re.search(r"\bpl\.", SOURCES[module])


def test_every_navigation_entry_has_its_page_and_every_page_its_entry():
    assert sorted(entry.page for entry in ENTRIES) == [page.stem for page in PAGES]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.page)
def test_a_page_draws_from_its_subject(entry):
    subject = f"components.{entry.subject}"
    assert any(within(name, {subject}) for name in imports(f"pages.{entry.page}"))


@every_module
def test_the_wall_clock_is_read_in_one_place(module: str):
    looked_up = [
        ast.unparse(node) for node in ast.walk(TREES[module]) if isinstance(node, ast.Attribute)
    ]
    read = [name for name in looked_up if CLOCKS.search(name) and name not in READ]
    assert read == (["dt.datetime.now"] if module == "warehouse.clock" else [])


@every_module
def test_no_duration_is_measured_on_the_wall_clock(module: str):
    compared = set()
    for function in ast.walk(TREES[module]):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        # A name that holds the present is the present.
        held = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and PRESENT.search(ast.unparse(node.value))
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.BinOp | ast.Compare):
                names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
                if PRESENT.search(ast.unparse(node)) or names & held:
                    compared.add(ast.unparse(node))
            elif ast.unparse(node) == "clock.now().timestamp":
                compared.add(ast.unparse(node))
    assert compared == AGES.get(module, set())


def test_every_clock_is_read_through_the_one_module():
    direct = {"time.monotonic", "time.perf_counter", "time.process_time"}
    readers = {module for module in TREES if attributes(module) & direct}
    assert readers == {"warehouse.clock"}


@every_module
def test_settings_alone_read_the_environment(module: str):
    reads = attributes(module) & {"os.environ", "os.getenv"}
    assert reads == ({"os.environ"} if module == "settings" else set())


def test_no_process_is_forked_beside_threads():
    forked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted([*ROOT.glob("*/**/*.py"), *ROOT.glob("*.py")])
        if not path.relative_to(ROOT).parts[0].startswith(".")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(FORKING)
        and not any(keyword.arg == "mp_context" for keyword in node.keywords)
    ]
    assert forked == []


@every_module
def test_nothing_is_cached_by_a_frame(module: str):
    streamlit_caches = {"st.cache_data", "st.cache_resource", "st.memo", "st.singleton"}
    assert attributes(module) & streamlit_caches == set()
    for function in ast.walk(TREES[module]):
        if isinstance(function, ast.FunctionDef):
            cached = any("cache" in ast.unparse(mark) for mark in function.decorator_list)
            assert not (cached and "Frame" in ast.unparse(function.args)), function.name


@every_module
def test_data_never_becomes_html(module: str):
    words = [
        keyword.arg
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    ]
    assert "unsafe_allow_html" not in words
    html = [
        ast.unparse(node)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"st.html", "st.iframe"}
    ]
    assert html == (["st.html(STYLESHEET)"] if module == "components.core.stylesheet" else [])


@every_module
def test_two_scripts_of_our_own_reach_the_browser_and_write_no_html(module: str):
    made = [
        node
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call) and "components.v" in ast.unparse(node.func)
    ]
    assert len(made) == (module in {"components.export.download", "components.core.focus"})
    for node in made:
        given = {ast.unparse(word.value) for word in node.keywords}
        assert "SCRIPT" in given <= {"SAYS", "STYLE", "SCRIPT"}
    writes = re.compile(r"(inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\b|Function\(")
    assert [text for text in texts(module) if writes.search(text)] == []


@every_module
def test_a_file_is_made_only_where_the_guard_was_asked(module: str):
    makers = {
        function.name
        for function in ast.walk(TREES[module])
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "file.make"
    }
    offers = ["download_button" for name in attributes(module) if name == "st.download_button"]
    assert makers == {
        "components.export.delivery": {"deliver"},
        "components.export.download": {"_asked"},
    }.get(module, set())
    assert offers == (["download_button"] if module == "components.export.download" else [])


def test_the_stylesheet_is_one_constant_of_the_module():
    values = [
        node.value
        for node in TREES["components.core.stylesheet"].body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CSS"
    ]
    names = {node.id for value in values for node in ast.walk(value) if isinstance(node, ast.Name)}
    assert len(values) == 1
    assert all(name.isupper() for name in names)


@pytest.mark.parametrize(
    "path",
    [
        ROOT / ".streamlit" / "config.toml",
        *sorted((ROOT / "components").rglob("*.svg")),
        *(path for name, path in modules() if name.split(".")[0] in {"app", "components", "pages"}),
    ],
    ids=lambda path: path.name,
)
def test_the_browser_is_sent_nowhere_else(path: Path):
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", source) == []


def test_everything_but_drawing_works_without_streamlit():
    rooms = {"queries", "warehouse", "ledger"}
    names = [
        name.removesuffix(".__init__")
        for name in TREES
        if name.split(".")[0] in rooms or PURE.match(name)
    ]
    names.remove("ledger.migrations.env")  # Alembic alone runs it, around a migration.
    code = (
        "import importlib, sys; sys.modules['streamlit'] = None\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print('imported', len(sys.argv))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "imported 1\n"), ran.stderr
    assert len(names) > 50
