# noqa: INP001 (beside the shell scripts)
"""`python -m tools.changed`: the tests of what changed since main, one path a line.

A subject's tests are those of its folder, whichever room changed; what knows no subject is held by
the tests of `core`, and a room's own by the room's. The walls always count.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from components.core.navigation import ENTRIES

ROOT = Path(__file__).resolve().parents[1]
SUBJECT_OF = {entry.page: entry.subject for entry in ENTRIES}
WITHOUT_A_SUBJECT = frozenset({"core", "shared", "export", "cli"})


def main() -> int:
    """Print the paths of the tests; 0."""
    sys.stdout.write("".join(f"{path}\n" for path in paths_of(changed())))
    return 0


def changed() -> list[str]:
    """The files that differ from main, those that git does not know yet among them."""
    differing = _git("diff", "--name-only", _git("merge-base", "HEAD", "main")[0])
    return differing + _git("ls-files", "--others", "--exclude-standard")


def paths_of(files: Iterable[str]) -> list[str]:
    """The tests that hold these files, sorted, each once; a file of tests holds itself."""
    found = {"tests/test_walls.py"}
    for file in files:
        room, *rest = Path(file).parts
        found |= _of_room(room, rest)
        if room == "tests" and rest[-1].startswith("test_"):
            found.add(file)
    return sorted(path for path in found if (ROOT / path).exists())


def _of_room(room: str, rest: list[str]) -> set[str]:
    if room == "pages":
        page = Path(rest[0]).stem
        return {f"tests/{SUBJECT_OF.get(page, page)}", "tests/core"}
    if room in {"components", "queries"}:
        inside = rest[0] if len(rest) > 1 else "core"
        return {f"tests/{inside}", *({"tests/core"} if inside in WITHOUT_A_SUBJECT else ())}
    if room in {"warehouse", "ledger"}:
        inside = f"tests/{room}/{rest[0]}"
        return {inside if len(rest) > 1 and (ROOT / inside).is_dir() else f"tests/{room}"}
    if room == "tests":
        return {f"tests/{rest[0]}"} if len(rest) > 1 and rest[0] not in {"e2e", "load"} else set()
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").glob("test_*.py")}


def _git(*command: str) -> list[str]:
    git = ["git", *command]
    ran = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 (our words)
    return ran.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
