"""Experiments and surveys, worked out by hand."""

from conftest import frame_of, row
from issue_rows import issue, observed, values_of

from metrics.catalogue import INDICATORS
from metrics.evaluate import observations
from metrics.innovation import survey_answers


def test_experiment_lead_time_counts_spikes_and_no_stories():
    # a spike created on the 1st and done on the 4th: 3 days
    spike = issue("PAY-1", "01", ("Done", "04"), type="Spike")
    story = issue("PAY-2", "01", ("Done", "09"), type="Story")
    assert values_of(observed("experiment_lead_time", spike, story)) == {"PAY-1": 3.0}


def test_dx_pulse_weighs_questions_by_their_answers_and_leaves_out_the_small():
    answers = [
        {"id": "1", "survey": "2026-Q1", "team": "a", "question": "flow", "mean": 80.0, "answers": 30, "invited": 40},
        {"id": "2", "survey": "2026-Q1", "team": "b", "question": "flow", "mean": 50.0, "answers": 10, "invited": 12},
        {"id": "3", "survey": "2026-Q1", "team": "c", "question": "flow", "mean": 10.0, "answers": 4, "invited": 5},
    ]
    rows = frame_of("survey_results", [row("survey_results", closed_on="2026-03-31", **one) for one in answers])
    seen = observations(INDICATORS["dx_pulse"], {"survey_answers": survey_answers(rows)})
    counted = seen[seen["excluded"].isna()]
    # (80 · 30 + 50 · 10) / 40 = 72.5
    assert (counted["value"] * counted["weight"]).sum() / counted["weight"].sum() == 72.5
    assert seen["excluded"].tolist()[2] == "fewer than five answers"
    assert seen["key"].iloc[0] == "2026-Q1 · a · flow"
