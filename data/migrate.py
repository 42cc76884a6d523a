"""Migrations: applied when the store is opened, one program at a time, all of a step or nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from data.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"
TURNS = 5
LOCK = 7_112_014  # any number that only this program uses, for PostgreSQL's advisory lock


def upgrade(engine: Engine) -> None:
    """Bring the store to this version's tables. Raises StoreError when a newer version wrote it."""
    script = ScriptDirectory.from_config(configuration())
    with engine.connect() as connection:
        if _current(connection, script, engine) == script.get_current_head():
            return
    for turn in range(1, TURNS + 1):
        try:
            _to_the_newest(engine)
            break
        except OperationalError as error:  # a reader held one table and asked for another that was being changed
            if "deadlock" not in str(error.orig) or turn == TURNS:
                raise


def _to_the_newest(engine: Engine) -> None:
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _current(connection: Connection, script: ScriptDirectory, engine: Engine) -> str | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision and revision not in {step.revision for step in script.walk_revisions()}:
        raise StoreError(
            f"the store {engine.url.render_as_string()} was written by a newer version of Plumbline"
            f" (its tables are at {revision!r}); upgrade Plumbline, or point [store] url elsewhere"
        )
    return revision


def configuration() -> Config:
    """Where Alembic finds the migrations; the caller adds the connection to run on."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
