import pytest

import settings
from warehouse import demo, publish
from warehouse.__main__ import main
from warehouse.contract.tables import TABLES


@pytest.fixture
def embedded(tmp_path, monkeypatch):
    """The embedded demo's address moved to a folder of one's own; building it is counted."""
    path = tmp_path / "demo.duckdb"
    built = []

    def build(target, *, progress):
        built.append(target)
        progress("generating the company", 0.5)
        with publish.next_version(target):
            pass

    monkeypatch.delenv("BELLWETHER_WAREHOUSE", raising=False)
    monkeypatch.setattr(settings, "DEMO_URL", f"duckdb:///{path}")
    monkeypatch.setattr(demo, "build", build)
    monkeypatch.setattr(demo, "is_current", lambda target: target in built)
    return path, built


def people(folder):
    path = folder / "people.csv"
    path.write_text("person_id,name,is_active\np1,Ada,yes\n")
    return str(path)


def test_the_demo_is_built_once(embedded, capsys):
    path, built = embedded
    assert main(["demo"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        f"Building the demo at {path}.",
        "generating the company",
    ]
    assert main(["demo"]) == 0
    assert capsys.readouterr().out == f"The demo is already built at {path}; nothing changed.\n"
    assert built == [path]


def test_a_demo_of_another_version_is_built_again(embedded, capsys):
    path, built = embedded
    main(["demo"])
    built.clear()
    capsys.readouterr()
    assert main(["demo"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"The demo at {path} is of another version of Bellwether."
    assert built == [path]


def test_rebuild_builds_it_again(embedded):
    path, built = embedded
    main(["demo"])
    assert main(["demo", "--rebuild"]) == 0
    assert built == [path, path]


def test_a_load_into_the_demo_builds_it_first_and_says_so(embedded, tmp_path, capsys):
    path, built = embedded
    assert main(["load", "tables", people(tmp_path)]) == 0
    said = capsys.readouterr()
    assert f"Building the demo at {path}." in said.err.splitlines()
    assert "people: 1 rows read, 1 loaded" in said.out
    assert main(["load", "tables", people(tmp_path)]) == 0
    assert built == [path]


def test_a_refused_load_builds_no_demo(embedded, tmp_path):
    path, built = embedded
    assert main(["load", "tables", str(tmp_path / "nowhere")]) == 1
    assert built == []
    assert not path.exists()


def test_the_demo_never_overwrites_a_warehouse_of_ones_own(tmp_path, monkeypatch, capsys):
    own = tmp_path / "own.duckdb"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{own}")
    assert main(["demo", "--rebuild"]) == 1
    assert "a warehouse of your own" in capsys.readouterr().err
    assert not own.exists()


def test_a_named_warehouse_that_is_not_there_is_created_with_every_table(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'own.duckdb'}")
    assert main(["load", "tables", people(tmp_path)]) == 0
    assert main(["check"]) == 0
    others = len(TABLES) - 1
    assert (
        f"1 of {len(TABLES)} tables meet the contract; {others} hold nothing and are unknown."
    ) in capsys.readouterr().out
