"""What `connectors check` says of the statuses of a site and of those that [stages] names."""

import pytest

from connectors.jira.check import _statuses
from data.config import Config

SITE = [
    {"name": "Offen", "statusCategory": {"key": "new"}},
    {"name": "In Arbeit", "statusCategory": {"key": "indeterminate"}},
    {"name": "作業中", "statusCategory": {"key": "indeterminate"}},
    {"name": "Abgebrochen", "statusCategory": {"key": "done"}},
    {"name": "À revoir", "statusCategory": {"key": "undefined"}},
]


@pytest.mark.parametrize(
    ("stages", "warned"),
    [
        ({}, ["À revoir"]),
        ({"default": {"review": ["À revoir"]}}, []),
        ({"default": {"review": ["à REVOIR"]}}, []),
        ({"default": {"review": ["A revoir"]}}, ["À revoir", "A revoir"]),
        ({"default": {"review": ["À revoir"], "active": ["in arbeit", "作業中"]}}, []),
        ({"default": {"review": ["À revoir"], "active": ["In Progress"]}}, ["In Progress"]),
        ({"default": {"review": ["À revoir"], "cancelled": ["abgebrochen"]}}, []),
        ({"default": {"review": ["À revoir"], "cancelled": ["Storniert"]}}, ["Storniert"]),
        ({"default": {"review": ["À revoir"]}, "PAY": {"done": ["Fertig"]}}, ["Fertig"]),
        ({"default": {"review": ["À revoir"], "cancelled": []}}, []),
    ],
)
def test_statuses_that_do_not_meet_are_said_in_any_letters(stages, warned):
    found = list(_statuses(SITE, Config.model_validate({"stages": stages})))
    assert [one.subject for one in found] == warned
    assert {one.severity for one in found} <= {"warning"}
