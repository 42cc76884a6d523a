"""Innovation and how people feel: experiments that were finished, and what surveys answer."""

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import days, observe

EXPERIMENTS = frozenset({"spike", "prototype", "experiment", "proof of concept", "research"})
ANSWERS_NEEDED = 5


def survey_answers(survey_results: Frame) -> Frame:
    """One row per survey, team and question: key, team, closed_at, mean (0 to 100), answers, left_out."""
    rows = survey_results.reset_index(drop=True)
    rows["key"] = rows["survey"] + " · " + rows["team"].fillna("everybody") + " · " + rows["question"]
    rows["closed_at"] = rows["closed_on"].dt.tz_localize("UTC")
    rows["is_small"] = rows["answers"] < ANSWERS_NEEDED
    return rows


def experiment_lead_time(issues: Frame) -> Observations:
    """Days from the creation of an experiment to its end: issues of the types spike, prototype, experiment or research.

    Counted in the period in which they were done. What an experiment taught is not in a tracker.
    """
    rows = issues[issues["type"].str.lower().isin(EXPERIMENTS) & issues["lead"].notna()]
    reasons = {str(reason): rows["left_out"] == reason for reason in rows["left_out"].dropna().unique()}
    return observe(rows, at=rows["done_at"], value=days(rows["lead"]), excluded=reasons)


def dx_pulse(survey_answers: Frame) -> Observations:
    """What people answer when they are asked how work goes, from 0 to 100, weighted by the number of answers.

    Imported from surveys; a row is one question of one survey in one team, and never of fewer than five answers.
    """
    rows = survey_answers
    return observe(
        rows,
        at=rows["closed_at"],
        value=rows["mean"],
        weight=rows["answers"].astype("float64"),
        excluded={"fewer than five answers": rows["is_small"]},
    )


INDICATORS = (
    Indicator(
        "experiment_lead_time",
        "Experiment lead time",
        objective=Objective.TECHNICAL_INNOVATION,
        family=Family.PLANNING,
        unit=Unit.DAYS,
        better=Better.BAND,
        summary=Summary.MEDIAN,
        formula=experiment_lead_time,
        misuse="A quick experiment is not a good one; it says how long ideas wait for an answer.",
    ),
    Indicator(
        "dx_pulse",
        "Developer experience pulse",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.SHARE,
        formula=dx_pulse,
        misuse="Asked too often or without consequence, people stop answering honestly.",
    ),
)
