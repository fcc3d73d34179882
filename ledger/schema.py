"""The schema a ledger has, and the way to the one this Bellwether knows: Alembic's migrations."""

import threading
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ledger import engine as engines
from ledger.errors import LedgerNewer

FOLDER = Path(__file__).with_name("migrations")
# Alembic keeps the migration under way in its module, so a process runs one at a time.
_one_at_a_time = threading.Lock()


def prepare(engine: sa.Engine) -> None:
    """Bring the tables of the ledger to the newest schema; several processes may ask at once.

    A ledger that is there already is left alone. Raises `LedgerNewer` for one whose schema this
    Bellwether does not know, which is then not touched.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    scripts = ScriptDirectory.from_config(config)
    with _one_at_a_time, engines.alone(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            raise LedgerNewer(
                f"The ledger was written by a newer Bellwether (schema {current}).",
                "Update Bellwether, or name another ledger in BELLWETHER_LEDGER.",
            )
        if current != scripts.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
