# noqa: INP001 (run by its path, before anything of ours can be imported)
"""`python tools/complete.py LOCK`: exit code 0 where every package of a lock file is whole.

1 where one is missing, of another version or lacks a file; what is left of it is then forgotten,
so that an installer brings it again.
"""

import shutil
import sys
from importlib import metadata
from pathlib import Path

try:
    from packaging.requirements import Requirement
except ImportError:
    # It is in every lock file itself.
    sys.exit(1)


def main() -> int:
    """Look at every package of the lock file; the exit code."""
    broken = [wanted for wanted in _wanted(Path(sys.argv[1])) if not _is_whole(wanted)]
    return int(bool(broken))


def _wanted(lock: Path) -> list[Requirement]:
    pins = (line for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())
    wanted = [Requirement(pin.rstrip(" \\")) for pin in pins]
    return [one for one in wanted if one.marker is None or one.marker.evaluate()]


def _is_whole(wanted: Requirement) -> bool:
    try:
        found = metadata.distribution(wanted.name)
    except metadata.PackageNotFoundError:
        return False
    files = [Path(str(file.locate())) for file in found.files or ()]
    whole = wanted.specifier.contains(found.version, prereleases=True) and bool(files)
    if whole and all(file.exists() for file in files if file.suffix != ".pyc"):
        return True
    for folder in {file.parent for file in files if file.parent.suffix == ".dist-info"}:
        shutil.rmtree(folder, ignore_errors=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
