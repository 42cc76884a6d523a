"""Which files may be read: those beside the configuration, and in folders that the operator of the machine names."""

import os
import stat
from pathlib import Path

from connectors.base import Missing

FOLDERS = "PLUMBLINE_FILES"  # in the environment: more folders, as PATH writes them; the app cannot change it
LARGEST = 256 * 2**20  # bytes


def readable(path: Path, beside: Path) -> Path:
    """The file itself, whatever links lead to it.

    Raises Missing for one outside the folders, for what is no ordinary file, and for one of more than 256 MiB.
    """
    file = path.resolve()
    folders = [beside, *map(Path, filter(None, os.environ.get(FOLDERS, "").split(os.pathsep)))]
    if not any(file.is_relative_to(folder.resolve()) for folder in folders):
        raise Missing(
            f"{path}: lies outside the folder of the configuration; put it there, or name its folder in {FOLDERS}"
        )
    try:
        about = file.stat()
    except OSError as error:
        raise Missing(f"{path}: cannot be read ({error.strerror}); check [[files]] path") from None
    if not stat.S_ISREG(about.st_mode):
        raise Missing(f"{path}: is no ordinary file; give [[files]] path a file in CSV")
    if about.st_size > LARGEST:
        raise Missing(f"{path}: has more than the {LARGEST / 2**20:.0f} MiB that are read; split it")
    return file
