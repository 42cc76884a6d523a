"""Which files may be read: those beside the configuration, and in folders that the operator of the machine names."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from connectors.base import Missing

FOLDERS = "PLUMBLINE_FILES"  # in the environment: more folders, as PATH writes them; the app cannot change it
LARGEST = 64 * 2**20  # bytes


@contextmanager
def opened(path: Path, beside: Path) -> Iterator[BinaryIO]:
    """A file to read, which is the very one that was looked at, whatever is put in its place meanwhile.

    Raises Missing for one outside the folders, for what is no ordinary file, and for one of more than 64 MiB.
    """
    _check_place(path, path.resolve(), beside)
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)  # a pipe without a writer is waited for else
    except OSError as error:
        raise Missing(f"{path}: cannot be read ({error.strerror}); check [[files]] path") from None
    try:
        _check_place(path, _place_of(number, path), beside)
        _check_kind(path, os.fstat(number))
        with open(number, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(number)


def _place_of(number: int, path: Path) -> Path:
    """Where an open file is, by the system itself; where the system does not say, by the links that lead to it."""
    itself = Path(f"/proc/self/fd/{number}")
    return itself.readlink() if itself.is_symlink() else path.resolve()


def _check_place(path: Path, file: Path, beside: Path) -> None:
    folders = [beside, *map(Path, filter(None, os.environ.get(FOLDERS, "").split(os.pathsep)))]
    if not any(file.is_relative_to(folder.resolve()) for folder in folders):
        raise Missing(
            f"{path}: lies outside the folder of the configuration; put it there, or name its folder in {FOLDERS}"
        )


def _check_kind(path: Path, about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise Missing(f"{path}: is no ordinary file; give [[files]] path a file in CSV")
    if about.st_size > LARGEST:
        raise Missing(f"{path}: has more than the {LARGEST / 2**20:.0f} MiB that are read; split it")
