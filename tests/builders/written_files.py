"""What a written file says, whatever its format."""

import os
import shutil
import subprocess
import zipfile
from io import BytesIO

import pytest


def parts(file):
    """What a file says: its bytes, each part of one that is zipped (and of what is zipped in it), a PDF's words."""
    yield from unzipped(file.read_bytes())
    if file.suffix == ".pdf":
        yield subprocess.run([poppler("pdftotext"), str(file), "-"], capture_output=True, check=True).stdout


def poppler(program):
    """Where a program of poppler is; without it the test is skipped, and fails in CI."""
    found = shutil.which(program)
    if found is None:
        assert not os.environ.get("CI"), f"{program} is missing"
        pytest.skip(f"no {program} on this machine; get it by `apt-get install poppler-utils`")
    return found


def unzipped(content):
    yield content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as whole:
            for name in whole.namelist():
                yield from unzipped(whole.read(name))
