"""What a command was done with is given back to the system."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json
import pandas as pd
from data import memory
def now():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
memory.spare()
before = now()
words = pd.Series([f"a word that is number {n}" for n in range(1_000_000)], dtype="str")
held = now()
del words
memory.give_back()
print(json.dumps([before, held, now()]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_what_is_no_longer_held_is_given_back():
    said = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True).stdout
    before, held, after = json.loads(said)
    assert held - before > 20 and after - before < (held - before) / 2
