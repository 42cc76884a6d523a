"""The version of a store's tables, looked at without the tool that changes them: nearly always they are the newest."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

STEPS = Path(__file__).parent / "migrations" / "versions"  # each file begins with the number that it leads to


def newest() -> str:
    """The version that this program writes."""
    return max(file.name.partition("_")[0] for file in STEPS.glob("[0-9]*.py"))


def is_newest(engine: Engine) -> bool:
    """Whether a store has this program's tables; one without any has not."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest()
