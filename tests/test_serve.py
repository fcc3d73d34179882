"""`make run`: behind a proxy, killed, and with a package of its environment missing."""

import ast
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import settings

ROOT = settings.ROOT
SECONDS_TO_START, SECONDS_TO_END = 60, 20
# Starts what it is given, says its process id, and waits to be killed.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:])
print(child.pid, flush=True)
time.sleep(600)
"""
CHILD = """
import time
from tools.serve import _started
child = _started("-c", "import time; time.sleep(600)", quiet=True)
print(child.pid, flush=True)
time.sleep(600)
"""


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def waited(until, seconds):
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        time.sleep(0.05)
    return until()


def children(pid):
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(child) for child in said.split()]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def python(*words, **environment):
    """A Python process whose output is read; ended with its whole group."""
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")
def test_what_serve_starts_ends_when_it_is_killed():
    with python("-c", CHILD) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        assert waited(lambda: not is_alive(child), SECONDS_TO_END)


def test_serve_starts_every_process_so_that_it_ends_with_it():
    tree = ast.parse((ROOT / "tools" / "serve.py").read_text(encoding="utf-8"))
    starts = [
        ast.unparse(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("subprocess.")
    ]
    assert starts == ["subprocess.Popen"]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")
def test_behind_a_proxy_it_serves_keeps_its_files_private_and_ends_with_make(demo_file, tmp_path):
    made, port = tmp_path / "made", free_port()
    proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    # Nobody listens on the discard port: whatever asks the proxy fails.
    through = dict.fromkeys(proxies, "http://127.0.0.1:9") | {"no_proxy": "", "NO_PROXY": ""}
    with python(
        "-c",
        PARENT,
        *(sys.executable, "-m", "tools.serve", "--with-parent"),
        **through,
        PORT=str(port),
        BELLWETHER_WAREHOUSE=f"duckdb:///{demo_file}",
        BELLWETHER_LEDGER=f"sqlite:///{made / 'ledger.sqlite'}",
        BELLWETHER_LAST_GOOD=str(made / "last-good"),
    ) as make:
        serve = int(make.stdout.readline())
        try:
            assert make.stdout.readline() == (
                f"Bellwether is on http://localhost:{port} (Ctrl-C stops it)\n"
            )
            [server] = children(serve)
            assert waited(lambda: any((made / "last-good").glob("*.parquet")), SECONDS_TO_START)
            modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in made.rglob("*")}
            assert modes == {(True, 0o700), (False, 0o600)}
            assert stat.S_IMODE(made.stat().st_mode) == 0o700
            make.kill()
            assert waited(lambda: not is_alive(serve) and not is_alive(server), SECONDS_TO_END)
        finally:
            if is_alive(serve):
                os.kill(serve, signal.SIGKILL)


def test_the_loopback_address_is_spared_the_proxy_beside_what_already_is(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet.example.com")
    monkeypatch.delenv("no_proxy", raising=False)
    settings.reach_this_machine_directly()
    settings.reach_this_machine_directly()
    spared = "intranet.example.com,localhost,127.0.0.1,::1"
    assert (os.environ["no_proxy"], os.environ["NO_PROXY"]) == (spared, spared)
    monkeypatch.setenv("no_proxy", "*")
    settings.reach_this_machine_directly()
    assert os.environ["no_proxy"] == "*"


@pytest.mark.parametrize(
    ("lock", "spoil", "code"),
    [
        ("amber==1.0 \\\n    --hash=sha256:00", None, 0),
        ("# none\namber==1.0\nwindows-only==3.0 ; sys_platform == 'win32'", None, 0),
        ("amber==1.0", "amber/leaf.py", 1),
        ("amber==1.0", "amber-1.0.dist-info/RECORD", 1),
        ("amber==2.0", None, 1),
        ("amber==1.0\nbirch==1.0", None, 1),
    ],
)
def test_an_environment_is_whole_or_what_is_left_is_forgotten(tmp_path, lock, spoil, code):
    files = ("amber/leaf.py", "amber-1.0.dist-info/METADATA", "amber-1.0.dist-info/RECORD")
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Name: amber\nVersion: 1.0\n")
    record = "".join(f"{name},,\n" for name in (*files, "amber/__pycache__/leaf.pyc"))
    (tmp_path / files[-1]).write_text(record)
    (tmp_path / "lock.txt").write_text(lock)
    if spoil:
        (tmp_path / spoil).unlink()
    run = (
        f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r}); "
        f"sys.argv = ['complete', {str(tmp_path / 'lock.txt')!r}]; "
        f"runpy.run_path({str(ROOT / 'tools' / 'complete.py')!r}, run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-c", run], check=False)
    assert ran.returncode == code
    left = (tmp_path / "amber-1.0.dist-info").exists()
    assert left == (code == 0 or "birch" in lock or spoil == files[-1])
