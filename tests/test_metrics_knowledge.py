"""Who knows the code: worked cases of the degree of authorship and of the truck factor."""

import pandas as pd
import pytest
from code_rows import commit, file, history
from conftest import at
from hypothesis import given
from hypothesis import strategies as st

from metrics.knowledge import authorships, degree_of_authorship, truck_factor
from metrics.organisation import Organisation, no_memberships
from metrics.tech_debt import knowledge_at_risk


def degree(first, own, others):
    return float(degree_of_authorship(pd.Series([first]), pd.Series([own]), pd.Series([others])).iloc[0])


def test_the_degree_of_authorship_is_as_published():
    assert degree(1, 5, 3) == pytest.approx(4.7660, abs=5e-5)
    assert degree(0, 3, 5) == pytest.approx(3.2098, abs=5e-5)
    assert degree(1, 1, 10) == pytest.approx(3.7853, abs=5e-5)
    assert degree(0, 10, 1) == pytest.approx(4.7105, abs=5e-5)


def changes(*counts):
    """Rows of one file from (author, wrote it first, later changes)."""
    rows, number = [], 0
    for author, first, later in counts:
        for place in range(first + later):
            number += 1
            rows.append(
                {"key": "f", "author": author, "commit_id": str(number), "is_first": first > place, "counts": True}
            )
    return pd.DataFrame(rows)


def test_an_author_is_who_comes_close_to_the_one_who_knows_most():
    # 3.2098 is 0.673 of 4.7660, and below 3.293; 3.7853 is 0.804 of 4.7105.
    assert authorships(changes(("ana", 1, 5), ("ben", 0, 3)))["author"].tolist() == ["ana"]
    assert authorships(changes(("ana", 1, 1), ("ben", 0, 10)))["author"].tolist() == ["ana", "ben"]


def owned(**files):
    return pd.DataFrame([(f, a) for a, listed in files.items() for f in listed.split()], columns=["key", "author"])


def test_the_truck_factor_counts_until_fewer_than_half_of_the_files_are_covered():
    # Without a, b covers 2 of 4: 0.5 is not fewer than half. Then a f1 f2 f3, b f4: 1 of 4.
    assert truck_factor(owned(a="f1 f2 f3", b="f3 f4"), 4) == 2
    assert truck_factor(owned(a="f1 f2 f3", b="f4"), 4) == 1
    assert truck_factor(owned(), 4) == 0


def test_who_knows_less_than_a_tenth_of_the_first_does_not_count():
    # a knows 11 files, b one of them and another: the second is under a tenth of 11 and covers nothing that counts.
    many = " ".join(f"f{n}" for n in range(11))
    assert truck_factor(owned(a=many, b="f0"), 11) == 1
    assert truck_factor(owned(a=many, b=many), 11) == 2


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcdef")), max_size=60))
def test_one_more_author_of_a_file_never_lowers_the_truck_factor_below_one_of_half_the_files(pairs):
    authors = pd.DataFrame([(f"f{n}", a) for n, a in pairs], columns=["key", "author"]).astype("str")
    factor = truck_factor(authors, 13)
    assert 0 <= factor <= 6
    assert truck_factor(authors.iloc[::-1], 13) == factor
    if authors["key"].nunique() < 6.5:
        assert factor == 0


def test_co_authors_know_the_file_and_bots_do_not(facts):
    made = history(
        commit(1, "2026-10-01 10:00", "a.py", co_authors=["ben@acme.example"]),
        commit(2, "2026-10-02 10:00", "b.py", who="renovator[bot]"),
        commit(3, "2026-10-03 10:00", "b.py", who="cem"),
    )
    rows = facts("knowledge", files=[file("a.py"), file("b.py")], **made)
    now = rows[rows["until"].isna()].set_index("key")["authors"]
    assert now.to_dict() == {"acme/app:a.py": 2, "acme/app:b.py": 1}  # 3.293 + 0.164: nobody came closer


def test_a_file_is_at_risk_when_all_its_authors_are_idle_or_have_left(facts):
    made = history(
        commit(1, "2026-01-10 10:00", "idle.py", who="ana"),  # over 180 days before the copy of 21 November
        commit(2, "2026-10-10 10:00", "left.py", who="ben"),
        commit(3, "2026-10-11 10:00", "well.py", who="cem"),
    )
    left = {
        "kind": "person",
        "account": "ben",
        "team": "t",
        "share": 1.0,
        "since": None,
        "until": at("2026-11-01 00:00"),
    }
    members = pd.DataFrame([left]).astype(no_memberships().dtypes.to_dict())
    organisation = Organisation(memberships=members, people={"email": {"ben@acme.example": "ben"}})
    files = [file(path) for path in ("idle.py", "left.py", "well.py")]
    rows = facts("knowledge", organisation, files=files, **made)
    now = rows[rows["until"].isna()].set_index("key")["is_at_risk"]
    assert now.to_dict() == {"acme/app:idle.py": True, "acme/app:left.py": True, "acme/app:well.py": False}
    observed = knowledge_at_risk(rows[rows["until"].isna()])  # each was touched by one commit of the year
    assert observed["value"].tolist() == [100, 100, 0] and observed["weight"].tolist() == [1, 1, 1]
    october = rows[rows["at"] == at("2026-10-31 10:00")].set_index("key")["is_at_risk"]
    assert not october["acme/app:left.py"]


def test_a_repository_with_few_files_or_authors_has_no_truck_factor(facts):
    paths = [f"f{n}.py" for n in range(20)]
    made = [commit(n + 1, "2026-10-01 10:00", path, who="abc"[n % 3]) for n, path in enumerate(paths)]
    rows = facts("truck_factors", files=[file(path) for path in paths], **history(*made))
    now = rows[rows["until"].isna()].iloc[0]
    # a and b have 7 files each, c 6: without a 13 of 20 are covered, without b 6.
    assert (now["value"], now["authors"], now["files"], now["is_small"]) == (2, 3, 20, False)
    assert now["top_share"] == 35.0
    small = facts("truck_factors", files=[file(path) for path in paths[:19]], **history(*made))
    assert small["is_small"].all()
