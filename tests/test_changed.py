"""Which tests a change asks for."""

import pytest

from tools.changed import paths_of

WALLS = "tests/test_walls.py"


@pytest.mark.parametrize(
    ("files", "asked_for"),
    [
        ([], [WALLS]),
        (["queries/usage/charges.py"], [WALLS, "tests/usage"]),
        (["components/usage/sections.py", "queries/usage/metrics.py"], [WALLS, "tests/usage"]),
        (["pages/score_proof.py"], ["tests/core", "tests/health", WALLS]),
        (["queries/core/ask.py"], ["tests/core", WALLS]),
        (["queries/shared/words.py"], ["tests/core", "tests/shared", WALLS]),
        (["warehouse/read.py"], [WALLS, "tests/warehouse"]),
        (["warehouse/cache/cache.py"], [WALLS, "tests/warehouse/cache"]),
        (["tests/usage/usage_growth.sql"], [WALLS, "tests/usage"]),
        (["tests/e2e/test_operations.py"], ["tests/e2e/test_operations.py", WALLS]),
        (["docs/gone.md", "queries/no_such_subject/gone.py"], None),
    ],
)
def test_a_change_asks_for_the_paths_of_its_subject(files, asked_for):
    found = paths_of(files)
    if asked_for is None:
        # Documents are held by the tests of the whole; what is gone has none.
        assert "tests/test_readme.py" in found
        assert not any("no_such_subject" in path for path in found)
    else:
        assert found == sorted(asked_for)
