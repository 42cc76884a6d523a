"""What a written file says, whatever its format."""

import shutil
import subprocess
import zipfile
from io import BytesIO

import pytest


def parts(file):
    """What a file says: its bytes, each part of one that is zipped (and of what is zipped in it), a PDF's words."""
    yield from unzipped(file.read_bytes())
    if file.suffix == ".pdf":
        reader = shutil.which("pdftotext")
        if reader is None:
            pytest.skip("poppler is not on this machine")
        yield subprocess.run([reader, str(file), "-"], capture_output=True, check=True).stdout


def unzipped(content):
    yield content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as whole:
            for name in whole.namelist():
                yield from unzipped(whole.read(name))
