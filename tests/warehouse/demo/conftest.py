from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.demo.company import Demo, generate


@pytest.fixture(scope="session")
def demo() -> Demo:
    return generate()


@pytest.fixture(scope="session")
def warehouse(demo_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_file), read_only=True) as connection:
        yield connection
