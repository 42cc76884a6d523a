"""Which change is a revert: an odd number of them; an even number brings the change in again."""

import pytest
from conftest import pull

from metrics.reverts import takes_back


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ('Revert "Add A"', True),
        ('revert "Add A"', True),
        ('REVERT: "Add A"', True),
        ("revert(api): add A", True),
        ('Revert "Revert "Add A""', False),
        ('Revert "Revert "Revert "Add A"""', True),
        ('Reland "Add A"', False),
        ('Reapply "Add A"', False),
        ('Revert "Reapply "Add A""', True),
        ('Reapply "Revert "Add A""', True),
        ("Revert^2 of A", False),
        ("Revert the revert of A", False),
        ("Reverting is documented", False),
        ("Add a button to revert", False),
        ("", False),
    ],
)
def test_a_title_takes_back_where_it_has_an_odd_number_of_reverts(title, expected):
    assert takes_back(title) is expected


def test_numbers_are_followed_from_revert_to_revert(facts):
    # 2 takes 1 back, 3 takes 2 back and so brings 1 in again, 4 takes 3 back; titles say nothing of it.
    def merged(number, reverts=None):
        when = f"2026-01-05 0{number}:00"
        return pull(number, "2026-01-05 00:10", merged_at=when, title=f"Revert it {number}", reverts=reverts)

    first = pull(1, "2026-01-05 00:10", merged_at="2026-01-05 01:00", title="Add A")
    frame = facts("changes", pull_requests=[first, merged(2, 1), merged(3, 2), merged(4, 3)]).set_index("number")
    assert frame["is_revert"].tolist() == [False, True, False, True]
    assert frame["reverted_by"].dropna().to_dict() == {1: "acme/app#2", 3: "acme/app#4"}


@pytest.mark.parametrize(
    ("title", "number", "expected"),
    [
        ("Broken on old phones", 1, True),  # only the description says it
        ("Broken on old phones", 99, True),
        ("Broken on old phones", None, False),
        ("Broken on old phones", 2, False),  # 2 is a revert itself
        ('Revert "Revert "Add A""', 2, False),
        ('Revert "Revert "Add A""', 99, False),  # 99 is not here: the title decides
        ('Reapply "Add A"', 99, False),
        ('Revert "Add B"', 99, True),
    ],
)
def test_where_the_number_is_not_known_the_title_decides(facts, title, number, expected):
    def merged(of, when, title, reverts):
        return pull(of, "2026-01-05 00:10", merged_at=f"2026-01-05 {when}", title=title, reverts=reverts)

    known = [merged(1, "01:00", "Add A", None), merged(2, "02:00", 'Revert "Add A"', 1)]
    frame = facts("changes", pull_requests=[*known, merged(3, "03:00", title, number)]).set_index("number")
    assert frame["is_revert"].tolist() == [False, True, expected]
