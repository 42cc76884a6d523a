"""Bottlenecks, delivery, code review, coverage and figures on the demonstration organisation."""

import csv
import io

import pytest
from app_pages import SCREENS, TEAM, seen, text
from streamlit.testing.v1 import AppTest

from pages.ui import rows


def html(app: AppTest) -> str:
    return "".join(element.proto.body for kind in ("html", "markdown") for element in app.get(kind))


@pytest.mark.parametrize(("page", "part"), SCREENS)
def test_every_part_of_a_screen_is_drawn_for_a_team(shown_demonstration, page, part):
    app = seen(page, team=TEAM, part=part)
    assert not app.exception and not app.error
    drawn = (
        len(app.get("plotly_chart"))
        + len(app.dataframe)
        + html(app).count("<table")
        + html(app).count("data-indicator")
    )
    assert drawn


def test_without_a_team_all_are_listed_to_choose_from(shown_demonstration):
    app = seen("bottlenecks.py")
    said = html(app)
    assert said.count("Most time apart from active work is in") == 6 and f"team={TEAM}" in said


def test_the_sentence_says_where_work_waits_and_what_is_late(shown_demonstration):
    said = text(seen("bottlenecks.py", team=TEAM))
    assert "Most time apart from active work is in review" in said and "older than 85 % of past ones" in said
    assert "more was started than finished in" in said


def test_the_queue_says_whom_each_waits_for_the_longest_wait_first(shown_demonstration):
    app = seen("bottlenecks.py", team=TEAM)
    queue = next(frame.value for frame in app.dataframe if "because" in frame.value)
    assert queue["days"].is_monotonic_decreasing and queue["waits_for"].notna().all()
    one = seen("bottlenecks.py", team=TEAM, waits="author")
    shown = next(frame.value for frame in one.dataframe if "because" in frame.value)
    assert set(shown["waits_for"]) == {"author"}


def test_one_issue_of_the_chart_shows_its_row(shown_demonstration):
    app = seen("bottlenecks.py", team=TEAM)
    key = app.selectbox(key="issue").options[1]
    one = seen("bottlenecks.py", team=TEAM, issue=key)
    (frame,) = [frame.value for frame in one.dataframe if "age_in_stage" in frame.value]
    assert len(frame) == 1 and frame["key"].iloc[0].endswith(f"#{key}")


def test_the_load_of_reviews_names_nobody(shown_demonstration):
    charts = [chart.proto.spec for chart in seen("bottlenecks.py", team=TEAM, part="Review").get("plotly_chart")]
    members = ("arjun-mehta", "kavya-iyer", "vikram-nair")
    assert len(charts) == 2 and not [name for name in members for chart in charts if name in chart]


def test_services_are_drawn_one_by_one_and_told_in_words(shown_demonstration):
    app = seen("delivery.py", part="Services", measure="Change fail rate")
    assert len(app.get("plotly_chart")) == 9
    assert "taken from" in html(app) and "deployments to production" in html(app)


def test_a_figure_has_its_guards_its_teams_and_its_weeks(shown_demonstration):
    app = seen("figure.py", indicator="time_to_first_review")
    said = html(app)
    assert "Review coverage" in said and "Dispatch" in said and "read beside" in said
    assert "Sadowski" not in said  # published figures come only on request
    assert "Sadowski" in html(seen("figure.py", indicator="time_to_first_review", published="true"))


def test_a_forecast_says_how_many_and_how_often_such_came_true(shown_demonstration):
    app = seen("bottlenecks.py", team=TEAM, part="Forecast")
    assert "at least" in html(app) and "came true" in text(app)


def test_any_list_is_harmless_as_csv():
    import pandas as pd

    frame = pd.DataFrame({"key": ["=1+1"], "title": ["@x"], "days": [1.5], "url": ["https://example.invalid"]})
    (row,) = csv.DictReader(io.StringIO(rows.csv_of_list(frame)))
    assert row == {"key": "'=1+1", "title": "'@x", "days": "1.5", "url": "https://example.invalid"}
