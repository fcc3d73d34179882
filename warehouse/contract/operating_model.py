"""Readiness tasks of the operating model."""

import dataframely as dy

from warehouse.contract.columns import day, flag, identifier, instant, text, word
from warehouse.contract.table import SHARED, Table


class ReadinessTasks(dy.Schema):
    """One row per task and instant at which its state was recorded."""

    task_id = identifier("Task id", key=True)
    recorded_at = instant("When our warehouse learned this state", key=True)
    workstream = text("Workstream", nullable=False)
    title = text("Title", nullable=False)
    owner_role = text("Role that owns it")
    due_date = day("Due", nullable=True)
    status = word("Status", "todo", "doing", "blocked", "done")
    depends_on = text("Task ids it waits for, comma-separated")
    is_role = flag("The task is a role to be staffed")
    phase = word("Phase it is needed for", "private", "public", "saas", nullable=True)


TABLES = (
    Table(
        name="readiness_tasks",
        schema=ReadinessTasks,
        source="Operating model",
        known_at="recorded_at",
        path=SHARED,
    ),
)
