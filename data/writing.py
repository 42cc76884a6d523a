"""Rows written into a table: one that is there already is replaced, unless the copy at hand is older than it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Dialect, Insert, MetaData, Select, Table, and_, null, or_, select
from sqlalchemy.schema import CreateTable, DropTable

from data.cells import cells, is_array
from data.engine import bare_cursor, insert_into

if TYPE_CHECKING:
    from numpy.typing import NDArray

Columns = Mapping[str, "Sequence[Any] | NDArray[Any]"]  # the values of some rows, by column
GUARDS = ("updated_at", "seen_at")
LARGEST_BATCH = 5000
COPIED_FROM = 1000  # rows: fewer are sooner written one by one than copied beside the table and merged
STAMP = "stamp"


def write(connection: Connection, table: Table, columns: Columns, number: int | None) -> None:
    """Write rows, the last of each key; they carry the transaction's number where the table has a place for it.

    Raises ValueError for a column that the table does not have, a key that is lacking, and a value of a wrong type.
    """
    writing = _writing(table, _names(table, columns), connection.dialect)
    columns = _last_of_each(table, columns)
    many = _many(columns)
    if connection.dialect.name == "postgresql" and many >= COPIED_FROM:
        writing.copy(connection, writing.given(columns, number))
        return
    for start in range(0, many, LARGEST_BATCH):
        part = {name: values[start : start + LARGEST_BATCH] for name, values in columns.items()}
        connection.exec_driver_sql(writing.statement, writing.parameters(writing.given(part, number)))


def _many(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def _names(table: Table, columns: Columns) -> tuple[str, ...]:
    names = (*columns, STAMP) if STAMP in table.c else tuple(columns)
    if unknown := set(names) - set(table.c.keys()):
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    if missing := {column.name for column in table.primary_key} - set(names):
        raise ValueError(f"a row of {table.name} lacks {', '.join(sorted(missing))}")
    return names


def _last_of_each(table: Table, columns: Columns) -> Columns:
    keys = zip(*(columns[column.name] for column in table.primary_key), strict=True)
    place = {key: number for number, key in enumerate(keys)}
    if len(place) == _many(columns):
        return columns
    chosen = list(place.values())
    return {
        name: values[chosen] if is_array(values) else [values[number] for number in chosen]
        for name, values in columns.items()
    }


@dataclass(frozen=True)
class _Writing:
    """A statement as the driver takes it, and how each of its columns is given to it."""

    table: Table
    statement: str
    columns: tuple[tuple[str, Callable[[Any], list[Any]]], ...]
    by_position: bool

    def given(self, columns: Columns, number: int | None) -> list[list[Any]]:
        """The values for the driver, column by column: that is several times faster than row by row."""
        many = _many(columns)
        return [[number] * many if name == STAMP else turn(columns[name]) for name, turn in self.columns]

    def parameters(self, given: list[list[Any]]) -> Any:
        """The same for a statement that is carried out for each row."""
        if self.by_position:
            return list(zip(*given, strict=True))
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in zip(*given, strict=True)]

    def copy(self, connection: Connection, given: list[list[Any]]) -> None:
        """Write the rows in one go: into a table of their own, and from there in one statement."""
        names = tuple(name for name, _ in self.columns)
        beside = _beside(self.table, names)
        connection.execute(CreateTable(beside))
        with bare_cursor(connection) as cursor, cursor.copy(_into(beside)) as copy:
            for row in zip(*given, strict=True):
                copy.write_row(row)
        merged = _statement(self.table, names, connection.dialect.name, select(*beside.c))
        connection.execute(merged)
        connection.execute(DropTable(beside))


@lru_cache(maxsize=256)
def _beside(table: Table, names: tuple[str, ...]) -> Table:
    columns = [Column(name, table.c[name].type) for name in names]
    return Table(f"incoming_{table.name}", MetaData(), *columns, prefixes=["TEMPORARY"])


def _into(table: Table) -> str:
    """The command that takes rows in; a name such as "key" or "end" means something else without its quotes."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'COPY "{table.name}" ({names}) FROM STDIN'


@lru_cache(maxsize=256)
def _writing(table: Table, columns: tuple[str, ...], dialect: Dialect) -> _Writing:
    compiled: Any = _statement(table, columns, dialect.name).compile(dialect=dialect, column_keys=columns)
    by_position = bool(compiled.positional)
    order = compiled.positiontup if by_position else columns
    ways = tuple((name, cells(table.c[name], dialect)) for name in order)
    return _Writing(table, str(compiled), ways, by_position)


def _statement(table: Table, columns: tuple[str, ...], dialect: str, beside: Select[Any] | None = None) -> Insert:
    statement = insert_into(table, dialect)
    if beside is not None:
        statement = statement.from_select(columns, beside)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    if "gone_at" in table.c and "gone_at" not in changed:
        changed["gone_at"] = null()
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)  # type: ignore[no-any-return]
    newer = [
        or_(table.c[name].is_(None), statement.excluded[name].is_(None), statement.excluded[name] >= table.c[name])
        for name in GUARDS
        if name in columns
    ]
    return statement.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=keys, set_=changed, where=and_(*newer) if newer else None
    )
