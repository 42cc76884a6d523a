"""Which issues the text of a commit, a title or a branch names."""

import pandas as pd
import pytest
from issue_rows import code, facts_of, together

from connectors.git.parse import ISSUE
from connectors.github.parse import mentions
from metrics.linked_issues import linked_issues


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("MY_PAY-12: Take cards", ["MY_PAY-12"]),
        ("[PAY-3] Take cards", ["PAY-3"]),
        ("see PAY-1, PAY-2.", ["PAY-1", "PAY-2"]),
        ("PAY-7_cards", ["PAY-7"]),
        ("fix_PAY-7", ["PAY-7"]),
        ("P2P_X-10 and Q4-2", ["P2P_X-10", "Q4-2"]),
        ("left PAD-1.3.0", []),  # a version
        ("PAY-1.", ["PAY-1"]),
        ("PAY-0, PAY-01, A-1, 9PAY-1, pay-7, PAY-7b", []),
        ("ÄPAY-7 PAY-7ß PAY-\uff17", []),
        ("PAY-" + "1" * 30, []),
    ],
)
def test_keys_are_found_in_a_text_alike_for_commits_and_pull_requests(text, keys):
    assert mentions(text, "", "") == sorted(keys)
    assert ISSUE.findall(text) == keys


@pytest.mark.parametrize(
    ("title", "branch", "found"),
    [
        ("Fix cards", "ana/PAY-7_cards", ["PAY-7"]),
        ("Fix cards", "feature/my_pay-12-cards", ["MY_PAY-12"]),
        ("Fix cards", "pay-7-and-PAY-8", ["PAY-7", "PAY-8"]),
        ("Fix cards", "ana_pay-7", ["PAY-7"]),  # there is no project ANA_PAY
        ("Fix cards", "ana_my_pay-12_cards", ["MY_PAY-12"]),  # the longer key of the two
        ("OTHER_PAY-12: Take cards", "x", []),  # of a project that is not here, and no branch
        ("Speak UTF-8 and ISO-8859", "x", []),
        ("Bump left-pad", "dependabot/npm/left-pad-1.3.0", []),
        ("PAY-7: Take cards", "pay-7", ["PAY-7"]),  # once
        ("Take cards", "", []),
    ],
)
def test_a_pull_request_is_linked_to_issues_of_projects_that_exist(title, branch, found):
    made = code((1, mentions(title, branch, "")))
    made["pull_requests"][0]["head_branch"] = branch
    projects = pd.DataFrame({"key": ["PAY", "MY_PAY", "PAD2"]})
    facts = facts_of(together(made), None, "pull_requests", "issues")
    rows = linked_issues(facts["pull_requests"], projects, facts["issues"])
    assert sorted(rows["issue_key"]) == found
    assert [f"{project}-" in key for project, key in zip(rows["project"], rows["issue_key"], strict=True)] == [
        True
    ] * len(found)
    nobody = linked_issues(facts["pull_requests"], projects.iloc[:0], facts["issues"])
    assert nobody.empty
