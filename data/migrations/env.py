"""How Alembic runs the migrations: on the connection that it is handed, inside its transaction."""

from typing import Any, Literal

from alembic import context

from data.columns import Json, UtcDateTime
from data.schema import metadata


def plain(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A migration keeps to the database's own types, so that it reads the same when ours change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    render_item=plain,
)
context.run_migrations()
