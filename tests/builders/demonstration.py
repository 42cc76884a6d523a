"""The demonstration organisation as a file that is made once for all tests, and again when what makes it changes."""

import shutil
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest
from filelock import FileLock
from rows import NOW

ROOT = Path(__file__).parents[2]
CODE = ("connectors/*.py", "connectors/demo/**/*", "data/**/*.py", "metrics/**/*.py", "tests/builders/demonstration.py")
PACKAGES = ("pandas", "pyarrow", "sqlalchemy", "numpy")  # they decide what is in the file, beside our own code


def copied(config: pytest.Config, target: Path) -> Path:
    """A copy of the file that this code makes, which lies in pytest's cache."""
    folder = config.cache.mkdir("demonstration") if config.cache else Path(gettempdir()) / "plumbline-demonstration"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{digest()}.db"
    with FileLock(folder / "lock"):
        if not file.exists():
            for other in folder.glob("*.db"):
                other.unlink()  # of code that was
            with TemporaryDirectory(dir=folder) as place:
                load(Path(place) / "metrics.db").replace(file)
        return Path(shutil.copy(file, target))


def digest() -> str:
    """A digest of all that decides what is in the file."""
    found = sha256(repr([version(name) for name in PACKAGES]).encode())
    for file in sorted({file for pattern in CODE for file in ROOT.glob(pattern) if file.is_file()}):
        if "__pycache__" not in file.parts and file.suffix != ".db":
            found.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:20]


def load(file: Path) -> Path:
    """Load the demonstration into a new file as a sync would, and keep its facts."""
    from connectors.demo import CONNECTOR, DemoSettings
    from connectors.sync import sync
    from data.config import Config
    from data.demonstration import NOTICE, settings_for
    from data.store import Store
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
