from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.demo import Demo, build, generate


@pytest.fixture(scope="session")
def demo() -> Demo:
    return generate()


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "warehouse.duckdb"
    build(path)
    return path


@pytest.fixture(scope="session")
def warehouse(demo_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_path), read_only=True) as connection:
        yield connection
