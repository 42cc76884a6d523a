"""Two counts of one thing agree between screens, or name the moment or the weeks by which they differ."""

import re
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from app_pages import opened, text
from conftest import NOW

from data import config
from data.demonstration import settings_for
from data.store import Store
from metrics.bottlenecks import stage_shares
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.evaluate import evaluate, observations
from metrics.judging import _limits
from metrics.loading import load
from metrics.model import Scope, Unit
from metrics.objectives import OBJECTIVES
from metrics.periods import last_complete_weeks
from metrics.signals import Judgement
from metrics.stage_windows import stage_table
from metrics.team_flow import TeamFlow
from pages.ui import words
from pages.ui.view import View, weeks_in_words

WEEKS = "2026-W43 to 2026-W46"  # NOW is a Saturday in week 47
TEAMS = ("payments", "checkout", "dispatch", "mobile", "platform", "insight")


def cards(app):
    """The value and the basis of every card of a page, by indicator."""
    pattern = r'class="card"><div data-indicator="(\w+)".*?class="value">(.*?)</div><p>(.*?)</p>'
    return {name: (value, basis) for name, value, basis in re.findall(pattern, text(app), flags=re.DOTALL)}


@pytest.fixture(scope="module")
def loaded(demonstration_file):
    store = Store.open(f"sqlite:///{demonstration_file}")
    return load(store, settings_for(store, config.Config()))


# The last four weeks -------------------------------------------------------------------------------------


def decided(page):
    """By objective what the weekly review says that it was decided by."""
    rows = re.findall(r'data-objective="(\w+)">.*?<p>(.*?)</p>', text(page), flags=re.DOTALL)
    return {slug: re.sub("<[^>]+>", "", line).split(" · ")[0] for slug, line in rows}


def test_what_decides_an_objective_has_one_value_on_the_review_on_its_screen_and_in_the_command(
    shown_demonstration, loaded
):
    said, scope, compared = decided(opened("weekly.py")), last_complete_weeks(NOW, 4), 0
    for slug in (purpose.objective.value for purpose in OBJECTIVES):
        for name, (value, basis) in cards(opened("objectives.py", objective=slug)).items():
            own = INDICATORS[name]
            if own.name not in said[slug]:
                continue
            assert f"{own.name} {value}" in said[slug] and (WEEKS in basis or basis.endswith("2026-W46"))
            total = evaluate(own, observations(own, loaded.facts), scope, loaded.coverage).total
            assert words.figure(own, total) == value
            compared += 1
    assert compared >= 4


def test_a_figure_has_one_value_on_the_weekly_review(shown_demonstration):
    page = opened("weekly.py")
    shown, said = cards(page), " ".join(decided(page).values())
    both = [name for name in shown if INDICATORS[name].name in said]
    assert both and all(f"{INDICATORS[name].name} {shown[name][0]}" in said for name in both)
    assert all(WEEKS in basis or basis.endswith("2026-W46") for _, basis in shown.values())
    assert f"Figures of the last four complete weeks, {WEEKS}." in text(page)


# Now -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("team", TEAMS)
def test_what_is_open_now_is_as_many_in_the_card_as_in_the_list_below(shown_demonstration, team):
    app = opened("bottlenecks.py", team=team, part="Today")
    shown = cards(app)
    listed = next(frame.value for frame in app.dataframe if "age_in_stage" in frame.value)
    assert shown["wip"][0] == str(len(listed)) and shown["wip"][1].endswith(" · 21 Nov 12:00")
    unreviewed = re.search(r"(\d+) of them are ready and not reviewed yet", text(app))
    assert unreviewed and shown["review_queue"][0] == unreviewed[1]


def test_the_queue_of_code_review_counts_what_its_list_counts(shown_demonstration):
    app = opened("code_review.py", part="Queue")
    shown, said = cards(app), text(app)
    assert f"Open pull requests: {shown['open_pull_requests'][0]}," in said
    assert f"{shown['review_queue'][0]} of them are ready and not reviewed yet" in said


MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "start", "end", "words"),
    [
        (MONDAY + timedelta(hours=9), MONDAY, MONDAY + timedelta(hours=9), "2026-W47 up to 16 Nov 09:00"),
        (
            MONDAY + timedelta(days=6, hours=23),
            MONDAY,
            MONDAY + timedelta(days=6, hours=23),
            "2026-W47 up to 22 Nov 23:00",
        ),
        (MONDAY, MONDAY - timedelta(weeks=1), MONDAY, "2026-W46"),  # nothing of the week has passed: its beginning
    ],
)
def test_now_is_the_running_week_up_to_this_moment(now, start, end, words):
    scope = View(None, last_complete_weeks(now, 26), now).right_now().scope  # type: ignore[arg-type]
    assert (scope.start, scope.end, weeks_in_words(scope)) == (start, end, words)


def test_a_moment_is_written_in_the_time_zone_of_the_calendar():
    now = datetime(2026, 7, 1, 22, tzinfo=UTC)  # midnight in Berlin: Thursday has begun
    view = View(None, last_complete_weeks(now, 26, "Europe/Berlin"), now)  # type: ignore[arg-type]
    assert weeks_in_words(view.right_now().scope) == "2026-W27 up to 02 Jul 00:00"


def test_the_last_four_weeks_do_not_depend_on_the_weeks_of_the_filter():
    now = MONDAY + timedelta(days=2)
    recent = {
        weeks: View(None, last_complete_weeks(now, weeks), now).recent()  # type: ignore[arg-type]
        for weeks in (4, 13, 26, 52, 78)
    }
    assert {(one.scope.start, one.scope.end) for one in recent.values()} == {(MONDAY - timedelta(weeks=4), MONDAY)}
    assert recent[52].drawn and recent[52].drawn.start == MONDAY - timedelta(weeks=52)


# Stages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("team", TEAMS)
def test_shares_of_stages_are_those_of_the_indicator(loaded, team):
    scope = last_complete_weeks(NOW, 13)
    scope = Scope(scope.start, scope.end, NOW, grain=scope.grain, team=team)
    own = INDICATORS["stage_time_share"]
    rows = observations(own, loaded.facts)
    rows = rows[
        rows["excluded"].isna() & (rows["team"] == team) & (rows["at"] >= scope.start) & (rows["at"] < scope.end)
    ]
    pooled = (rows["value"] * rows["weight"]).groupby(rows["part"]).sum() / rows.drop_duplicates("key")["weight"].sum()
    flow = TeamFlow(loaded.flow_rows(team, TeamFlow.looks_back_to(scope.end, NOW)), team, scope.end, NOW)
    shares = {one.stage: 100 * one.share for one in flow.shares.stages}
    assert {stage: pytest.approx(share) for stage, share in pooled.items() if share} == {
        stage: share for stage, share in shares.items() if share
    }


def test_time_in_done_before_it_was_reopened_belongs_to_the_cycle_and_is_no_bottleneck():
    # 10 days from start to finish: 4 at work, 1 in done before it came back, 5 in review.
    took = {"active": 4, "done": 1, "review": 5}
    times = pd.DataFrame(
        {
            "key": "A-1",
            "team": "a",
            "left_out": None,
            "stage": list(took),
            "took": pd.to_timedelta(list(took.values()), unit="D"),
            "done_at": pd.Timestamp("2026-11-10", tz="UTC"),
        }
    )
    table = stage_table(times, "a", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC))
    assert table.loc["A-1"].to_dict() == {"active": 4.0, "review": 5.0, "done": 1.0}
    assert {one.stage: round(one.share, 9) for one in stage_shares(table).stages} == {
        "active": 0.4,
        "review": 0.5,
        "done": 0.1,
    }


# Percentages ---------------------------------------------------------------------------------------------

BEYOND = {"sprint_scope_change", "epic_scope_growth", "complexity_trend", "relative_churn", "sqale_debt_ratio"}


def test_only_growth_and_rework_may_be_more_than_100_percent(loaded):
    percent = [one for one in CATALOGUE if one.unit is Unit.PERCENT]
    assert {one.id for one in percent if one.exceeds_100} == BEYOND
    for one in percent:
        rows = observations(one, loaded.facts)
        values = rows.loc[rows["excluded"].isna(), "value"].dropna()
        assert one.exceeds_100 or values.empty or values.max() <= 100 + 1e-9, one.id


@pytest.mark.parametrize(
    ("name", "lower", "upper", "drawn"),
    [
        ("flow_efficiency", 82.0, 102.0, (82.0, 100.0)),
        ("flow_efficiency", 82.0, 99.0, (82.0, 99.0)),
        ("flow_efficiency", -3.0, 40.0, (0.0, 40.0)),
        ("review_load_top_two", 60.0, 131.0, (60.0, 100.0)),
        ("allocation_mix", 0.0, 100.0, (0.0, 100.0)),
        ("relative_churn", 50.0, 140.0, (50.0, 140.0)),  # lines may be changed more than once
        ("sprint_scope_change", 0.0, 250.0, (0.0, 250.0)),
        ("wip", 10.0, 140.0, (10.0, 140.0)),  # no percentage
        ("net_flow", -12.0, 140.0, (-12.0, 140.0)),
    ],
)
def test_a_usual_range_ends_where_values_do(name, lower, upper, drawn):
    scope = last_complete_weeks(NOW, 2)
    history = [type("Point", (), {"start": scope.start, "end": scope.end})] * 8
    found = _limits(
        INDICATORS[name], Judgement((), 1, (lower + upper) / 2, lower, upper, baseline=(0, 8)), history, None, None
    )
    assert found and (found.lower, found.upper) == drawn
