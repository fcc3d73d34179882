"""A PostgreSQL server of the tests' own: private, on a socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

MOST_CONNECTIONS = 300


def programs() -> Path | None:
    """The folder of the server's programs: BELLWETHER_POSTGRES, or what tools/postgres finds."""
    named = os.environ.get("BELLWETHER_POSTGRES")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: int(at.parent.name))
    beside = shutil.which("pg_ctl")
    candidates = [named, *reversed(debian), beside and Path(beside).parent]
    found = (Path(folder) for folder in candidates if folder)
    return next((folder for folder in found if (folder / "initdb").is_file()), None)


class Cluster:
    """One server; each test finds its database empty."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder
        self.home = Path(tempfile.mkdtemp(prefix="ledger-", dir="/tmp"))
        # PostgreSQL does not run as root.
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.home, user.pw_uid, user.pw_gid)
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._run("initdb", "-U", "ledger", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        # Nothing here ends the machine, so a write need not wait for its disk.
        options = (
            f"-k {self.home} -c listen_addresses='' -c fsync=off "
            f"-c max_connections={MOST_CONNECTIONS}"
        )
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self.home / "log"), "start")

    def crash(self) -> None:
        """End every process of the server at once, as a machine that loses power does."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def empty(self) -> str:
        """The URL of the one database, of which everything is dropped."""
        with psycopg.connect(f"host={self.home} user=ledger dbname=postgres") as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return f"postgresql://ledger@/postgres?host={self.home}"

    def remove(self) -> None:
        self.crash()
        shutil.rmtree(self.home)

    def _run(self, program: str, *arguments: str) -> None:
        ran = subprocess.run(
            [self._bin / program, "-D", self.home / "data", *arguments],
            cwd=self.home,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **self._user,
        )
        assert ran.returncode == 0, ran.stderr


def cluster() -> Cluster | None:
    """A running server, or None where the machine has none."""
    folder = programs()
    if folder is None:
        return None
    server = Cluster(folder)
    server.start()
    return server
