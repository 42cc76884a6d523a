"""Whose an issue is, what class of work, which epic, and which pull requests name it."""

import pandas as pd
import pytest
from issue_rows import change, code, facts_of, issue, issues_of, observed, reasons_of, result, together, values_of

from data.config import Config
from data.settings import Stages, Team, WorkClass, WorkMix
from metrics.configured import organisation
from metrics.organisation import Organisation, no_memberships
from metrics.unusual_changes import bulk_closed, hasty_changes


def members(*rows):
    """Memberships from (account, team) or (account, team, since, until)."""
    usual = no_memberships()
    made = [
        {"kind": "jira", "account": account, "team": team, "share": 1.0, "since": None, "until": None}
        | dict(zip(("since", "until"), dates, strict=False))
        for account, team, *dates in rows
    ]
    frame = pd.DataFrame(made, columns=usual.columns)
    for name in ("since", "until"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype(usual.dtypes.to_dict())


def test_an_issue_is_of_its_assignees_team_at_the_finish():
    # Ana leaves red for blue on the 10th. Ben (green) had the second one until after it was done.
    both = Organisation(
        memberships=members(
            ("a-1", "red", None, "2026-01-10"), ("a-1", "blue", "2026-01-10", None), ("b-1", "green", None, None)
        )
    )
    made = [
        issue("PAY-1", "05", ("Done", "09")),
        issue("PAY-2", "05", ("Done", "12")),
        issue("PAY-3", "05", ("Done", "09"), changes=[change("assignee", "11", ("b-1", "a-1"))]),
    ]
    assert issues_of(*made, organisation=both)["team"].tolist() == ["red", "blue", "green"]


def test_an_account_is_known_by_its_id_or_by_its_name():
    by_name = Organisation(memberships=members(("ana", "red")))
    assert issues_of(issue("PAY-1", "05"), organisation=by_name)["team"].tolist() == ["red"]


def test_without_an_assignee_the_component_decides_then_the_project_then_nobody():
    owned = Organisation(owners={"project": {"PAY": "red"}, "component": {"PAY:Billing": "blue"}})
    nobody = {"assignee": None, "assignee_id": None}
    made = [
        issue("PAY-1", "05", components=["Other", "Billing"], **nobody),
        issue("PAY-2", "05", components=["Other"], **nobody),
        issue("PAY-3", "05", **nobody),
        issue("OPS-4", "05", components=["Billing"], **nobody),
    ]
    assert issues_of(*made, organisation=owned)["team"].tolist() == ["blue", "red", "red", "unassigned"]


def test_what_the_configuration_says_reaches_the_facts():
    said = organisation(
        Config(
            teams={"red": Team(jira_projects=("PAY",))},
            stages={"default": Stages(active=("In Progress",)), "OPS": Stages(active=("Ready",))},
            work_mix=WorkMix(debt=WorkClass(labels=("Tech-Debt",))),
        )
    )
    assert said.owners["project"] == {"PAY": "red"}
    assert said.stages == {"default": {"in progress": "active"}, "OPS": {"in progress": "active", "ready": "active"}}
    assert "won't do" in said.cancelled["OPS"]
    assert said.work_mix == {"debt": {"types": frozenset(), "labels": frozenset({"tech-debt"}), "epics": frozenset()}}


def test_cancelled_resolutions_are_those_of_the_project_else_the_default_ones():
    own = organisation(Config(stages={"default": Stages(), "OPS": Stages(cancelled_resolutions=("Expired",))}))
    assert own.cancelled["OPS"] == {"expired"}
    assert "duplicate" in organisation(Config()).cancelled["default"]


MIX = Organisation(
    work_mix={
        "new": {"types": frozenset({"story"})},
        "bug": {"types": frozenset({"bug"})},
        "debt": {"labels": frozenset({"tech-debt"})},
        "risk": {"epics": frozenset({"pay-9"})},
    }
)


def mixed():
    """Two new, one bug, one debt, one risk, one that nothing names; all done on the 9th, but for the epic."""
    done = ("Done", "09")
    return [
        issue("PAY-1", "05", done),
        issue("PAY-2", "05", done),
        issue("PAY-3", "05", done, type="Bug"),
        issue("PAY-4", "05", done, labels=["Tech-Debt", "x"]),  # a label comes before the type
        issue("PAY-5", "05", done, epic_id="9"),  # and so does an epic
        issue("PAY-6", "05", done, type="Chore"),
        issue("PAY-9", "05", type="Epic"),
    ]


def test_work_is_classed_by_label_then_epic_then_type_and_else_unclassified():
    classes = issues_of(*mixed(), organisation=MIX)["work_class"].tolist()
    assert classes[:6] == ["new", "new", "bug", "debt", "risk", "unclassified"]


def test_the_mix_is_the_share_of_each_class_and_its_value_that_of_new_work():
    # of six finished issues two are new: 33.3 %; each other class has one: 16.7 %.
    answer = result("allocation_mix", *mixed(), organisation=MIX)
    assert answer.total.value == pytest.approx(100 / 3)
    assert answer.total.n == 6
    shares = {part.name: part.total.value for part in answer.parts}
    others = dict.fromkeys(("bug", "debt", "risk", "unclassified"), pytest.approx(100 / 6))
    assert shares == {"new": pytest.approx(100 / 3)} | others
    assert sum(shares.values()) == pytest.approx(100)
    assert [point.value for point in answer.parts[0].series] == [pytest.approx(100 / 6), None, None, None]


def test_the_debt_share_counts_issues_classed_as_debt():
    assert list(values_of(observed("debt_work_share", *mixed(), organisation=MIX)).values()) == [0, 0, 0, 1, 0, 0]


def test_without_a_work_mix_the_shares_are_unmapped_and_not_zero():
    for indicator in ("allocation_mix", "debt_work_share"):
        total = result(indicator, *mixed()).total
        assert (total.value, total.reason) == (None, "unmapped")


def test_roadmap_linkage_looks_at_the_epic_at_the_finish():
    # PAY-1 had its epic, PAY-2 got one after it was done, PAY-3 lost its own after it was done, PAY-4 never had one.
    done = ("Done", "09")
    made = [
        issue("PAY-1", "05", done, epic_id="9"),
        issue("PAY-2", "05", done, epic_id="9", changes=[change("epic", "10", (None, "9"))]),
        issue("PAY-3", "05", done, changes=[change("epic", "06", (None, "9")), change("epic", "10", ("9", None))]),
        issue("PAY-4", "05", done),
    ]
    rows = observed("roadmap_linkage", *made)
    assert values_of(rows) == {"PAY-1": 1.0, "PAY-2": 0.0, "PAY-3": 1.0, "PAY-4": 0.0}


# Defects -------------------------------------------------------------------------------------------------


def test_bugs_reported_less_bugs_finished():
    made = [
        issue("PAY-1", "05", ("Done", "09"), type="Bug"),
        issue("PAY-2", "06", type="Bug"),
        issue("PAY-3", "07", ("Done", "09"), type="Bug", resolution="Duplicate"),
        issue("PAY-4", "05", ("Done", "09")),
    ]
    rows = observed("bug_net_flow", *made, organisation=organisation(Config()))
    counted = rows[rows["excluded"].isna()]
    assert counted[["key", "value"]].to_numpy().tolist() == [["PAY-1", 1.0], ["PAY-2", 1.0], ["PAY-1", -1.0]]
    assert reasons_of(rows) == {"PAY-3": "cancelled"}


def test_the_escape_rate_knows_only_bugs_that_say_where_they_were_found():
    made = [
        issue("PAY-1", "05", type="Bug", found_in="Production"),
        issue("PAY-2", "05", type="Bug", found_in="testing"),
        issue("PAY-3", "05", type="Bug"),
        issue("PAY-4", "05", found_in="Production"),
    ]
    rows = observed("defect_escape_rate", *made)
    assert values_of(rows) == {"PAY-1": 1.0, "PAY-2": 0.0}
    assert reasons_of(rows) == {"PAY-3": "not said where it was found"}
    assert observed("defect_escape_rate", issue("PAY-3", "05", type="Bug")).attrs["without"] == "unmapped"


def test_ten_of_sixty_bugs_escaped():
    found = ["Production"] * 10 + ["testing"] * 50
    made = [issue(f"PAY-{n}", f"{1 + n % 28:02}", type="Bug", found_in=place) for n, place in enumerate(found, 1)]
    values = values_of(observed("defect_escape_rate", *made)).values()
    assert len(values) == 60 and 100 * sum(values) / len(values) == pytest.approx(16.67, abs=0.005)


# Pull requests that name issues --------------------------------------------------------------------------


def test_a_pull_request_is_linked_to_the_issues_of_known_projects_that_it_names():
    tables = together(issue("PAY-1", "05"), **code((1, ["#4", "PAY-1", "PAY-7", "UTF-8"]), (2, ["UTF-8"]), (3, None)))
    links = facts_of(tables)["linked_issues"]
    assert links[["key", "issue_key"]].to_numpy().tolist() == [["acme/app#1", "PAY-1"], ["acme/app#1", "PAY-7"]]
    assert links["issue"].notna().tolist() == [True, False]


def test_the_linked_share_counts_those_that_are_linked_and_not_those_that_are_not():
    rows = observed("issue_linkage", together(issue("PAY-1", "05"), **code((1, ["PAY-1"]), (2, ["UTF-8"]))))
    assert values_of(rows) == {"acme/app#1": 1.0, "acme/app#2": 0.0}


# Housekeeping --------------------------------------------------------------------------------------------


def test_many_issues_closed_by_one_person_within_an_hour_are_listed():
    # Eight days with one closing each: the median is 1 a day. Eve closes six between 10:00 and 10:50 (> 5 × 1),
    # and Ana's single one at 10:30 that day is none of them.
    made = [issue(f"PAY-{n}", "01", ("Done", f"{n:02}")) for n in range(2, 10)]
    for minute in range(6):
        one = issue(f"PAY-{20 + minute}", "01", ("Done", f"15 10:{minute}0"))
        one["issue_changes"][0]["actor"] = "Eve"
        made.append(one)
    made.append(issue("PAY-30", "01", ("Done", "15 10:30")))
    listed = bulk_closed(facts_of(together(*made))["status_changes"])
    assert listed["key"].tolist() == [f"PAY-{n}" for n in range(20, 26)]
    five = facts_of(together(*made[:13]))["status_changes"]
    assert bulk_closed(five).empty


def test_statuses_that_change_within_a_minute_are_listed():
    made = issue("PAY-1", "05", ("In Progress", "06 10:00"), ("Done", "06 10:00")), issue("PAY-2", "05", ("Done", "06"))
    made[0]["issue_changes"][1]["at"] += pd.Timedelta(seconds=59)
    assert hasty_changes(facts_of(together(*made))["status_changes"])["key"].tolist() == ["PAY-1"]
    made[0]["issue_changes"][1]["at"] += pd.Timedelta(seconds=1)
    assert hasty_changes(facts_of(together(*made))["status_changes"]).empty


def test_an_empty_store_lists_nothing():
    changes = facts_of(together())["status_changes"]
    assert bulk_closed(changes).empty
    assert hasty_changes(changes).empty
