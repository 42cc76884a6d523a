"""Every query that is sent, reckoned by GitHub's published formula, and held to the budget."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Scope
from connectors.github import nested, queries
from connectors.github.kinds import ISSUES, PULL_REQUESTS
from connectors.github.listings import LISTINGS
from connectors.github.nested import More, Opened, page_part
from connectors.github.queries import SIZES, Part, Size, compose, points
from connectors.github.session import look_up, organization

SCOPE = Scope("1", "acme/app", {"node_id": "R1", "has_issue_types": True})
TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|[A-Za-z_]\w*|\d+|[{}()\[\]:,$!]')


def reckoned(parts: Mapping[str, Part]) -> int:
    """The units of a query, read off its text: every connection once for each parent that it may have."""
    query, fragments = _split(compose(parts))
    return _units(TOKENS.findall(query), fragments, 1)


def _split(text: str) -> tuple[str, dict[str, str]]:
    query, *rest = re.split(r"\n(?=fragment )", text)
    return query.partition("{")[2], {part.split()[1]: part.partition("{")[2] for part in rest}


def _units(tokens: list[str], fragments: dict[str, str], parents: int) -> int:
    total, stack, first = 0, [parents], None
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token == "(":
            end = _closing(tokens, index)
            arguments = tokens[index:end]
            first = int(arguments[arguments.index("first") + 2]) if "first" in arguments else None
            if first is not None:
                total += stack[-1]
            index = end
        elif token == "{":
            stack.append(stack[-1] * (first or 1))
            first = None
        elif token == "}":
            stack.pop()
        elif token == "..." and tokens[index + 1] in fragments:
            total += _units(TOKENS.findall(fragments[tokens[index + 1]]), fragments, stack[-1])
        index += 1
        if not stack:
            break
    return total


def _closing(tokens: list[str], start: int) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index], 0)
        if depth == 0:
            return index
    raise ValueError("a parenthesis is not closed")


def follow_up(kind: nested.Kind, field: str, size: Size, total: int = 100) -> Part:
    opened = Opened(kind, "N1", ("1", "acme/app"))
    return nested.part(opened, More(field, "N1", after="A1", total=total), size)


def every_query(size: Size) -> dict[str, dict[str, Part]]:
    """Whatever the connector may ask for at a size, by a name."""
    asked = {
        "repository": look_up(SCOPE, size),
        "repository by name": look_up(Scope("", "acme/app"), size),
        "organization": organization("acme", None, size),
    }
    for listing in LISTINGS:
        part = Part(queries.node("Repository", "R1", listing.text(size, "A1")), listing.units(size))
        asked[listing.table] = {"repository": part}
    for kind in (PULL_REQUESTS, ISSUES):
        asked[kind.table] = {"page": page_part(kind, SCOPE.facts, size, "A1")}
        fields = [*(connection.field for connection in kind.lists), nested.WHOLE, nested.SHORT_LISTS]
        if kind.has_threads:
            fields.append(nested.THREAD_COMMENTS)
        asked |= {f"{kind.table} {field}": {"more0": follow_up(kind, field, size)} for field in fields}
    return asked


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"level {size.level}")
def test_every_query_costs_what_it_says(size: Size) -> None:
    for name, parts in every_query(size).items():
        assert reckoned(parts) == sum(part.units for part in parts.values()), name


def test_every_query_is_billed_as_one_point() -> None:
    for name, parts in every_query(SIZES[0]).items():
        assert points(reckoned(parts)) == 1, name


def test_a_page_of_pull_requests_is_25_long_and_leaves_room_for_follow_ups() -> None:
    part = page_part(PULL_REQUESTS, SCOPE.facts, SIZES[0], None)
    assert "pullRequests(first: 25" in part.text
    assert part.units == 126  # 1 + 25 x 5 lists


def test_a_thousand_pull_requests_fit_the_budget() -> None:
    # 40 pages of 126 units and, as on the repository of the benchmark, 2.1 threads a pull request and one list
    # of threads for every second one: 2,100 + 530 units, of which 40 x 23 ride along with the pages
    pages, threads = 40, 2_100 + 530
    alone = -(-(threads - pages * (queries.FREE_UNITS - 126)) // queries.FREE_UNITS)
    assert pages + alone <= 75  # 40 + 12


def test_every_fragment_is_used_and_every_spread_is_there() -> None:
    texts = [file.read_text() for file in Path(queries.__file__).parent.glob("*.graphql")]
    defined = {name for text in texts for name in re.findall(r"fragment (\w+) on", text)}
    sent = "\n".join(compose(parts) for parts in every_query(SIZES[0]).values())
    used = set(re.findall(r"\.\.\.([A-Z]\w*)", sent))
    assert used == defined


def test_a_query_carries_only_the_fragments_it_spreads() -> None:
    for parts in every_query(SIZES[0]).values():
        text = compose(parts)
        assert set(re.findall(r"fragment (\w+) on", text)) == set(re.findall(r"\.\.\.([A-Z]\w*)", text))


def test_a_smaller_size_asks_for_less_of_everything() -> None:
    for size, smaller in pairwise(SIZES):
        assert smaller.units < size.units and smaller.items <= size.items
        assert smaller.page(25) < size.page(25) or smaller.page(25) == 1
    assert SIZES[-1].page(74) == 1


@given(st.integers(0, 10_000))
def test_points_are_rounded_to_the_nearest_and_at_least_one(units: int) -> None:
    assert points(units) == max(1, int(units / 100 + 0.5))
