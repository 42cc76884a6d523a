"""Epics that share a team: hand-made portfolios at an even pace, where every week can be told in advance."""

import time
from datetime import date, timedelta

import pandas as pd
import pytest
from conftest import row
from issue_rows import facts_of, together
from plan_rows import MONDAY, TEAMS, forecast_rows, plans_of, portfolio, story

from metrics.burn_up import burn_up, by_day, curve
from metrics.calendar_weeks import monday
from metrics.correction import correction
from metrics.epic_forecasts import record
from metrics.evaluate import observations
from metrics.forecast import NO_WORK
from metrics.joint_forecast import Capacity, Change, Plan, joint_forecast
from metrics.open_epics import FACTS, Plans, open_epics
from metrics.organisation import Organisation
from metrics.plans import INDICATORS
from metrics.portfolios import portfolios_of
from metrics.shelf import packed, unpacked
from metrics.working_hours import Calendar

SIX_A_WEEK = Capacity((6.0,) * 8)
PAIR = (Plan("A", 9), Plan("B", 12))


def weeks(plans=PAIR, capacity=SIX_A_WEEK, **how):
    answers = joint_forecast(plans, capacity, seed=1, draws=50, **how)
    return {key: answer.week(0.85) for key, answer in answers.items()}


def test_open_epics_share_the_weeks_evenly():
    # Three a week each: A is done in week 3. B has 12 - 9 = 3 left for week 4.
    assert weeks() == {"A": 3, "B": 4}


def test_in_order_the_first_takes_what_it_needs():
    # Week 1: 6 of A. Week 2: 3 of A, 3 of B. Week 3: 6 of B. Week 4: the last 3 of B.
    assert weeks(in_order=True) == {"A": 2, "B": 4}


def test_what_if_the_order_were_another():
    # Weeks 1 and 2: 12 of B. Weeks 3 and 4: 9 of A.
    assert weeks(in_order=True, change=Change(order=("B",))) == {"B": 2, "A": 4}


def test_what_if_the_team_were_twice_as_fast_or_the_scope_half_as_large():
    # Twelve a week: six each; A is done in week 2 with three to spare, B had 6 + 6.
    assert weeks(change=Change(capacity=2)) == {"A": 2, "B": 2}
    # 4.5 and 6 items: three each in week 1; in week 2 1.5 of A and the rest of B, 3 + 1.5.
    assert weeks(change=Change(scope=0.5)) == {"A": 2, "B": 2}


def test_what_if_the_history_were_another():
    # Eight weeks of 2 and then eight of 6: the last eight alone give 6 a week. One week of 60 among them is set aside.
    slow_then_fast = Capacity((2.0,) * 8 + (6.0,) * 8)
    assert weeks(capacity=slow_then_fast, change=Change(weeks=8)) == {"A": 3, "B": 4}
    odd = Capacity((6.0,) * 8 + (60.0,))
    assert weeks(capacity=odd, change=Change(without=(8,))) == {"A": 3, "B": 4}


def test_an_epic_that_was_not_begun_waits_for_what_the_others_leave():
    # B alone takes the weeks 1 and 2; then A takes 6 + 3.
    assert weeks((Plan("A", 9, begun=False), Plan("B", 12))) == {"A": 4, "B": 2}


def test_no_two_epics_are_promised_the_same_week():
    # However they share, together they need (9 + 12) / 6 = 3.5 weeks.
    for way in (True, False):
        assert max(weeks(in_order=way).values()) == 4


def test_scope_that_grows_takes_its_part():
    # A gains one each week until it is done: 9 + 1 - 6 = 4, then 4 + 1 - 6 < 0 with one left over for B in week 2.
    grows = (Plan("A", 9, (1.0,) * 8), Plan("B", 12))
    assert weeks(grows, in_order=True) == {"A": 2, "B": 4}


def test_a_week_of_public_holidays_ahead_puts_all_off():
    coming = ("", "public holidays", "public holidays", *("",) * 49)
    assert weeks(capacity=Capacity((6.0,) * 8, ("",) * 8, coming)) == {"A": 5, "B": 6}


def test_an_epic_without_open_items_is_refused_beside_others():
    answers = joint_forecast((Plan("A", 0), Plan("B", 6)), SIX_A_WEEK, seed=1, draws=50)
    assert answers["A"].refusal == NO_WORK and answers["B"].week(0.85) == 1


def test_ten_thousand_draws_for_thirty_epics_take_well_under_two_seconds():
    plans = tuple(Plan(f"E-{n}", 5, (0.1,) * 12) for n in range(30))
    begun = time.process_time()
    answers = joint_forecast(plans, Capacity((18, 22, 15, 30, 0, 12, 25, 19, 21, 14, 16, 24)), seed=1)
    assert time.process_time() - begun < 2
    assert len(answers["E-29"].weeks) == 10_000


# What past forecasts teach -------------------------------------------------------------------------------


def test_a_correction_is_the_share_of_past_forecasts_that_had_come_true_by_then():
    # All were simulated at 4 weeks, + 4 = 8. Ten took 8, 10, … 26 weeks: 1 to 3.25 times as long.
    learned = correction([4] * 10, [8 + 2 * n for n in range(10)], [True] * 10)
    assert learned is not None
    assert learned.week(0.5, 4) == 16 and learned.week(0.9, 4) == 24
    assert learned.week(0.5, 12) == 32  # (12 + 4) x 16 / 8
    assert learned.within(16, 4) == pytest.approx(0.5) and learned.within(7, 4) == 0


def test_epics_that_are_still_open_are_not_forgotten():
    # Of four, one took 8 weeks; three are open after 9: with 85 % nothing can be said, and one in four took 8.
    learned = correction([4] * 4, [8, 9, 9, 9], [True, False, False, False])
    assert learned is not None
    assert learned.week(0.25, 4) == 8 and learned.week(0.85, 4) is None


def made_forecasts(*lines):
    """Forecasts as (epic, week, promised, took, needed), of epics that were begun."""
    rows = pd.DataFrame(lines, columns=["epic", "week", "promised", "took", "needed"])
    return rows.assign(is_begun=True, is_cancelled=rows["epic"] == 9, is_corrected=True, p85=rows["promised"])


def test_the_record_counts_the_first_forecast_of_each_epic_once_its_week_has_passed():
    rows = made_forecasts(
        (1, 10, 4, 3, 0.6),  # promised for week 14, done in 13: kept
        (1, 12, 4, 1, 0.1),  # its second forecast
        (2, 10, 4, 9, 1.0),  # late
        (3, 10, 4, float("nan"), float("nan")),  # open to this day: late
        (4, 18, 4, 1, 0.2),  # done early, but promised for week 22
        (9, 10, 4, 3, 0.6),  # cancelled
    )
    known = record(rows, 20)
    assert (known.n, known.hits) == (3, 1) and known.needed == (0.6, 1.0, 1.0)
    # In week 15 the second was not done yet either.
    assert record(rows, 15).needed == (0.6, 1.0, 1.0) and record(rows, 13).n == 0
    assert record(rows, 20, corrected=True).hits == 1


# From issues to dates ------------------------------------------------------------------------------------


def test_two_epics_of_one_team_from_their_issues_to_their_dates():
    rows = forecast_rows(portfolio())
    # Six a week are shared evenly: 9 items are done in week 3, 12 in week 4. Both are due at the end of week 3.
    assert rows["remaining"].to_dict() == {"PAY-1": 9, "PAY-2": 12}
    assert rows["p50"].to_dict() == rows["p85"].to_dict() == {"PAY-1": 3, "PAY-2": 4}
    assert rows["probability"].to_dict() == {"PAY-1": 1.0, "PAY-2": 0.0}
    assert rows["as_of"].iloc[0] == MONDAY and not rows["is_corrected"].any()


def test_the_probability_holds_until_the_next_forecast():
    facts = facts_of(together(*portfolio()), TEAMS, *INDICATORS[0].facts)
    seen = observations(INDICATORS[0], facts)
    last = seen[seen["until"].isna()]
    assert dict(zip(last["key"], last["value"], strict=True)) == {"PAY-1": 100, "PAY-2": 0}


def test_public_holidays_put_the_dates_off():
    # Three working days off in the second week from MONDAY.
    off = frozenset(date(2026, 11, 23) + timedelta(days=n) for n in range(3))
    calendars = {"payments": Calendar(holidays=off)}
    rows = forecast_rows(portfolio(), Organisation(owners=TEAMS.owners, calendars=calendars))
    assert rows["p85"].to_dict() == {"PAY-1": 4, "PAY-2": 5}


def test_seven_weeks_are_too_few():
    # One of the eight weeks since the first finish was one of public holidays.
    off = frozenset(date(2026, 10, 5) + timedelta(days=n) for n in range(3))
    eight = Organisation(owners=TEAMS.owners, calendars={"payments": Calendar(holidays=off)})
    rows = forecast_rows(portfolio(weeks_of_work=8), eight)
    assert set(rows["refusal"]) == {"too short a history: 7 complete weeks, 8 are needed"}


def test_an_epic_without_a_date_and_one_without_open_items_say_so():
    made = portfolio()
    made[0]["issues"][0]["due_on"] = None
    made.append(story(3, None, kind="Epic", due_on=date(2026, 12, 6)))
    facts = facts_of(together(*made), TEAMS, *INDICATORS[0].facts)
    seen = observations(INDICATORS[0], facts)
    last = seen[seen["until"].isna()].set_index("key")["excluded"]
    assert last["PAY-1"] == "no due date" and last["PAY-3"] == "no open items"


def test_what_was_known_then_does_not_change_with_what_came_later():
    facts = facts_of(together(*portfolio(weeks_of_work=12)), TEAMS, "epic_forecasts")["epic_forecasts"]
    before = facts[~facts["is_latest"]]
    later = portfolio(weeks_of_work=12)
    later += [story(900 + n, "1", created_at=MONDAY + timedelta(days=1)) for n in range(50)]
    changed = facts_of(together(*later), TEAMS, "epic_forecasts")["epic_forecasts"]
    again = changed[~changed["is_latest"]]
    shown = ["key", "week", "remaining", "p50", "p85", "probability"]
    assert len(before) and before[shown].equals(again[shown])


def test_the_table_gives_dates_and_says_what_threatens():
    rows = open_epics(plans_of(portfolio())).set_index("key")
    # Three and four weeks from Monday the 16th of November end on Sunday the 6th and the 13th of December.
    assert rows["p85_on"].dt.strftime("%m-%d").to_dict() == {"PAY-1": "12-06", "PAY-2": "12-13"}
    assert rows["due_on"].dt.strftime("%m-%d").to_dict() == {"PAY-1": "12-06", "PAY-2": "12-06"}
    assert rows["standing"].to_dict() == {"PAY-1": "on track", "PAY-2": "concern"}
    assert rows["risks"].to_dict() == {"PAY-1": "", "PAY-2": "less likely than not"}
    assert list(rows.index) == ["PAY-2", "PAY-1"]


def test_without_epics_there_is_an_empty_table_and_no_record():
    for made in ((), (story(1, None, MONDAY - timedelta(days=9)),)):
        plans = plans_of(made)
        assert open_epics(plans).empty and plans.learned is None
        assert {one.words for one in plans.records} == {"No 85 % forecast has had its outcome yet."}


def test_what_if_answers_with_the_same_draws():
    plans = plans_of(portfolio())
    assert plans.outlooks("payments", Change(capacity=2))["PAY-2"].week(0.85) == 2
    assert plans.outlooks("payments", Change(order=("PAY-2",)))["PAY-2"].week(0.85) == 2
    assert plans.outlooks("payments")["PAY-2"].week(0.85) == 4


def test_scope_outruns_delivery_when_more_comes_in_than_is_finished():
    added = [story(2000 + n, "1", created_at=MONDAY - timedelta(days=2 + n % 60)) for n in range(90)]
    rows = open_epics(plans_of([*portfolio(), *added])).set_index("key")
    # 60 finished in ten weeks, 90 added: more than 1.2 times as many.
    assert "scope outruns delivery" in rows.loc["PAY-1", "risks"]


def test_items_that_are_older_than_usual_are_a_risk():
    old = story(4000, "1", status="In Progress", status_id="2")
    moved = {"field": "status", "from_id": "1", "to_id": "2", "from_text": "To Do", "to_text": "In Progress"}
    begun = MONDAY - timedelta(days=2)
    old["issue_changes"] = [
        row("issue_changes", source="jira", issue_id="4000", id="1.0", position=0, at=begun, **moved)
    ]
    rows = open_epics(plans_of([*portfolio(), old])).set_index("key")
    # Every finished item took one day; this one has been in progress for two.
    assert rows["ageing"].to_dict() == {"PAY-1": 1, "PAY-2": 0}
    assert "items older than usual" in rows.loc["PAY-1", "risks"]


def test_a_burn_up_shows_items_and_what_is_done_at_each_weeks_end():
    late = story(3000, "1", created_at=MONDAY - timedelta(days=10))
    shown = burn_up(plans_of([*portfolio(), late]).rows, "PAY-1")
    # 39 items from before; one more in the week of the 2nd of November. Three are done every week, 30 in the end.
    assert shown.days[-1] == date(2026, 11, 16) and shown.items[-3:] == (39, 40, 40)
    assert shown.done[-3:] == (24, 27, 30)


def test_portfolios_forecast_the_same_when_they_come_from_what_was_kept():
    facts = facts_of(together(*portfolio()), TEAMS, *FACTS)
    before = Plans(facts, TEAMS)
    after = Plans(facts | {"epic_portfolios": unpacked(packed(before.rows))}, TEAMS)
    one, other = before.portfolios["payments"], after.portfolios["payments"]
    assert (one.plans, one.capacity, one.week) == (other.plans, other.capacity, other.week)
    # Of the ten weeks each with six items done the first was that of the 7th of September.
    assert other.capacity.finished == (6.0,) * 10 and monday(other.first_week) == date(2026, 9, 7)
    assert [(plan.key, plan.remaining, plan.begun) for plan in other.plans] == [("PAY-1", 9, True), ("PAY-2", 12, True)]
    assert burn_up(after.rows, "PAY-2") == burn_up(before.rows, "PAY-2")


def test_without_open_epics_there_are_no_portfolios_and_they_can_be_kept():
    rows = plans_of([]).rows
    assert portfolios_of(unpacked(packed(rows))) == {} and rows.empty


def test_the_curve_ends_when_it_is_nearly_sure():
    plans = plans_of(portfolio())
    points = curve(plans.outlooks("payments")["PAY-1"], plans.last)
    assert points == [(date(2026, 11, 23), 0.0), (date(2026, 11, 30), 0.0), (date(2026, 12, 7), 1.0)]


def test_each_day_has_the_probability_of_the_last_week_that_is_over_by_then():
    points = [(date(2026, 11, 23), 0.2), (date(2026, 11, 30), 0.9)]  # by the ends of Sunday the 22nd and the 29th
    shown = by_day(points)
    assert len(shown) == 14 and by_day([]) == {}
    assert [shown[date(2026, 11, n)] for n in (22, 28, 29, 30)] == [0.2, 0.2, 0.9, 0.9]


def test_forecast_calibration_has_a_row_for_each_four_weeks_that_are_over():
    one = next(one for one in INDICATORS if one.id == "forecast_calibration")
    seen = observations(one, facts_of(together(*portfolio(weeks_of_work=18)), TEAMS, *one.facts))
    # Six a week, always: 24 promised, 24 finished. Of the 18 weeks the 11 first are known at the only such Monday that
    # has at least eight before it and four after it.
    assert len(seen) == 1 and set(seen["value"]) == {1.0} and set(seen["team"]) == {"payments"}


# On the demonstration organisation -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def demonstration(demonstration_file):
    from data import config
    from data.demonstration import CONFIGURATION
    from data.store import Store
    from metrics.loading import load

    return load(Store.open(f"sqlite:///{demonstration_file}"), config.read(CONFIGURATION))


def test_on_the_demonstration_promises_and_dates_come_true_as_often_as_they_should(demonstration):
    plans = Plans(demonstration.facts, demonstration.organisation)
    simulated, _, throughput = plans.records
    assert throughput.n >= 60 and throughput.holds
    assert simulated.n >= 60 and simulated.holds and plans.learned is None


def test_on_the_demonstration_most_epics_do_well_a_few_slip_and_one_is_less_likely_than_not(demonstration):
    rows = open_epics(Plans(demonstration.facts, demonstration.organisation))
    probability = rows["probability"].dropna()
    assert (probability >= 85).mean() > 0.5 and ((probability >= 50) & (probability < 85)).sum() >= 2
    assert rows.loc[probability.index[probability < 50], "team"].tolist() == ["dispatch"]
    epics = demonstration.facts["epics"]
    done = epics[epics["done_at"].notna()]
    assert 0.6 < (done["done_at"] < done["first_due_at"]).mean() < 0.9


def test_on_the_demonstration_the_table_says_what_the_indicator_says(demonstration):
    one = INDICATORS[0]
    facts = demonstration.facts
    seen = observations(one, facts)
    shown = open_epics(Plans(facts, demonstration.organisation)).set_index("key")["probability"].dropna()
    rows = seen[seen["until"].isna() & seen["excluded"].isna()].set_index("key")["value"]
    assert len(shown) and rows.reindex(shown.index).tolist() == shown.tolist()
