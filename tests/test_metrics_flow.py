"""Flow indicators, each on a few issues worked out by hand. All days are of January 2026."""

import pytest
from conftest import at, pull, row
from hypothesis import given, settings
from hypothesis import strategies as st
from issue_rows import (
    JANUARY,
    NOW,
    change,
    day,
    issue,
    issues_of,
    observed,
    reasons_of,
    result,
    synced,
    values_of,
)

from metrics.catalogue import INDICATORS
from metrics.evaluate import evaluate
from metrics.model import Grain, Reason, Scope
from metrics.organisation import Organisation

CANCELLED = Organisation(cancelled={"default": frozenset({"won't do"})})


def plain():
    """Made on the 5th, started on the 6th, done on the 9th."""
    return issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09"))


# Cycle and lead time -------------------------------------------------------------------------------------


def test_cycle_time_runs_from_the_start_to_done_and_lead_time_from_creation():
    # 6th → 9th is 3 d; 5th → 9th is 4 d.
    assert values_of(observed("issue_cycle_time", plain())) == {"PAY-1": 3.0}
    assert values_of(observed("issue_lead_time", plain())) == {"PAY-1": 4.0}
    assert observed("issue_cycle_time", plain())["at"].tolist() == [day("09")]


def test_a_reopened_issue_is_done_at_its_last_entry_into_done():
    # started 6th, done 8th, reopened 10th, done again 14th → cycle 8 d, lead 9 d, one reopening.
    moves = [("In Progress", "06"), ("Done", "08"), ("To Do", "10"), ("In Progress", "11"), ("Done", "14")]
    again = issue("PAY-1", "05", *moves)
    assert values_of(observed("issue_cycle_time", again)) == {"PAY-1": 8.0}
    assert values_of(observed("issue_lead_time", again)) == {"PAY-1": 9.0}
    assert issues_of(again)["reopens"].tolist() == [1]


def test_from_done_to_closed_is_no_new_entry():
    closed = issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09"), ("Closed", "20"))
    assert values_of(observed("issue_cycle_time", closed)) == {"PAY-1": 3.0}


def test_an_issue_that_is_open_again_is_not_done():
    again = issue("PAY-1", "05", ("In Progress", "06"), ("Done", "08"), ("In Progress", "10"))
    assert observed("issue_cycle_time", again).empty
    assert observed("throughput", again).empty


def test_an_issue_born_done_has_a_lead_time_of_nothing_and_no_cycle_time():
    born = issue("PAY-1", "05", first="Done")
    cycle = observed("issue_cycle_time", born)
    assert values_of(observed("issue_lead_time", born)) == {"PAY-1": 0.0}
    assert reasons_of(cycle) == {"PAY-1": "never in progress"}
    assert cycle["value"].isna().all()
    assert values_of(observed("throughput", born)) == {"PAY-1": 1.0}


def test_an_issue_created_in_progress_starts_at_its_creation():
    started = issue("PAY-1", "05", ("Done", "07"), first="In Progress")
    assert values_of(observed("issue_cycle_time", started)) == {"PAY-1": 2.0}


def test_epics_sub_tasks_and_cancelled_issues_are_left_out_with_their_reason_and_keep_their_value():
    made = [
        issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09"), type="Epic"),
        issue("PAY-2", "05", ("In Progress", "06"), ("Done", "09"), type="Sub-task", is_subtask=True),
        issue("PAY-3", "05", ("In Progress", "06"), ("Done", "09"), resolution="Won't Do"),
        issue("PAY-4", "05", ("In Progress", "06"), ("Done", "09"), resolution="Done"),
    ]
    for indicator in ("issue_cycle_time", "issue_lead_time", "throughput"):
        rows = observed(indicator, *made, organisation=CANCELLED)
        assert reasons_of(rows) == {"PAY-1": "epic", "PAY-2": "sub-task", "PAY-3": "cancelled"}
        assert list(values_of(rows)) == ["PAY-4"]
        assert rows["value"].notna().all()
    rows = observed("wip", *made, organisation=CANCELLED)
    assert reasons_of(rows) == {"PAY-1": "epic", "PAY-2": "sub-task", "PAY-3": "cancelled"}


def test_a_project_has_its_own_cancelled_resolutions():
    own = Organisation(cancelled={"default": frozenset({"won't do"}), "OPS": frozenset({"expired"})})
    made = [
        issue("PAY-1", "05", ("Done", "09"), resolution="Won't Do"),
        issue("OPS-2", "05", ("Done", "09"), resolution="Won't Do"),
        issue("OPS-3", "05", ("Done", "09"), resolution="Expired"),
    ]
    assert reasons_of(observed("throughput", *made, organisation=own)) == {"PAY-1": "cancelled", "OPS-3": "cancelled"}


def test_a_finish_before_the_creation_has_no_duration():
    # an imported issue: its history is older than itself.
    odd = issue("PAY-1", "09", ("In Progress", "06"), ("Done", "07"))
    assert issues_of(odd)["lead"].isna().all()
    assert values_of(observed("throughput", odd)) == {"PAY-1": 1.0}


# Throughput ----------------------------------------------------------------------------------------------


def test_throughput_counts_what_was_finished_in_each_week():
    # 9th: W02; 12th 00:00 is the first moment of W03; 30th: W05.
    made = [issue(f"PAY-{n}", "01", ("Done", when)) for n, when in enumerate(("09", "12", "13", "30"), 1)]
    series = result("throughput", *made).series
    assert [(point.period, point.value) for point in series] == [
        ("2026-W02", 1.0),
        ("2026-W03", 2.0),
        ("2026-W04", 0.0),
        ("2026-W05", 1.0),
    ]
    assert result("throughput", *made).badge == "issues finished"


def test_merged_pull_requests_stand_in_where_no_issue_tracker_is_synced():
    hosted = row("issues", id="9", key="acme/app#9", project="acme/app", status="closed", created_at="2026-01-05 00:00")
    tables = {
        "issues": [hosted],
        "pull_requests": [pull(1, "2026-01-05 08:00", merged_at="2026-01-06 08:00")],
        "repositories": [row("repositories", id="1", name="acme/app")],
    }
    answer = result("throughput", streams=("pull_requests",), **tables)
    assert (answer.total.value, answer.badge) == (1.0, "merged pull requests stand in")
    assert answer.observations["key"].tolist() == ["acme/app#1"]


def test_a_tracker_without_a_code_host_is_source_enough_for_throughput():
    assert result("throughput", plain()).total.value == 1.0
    assert [point.reason for point in result("throughput", plain()).series] == [None] * 4


def test_issues_of_a_code_host_are_left_out_beside_a_tracker_and_count_without_one():
    hosted = row(
        "issues",
        id="90",
        key="acme/app#9",
        project="acme/app",
        status="closed",
        created_at="2026-01-05 00:00",
        updated_at="2026-01-07 00:00",
    )
    closing = change("status", "07", words=("open", "closed"))
    history = row("issue_changes", issue_id="90", id="1", position=0, **closing)
    alone = {"issues": [hosted], "issue_changes": [history]}
    assert values_of(observed("issue_lead_time", alone)) == {"acme/app#9": 2.0}
    both = observed("issue_lead_time", alone, plain())
    assert reasons_of(both) == {"acme/app#9": "issue of the code host"}
    assert result("wip", alone).total.reason is Reason.NO_SOURCE


# Work in progress ----------------------------------------------------------------------------------------


def test_wip_counts_what_is_started_and_not_done_at_the_end_of_each_week():
    # PAY-1 6th–9th: in no week's end. PAY-2 8th–20th: W02, W03. PAY-3 from the 14th, put back to To Do on the 16th: W03 on.
    made = [
        plain(),
        issue("PAY-2", "05", ("In Progress", "08"), ("Done", "20")),
        issue("PAY-3", "05", ("In Progress", "14"), ("To Do", "16")),
    ]
    assert [point.value for point in result("wip", *made).series] == [1.0, 2.0, 1.0, 1.0]


def test_what_is_reopened_is_in_progress_again():
    # in progress 6th–8th and, reopened to To Do, 13th–21st: at the ends of W02 (12th) no, W03 (19th) yes, W04 (26th) no.
    again = issue("PAY-1", "05", ("In Progress", "06"), ("Done", "08"), ("To Do", "13"), ("Done", "21"))
    assert [point.value for point in result("wip", again).series] == [0.0, 1.0, 0.0, 0.0]


def test_what_was_never_started_and_reopened_is_not_in_progress():
    assert observed("wip", issue("PAY-1", "05", ("Done", "08"), ("To Do", "10"))).empty


def test_nothing_in_progress_is_zero_where_a_tracker_is_synced_and_unknown_where_none_is():
    assert result("wip", issue("PAY-1", "05")).total.value == 0.0
    assert result("wip").total.value is None
    assert result("wip").total.reason is Reason.NO_SOURCE
    assert result("wip", issue("PAY-1", "05"), streams=()).total.reason is Reason.NO_SOURCE


def test_the_age_of_work_is_counted_from_its_first_start():
    # at the end of the 18th: PAY-1 since the 8th is 11 d, PAY-2 since the 16th 3 d; the median is 7 d.
    # PAY-3 was started on the 6th, done 8th–13th and reopened: 13 d → 3, 11, 13 → median 11 d.
    one, two = issue("PAY-1", "05", ("In Progress", "08")), issue("PAY-2", "05", ("In Progress", "16"))
    three = issue("PAY-3", "05", ("In Progress", "06"), ("Done", "08"), ("To Do", "13"))
    scope = Scope(at("2026-01-12 00:00"), at("2026-01-19 00:00"), NOW)
    assert result("work_item_age", one, two, scope=scope).total.value == 7.0
    answer = result("work_item_age", one, two, three, scope=scope)
    assert (answer.total.value, answer.total.n, answer.total.reason) == (11.0, 3, Reason.TOO_FEW)
    assert dict(zip(answer.observations["key"], answer.observations["value"], strict=True)) == {
        "PAY-3": 13.0,
        "PAY-1": 11.0,
        "PAY-2": 3.0,
    }


def test_net_flow_is_what_was_started_less_what_was_finished():
    # W02: PAY-1 started and done, PAY-2 started: +1. W03: PAY-3 started: +1. W04: PAY-2 done: −1. W05: nothing.
    made = [
        plain(),
        issue("PAY-2", "05", ("In Progress", "08"), ("Done", "20")),
        issue("PAY-3", "05", ("In Progress", "14")),
        issue("PAY-4", "05", ("Done", "20")),
    ]
    assert [point.value for point in result("net_flow", *made).series] == [1.0, 1.0, -1.0, 0.0]


MOVES = st.lists(
    st.tuples(st.sampled_from(["To Do", "In Progress", "In Review", "Done"]), st.integers(6, 31)), max_size=6
)


@settings(max_examples=2)
@given(st.lists(st.lists(MOVES, min_size=1, max_size=5), min_size=15, max_size=15))
def test_work_in_progress_grows_by_the_net_flow(projects):
    """Each of the histories is of a project of its own; their facts are built together."""
    made = [
        issue(
            f"P{place}-{10 * place + n}",
            "05",
            *((status, f"{when:02}") for status, when in sorted(moves, key=lambda move: move[1])),
        )
        for place, histories in enumerate(projects)
        for n, moves in enumerate(histories, 1)
    ]
    levels, flows = (observed(name, *made) for name in ("wip", "net_flow"))
    for place in range(len(projects)):
        before = 0.0
        weeks, flow = (series_of(name, rows, f"P{place}") for name, rows in (("wip", levels), ("net_flow", flows)))
        for level, moved in zip(weeks, flow, strict=True):
            assert level.value == pytest.approx(before + moved.value)
            before = level.value


def series_of(name, rows, project):
    """The weeks of January of one project."""
    return evaluate(INDICATORS[name], rows[rows["project"] == project], JANUARY, synced("issues")).series


# Reopening -----------------------------------------------------------------------------------------------


def test_reopening_counts_after_a_day_in_done_and_within_thirty_days():
    made = [
        issue("PAY-1", "01", ("Done", "02"), ("To Do", "03")),  # 24 h in done: reopened
        issue("PAY-2", "01", ("Done", "02"), ("To Do", "02 23:59")),  # a slip of the mouse
        issue("PAY-3", "01", ("Done", "02")),
        issue("PAY-4", "01", ("Done", "02"), ("Closed", "05")),  # still done
        issue("PAY-5", "01", ("Done", "02"), ("To Do", "02 10:00"), ("Done", "04"), ("To Do", "20")),  # the second time
    ]
    rows = observed("reopen_rate", *made)
    assert values_of(rows) == {"PAY-1": 1.0, "PAY-2": 0.0, "PAY-3": 0.0, "PAY-4": 0.0, "PAY-5": 1.0}
    assert rows["at"].unique().tolist() == [day("02")]


def test_an_issue_counts_for_reopening_when_its_thirty_days_are_over():
    early = issue("PAY-1", "01", ("Done", "02"), seen_at=at("2026-01-31 23:59"))
    assert reasons_of(observed("reopen_rate", early)) == {"PAY-1": "observed for less than 30 days"}
    later = issue("PAY-1", "01", ("Done", "02"), seen_at=at("2026-02-01 00:00"))
    assert values_of(observed("reopen_rate", later)) == {"PAY-1": 0.0}


def test_a_scope_by_month_pools_the_rows():
    # cycle times 3, 5 and 10 d, all finished in January: the median is 5.
    made = [
        plain(),
        issue("PAY-2", "05", ("In Progress", "06"), ("Done", "11")),
        issue("PAY-3", "05", ("In Progress", "06"), ("Done", "16")),
    ]
    scope = Scope(at("2026-01-01 00:00"), at("2026-02-01 00:00"), NOW, grain=Grain.MONTH)
    assert [point.value for point in result("issue_cycle_time", *made, scope=scope).series] == [5.0]
