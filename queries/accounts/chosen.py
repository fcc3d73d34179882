"""The account that a question is about: named by its id, seen only inside the scope."""

from collections.abc import Mapping

from queries.core.question import Parameter

ACCOUNT = Parameter(
    name="account", description="Account id; without one, or outside the scope, there are no rows"
)


def of(account: str | None) -> Mapping[str, tuple[str, ...]]:
    """What `Read.equal` keeps of a table that names its account; nothing where none is chosen."""
    return {"account_id": () if account is None else (account,)}
