"""The list of what protects is of this code: each place is found, each test is there, the page is the list."""

import re
from pathlib import Path

import pytest

from benchmarks import protections

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("one", protections.listed(), ids=lambda one: one.what)
def test_what_protects_is_where_the_list_says_and_so_is_its_test(one):
    for place in one.places:
        file, text = place.taken_out()
        assert text != (ROOT / file).read_text()
        if file.endswith(".py"):
            compile(text, file, "exec")
    file, _, name = one.test.partition("::")
    assert re.search(rf"^def {name.partition('[')[0]}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE)


def test_the_page_is_the_list():
    assert protections.PAGE.read_text() == protections.page(protections.listed()), "run it again with --write"
