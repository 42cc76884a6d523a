"""One fact row per open epic and date of forecast: what was promised then, by what was known then, and what came."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from metrics.calendar_weeks import start_of, week_of, weeks_until_moment
from metrics.correction import Correction, Outlook, correction
from metrics.forecast import LEAST_WEEKS, Forecast
from metrics.joint_forecast import joint_forecast
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.portfolio import Past, Portfolio
from metrics.simulation import DRAWS, LONGEST, seed_of_words
from metrics.track_record import LEVEL, TrackRecord, needed_until, record_of

EVERY = 4
PAST_DRAWS, PAST_LONGEST = 1_000, 78
LEVELS = {"p50": 0.5, "p85": LEVEL, "p95": 0.95}
COLUMNS = {
    "week": "int64",
    "is_latest": "bool",
    "is_begun": "bool",
    "place": "int64",
    "simulated": "float64",
    "promised": "float64",
    "p50": "float64",
    "p85": "float64",
    "p95": "float64",
    "probability": "float64",
    "refusal": "str",
    "is_corrected": "bool",
    "took": "float64",
    "needed": "float64",
}
OF_EPIC = [
    "epic",
    "key",
    "url",
    "title",
    "project",
    "team",
    "created_at",
    "started_at",
    "done_at",
    "is_cancelled",
    "due_at",
]
COUNTED = ["remaining", "done", "added"]


def epic_forecasts(
    epic_facts: Frame,
    epic_item_facts: Frame,
    done_span_facts: Frame,
    epic_due_date_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per epic that was open at a date of forecast: every fourth Monday, and the last one.

    Columns: those of the epic, due_at as promised then, remaining and done (items), added (a week, lately); week (its
    number), as_of, is_latest, is_begun, place (in the order of priority); simulated and promised: the median and the
    85 % of the simulation, in weeks; p50, p85 and p95 (weeks) and probability (0 to 1, of the due date) as shown:
    corrected by what was known of earlier forecasts, where those had not held; refusal; took (weeks until it was done;
    null: open) and needed (the level at which the simulation would have held).
    """
    past = Past(epic_facts, epic_item_facts, done_span_facts, epic_due_date_facts, organisation, noted_holiday_facts)
    none = pd.DataFrame(columns=[*COUNTED, *COLUMNS]).astype(COLUMNS)
    made = epic_facts[OF_EPIC].iloc[:0].join(none)
    for week in _origins(past):
        learned = lesson(made, week)
        found = [one for one in past.at(week) if len(one.epics)]
        rows = [_rows(found, past, week, learned)] if found else []
        made = pd.concat([one for one in (made, *rows) if len(one)], ignore_index=True) if rows else made
    made["as_of"] = pd.to_datetime(made["week"].map(lambda week: start_of(week, past.timezone)), utc=True).astype(
        "datetime64[us, UTC]"
    )
    return made


def _origins(past: Past) -> Iterator[int]:
    begins = past.first + LEAST_WEEKS
    yield from (week for week in range(begins, past.last) if week % EVERY == 0)
    if past.last >= begins:
        yield past.last


def _rows(found: Sequence[Portfolio], past: Past, week: int, learned: Correction | None) -> Frame:
    is_latest = week == past.last
    effort = (DRAWS, LONGEST) if is_latest else (PAST_DRAWS, PAST_LONGEST)
    epics = pd.concat([one.epics for one in found], ignore_index=True)
    each = [(one.epics["key"], forecasts_of(one, *effort)) for one in found]
    made = [answers[key] for keys, answers in each for key in keys]
    took = np.where(epics["done_at"].isna(), np.nan, week_of(epics["done_at"], past.timezone) - week + 1.0)
    due = weeks_until_moment(epics["due_at"], week, past.timezone)
    lines = [_line(answer, until, actual, learned) for answer, until, actual in zip(made, due, took, strict=True)]
    place = epics.groupby("team").cumcount()
    told = pd.DataFrame(lines).assign(
        week=week, is_latest=is_latest, is_begun=~epics["waiting"], place=place, took=took
    )
    return epics[[*OF_EPIC, *COUNTED]].join(told.astype(COLUMNS))


def forecasts_of(portfolio: Portfolio, draws: int = DRAWS, longest: int = LONGEST) -> dict[str, Forecast]:
    """The simulation of a team's open epics: those that were begun share each week evenly, the others wait."""
    seed = seed_of_words(portfolio.team, str(portfolio.week))
    return joint_forecast(portfolio.plans, portfolio.capacity, seed, draws=draws, longest=longest)


def _line(answer: Forecast, due: float, took: float, learned: Correction | None) -> dict[str, object]:
    """What is said of one epic; `due` and `took` in weeks from then."""
    shown = Outlook(answer, learned)
    return {
        "simulated": shown.simulated,
        "promised": answer.week(LEVEL),
        **{name: shown.week(level) for name, level in LEVELS.items()},
        "probability": np.nan if np.isnan(due) else shown.within(due),
        "refusal": shown.refusal or None,
        "is_corrected": shown.is_corrected,
        "needed": needed_until(answer.weeks, took) if len(answer.weeks) and not np.isnan(took) else np.nan,
    }


def lesson(made: Frame, week: int) -> Correction | None:
    """The correction that earlier forecasts ask for, by what was known when a week began; None where they held.

    Nothing is learned from fewer than twelve epics.
    """
    if record(made, week).holds is not False:
        return None
    earlier = made[(made["week"] < week) & made["simulated"].notna() & ~made["is_cancelled"]]
    finished = earlier["week"] + earlier["took"] <= week
    passed = earlier["took"].where(finished, week - earlier["week"])
    return correction(earlier["simulated"], passed, finished)


def record(made: Frame, week: int, corrected: bool = False, told: pd.Series | None = None) -> TrackRecord:
    """How the 85 % of the simulation, or of what was `corrected`, came true, by what was known when a week began.

    Counted is one forecast of each epic, so that none is counted twice: the first made after it was begun. Only those
    of which the promised week has passed count, whether the epic is done or not; those cancelled later do not. Of an
    epic of which a date was told (`told`: whether it held, by epic) that one counts instead.
    """
    promised = made["p85"].where(made["is_corrected"]) if corrected else made["promised"]
    counts = promised.notna() & made["is_begun"] & ~made["is_cancelled"]
    first = made[counts].drop_duplicates("epic")
    ripe = first[first["week"] + promised.reindex(first.index) <= week]
    if told is not None:
        ripe = ripe[~ripe["epic"].isin(told.index)]
    took = ripe["took"].where(ripe["week"] + ripe["took"] <= week)
    late = took.isna() | (took > promised.reindex(ripe.index))
    needed = late.astype("float64") if corrected else ripe["needed"].where(took.notna(), 1.0)
    kept = [] if told is None else [0.0 if held else 1.0 for held in told]
    return record_of([*needed, *kept], told=len(kept))
