"""How reviews are spread over the people of a team: as a whole, never by name."""

import numpy as np
import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import observe
from metrics.organisation import UNASSIGNED, Organisation, person_of
from metrics.pull_requests import is_judged
from metrics.windows import belonged, concentration, last_day_of, rolling, week_of

PEOPLE_LEAST, REVIEWS_LEAST = 4, 20
TOO_FEW = "too few people or reviews"
COLUMNS = {
    "key": "str",
    "team": "str",
    "at": "datetime64[us, UTC]",
    "people": "int64",
    "reviews": "float64",
    "gini": "float64",
    "top_two": "float64",
    "authors": "int64",
    "breadth": "float64",
    "is_small": "bool",
    "has_few_authors": "bool",
}


def review_loads(review_facts: Frame, organisation: Organisation) -> Frame:
    """One row per team and week, over the 13 weeks up to its end.

    Columns: key, team, at (the week's last day); people (members for at least half of the time; where nobody is
    listed as a member: those who reviewed), reviews they gave, gini, top_two (share of the two busiest); authors whose
    changes were reviewed, breadth (the median number of their reviewers); is_small, has_few_authors (too few to show).
    """
    rows = review_facts.loc[is_judged(review_facts), ["reviewer", "author", "reviewer_team", "team", "at"]]
    rows = rows.assign(
        reviewer=person_of(rows["reviewer"], "github", organisation),
        author=person_of(rows["author"], "github", organisation),
        week=week_of(rows["at"]),
    )
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    first, last = int(rows["week"].min()), int(rows["week"].max())
    teams = sorted(set(rows["reviewer_team"]) | set(rows["team"]))
    parts = [_team(team, rows, organisation, first, last) for team in teams]
    return pd.concat(parts, ignore_index=True).astype(COLUMNS)


def _team(team: str, rows: Frame, organisation: Organisation, first: int, last: int) -> Frame:
    weeks = np.arange(first, last + 1)
    at = last_day_of(weeks)
    made = pd.DataFrame({"team": team, "at": at, "key": team + " " + at.strftime("%G-W%V")})
    least = max(PEOPLE_LEAST, organisation.minimum_team_size)
    load = _load(team, rows[rows["reviewer_team"] == team], organisation, first, last)
    breadth = _breadth(rows[rows["team"] == team], first, last)
    is_small = (load["people"] < least) | (load["reviews"] < REVIEWS_LEAST)
    return made.assign(**load, **breadth, is_small=is_small, has_few_authors=breadth["authors"] < least)


def _load(team: str, given: Frame, organisation: Organisation, first: int, last: int) -> dict[str, np.ndarray]:
    known = organisation.memberships
    known = known[(known["kind"] == "person") & (known["team"] == team)]
    people = pd.Index(pd.concat([given["reviewer"], known["account"]]).unique())
    place = pd.Series(people.get_indexer(pd.Index(given["reviewer"])))
    counts = rolling(place, given["week"].reset_index(drop=True), len(people), first, last)
    counted = belonged(known, people, first, last) if len(known) else counts > 0
    gini, top_two = concentration(counts, counted)
    reviews = np.where(counted, counts, 0.0).sum(axis=0)
    return {"people": counted.sum(axis=0), "reviews": reviews, "gini": gini, "top_two": 100 * top_two}


def _breadth(received: Frame, first: int, last: int) -> dict[str, np.ndarray]:
    """The median, over authors with a review in the window, of how many people reviewed them in it."""
    received = received.dropna(subset=["author", "reviewer"])
    pairs = received.groupby(["author", "reviewer"], sort=True).ngroup().reset_index(drop=True)
    seen = rolling(
        pairs, received["week"].reset_index(drop=True), int(pairs.max()) + 1 if len(pairs) else 0, first, last
    )
    author = received[["author", "reviewer"]].drop_duplicates().sort_values(["author", "reviewer"])["author"]
    codes, names = pd.factorize(author)
    reviewers = np.zeros((len(names), last - first + 1))
    np.add.at(reviewers, codes, seen > 0)
    by_author = pd.DataFrame(np.where(reviewers > 0, reviewers, np.nan))
    return {"authors": (reviewers > 0).sum(axis=0), "breadth": by_author.median().to_numpy(dtype="float64")}


def review_load_gini(review_loads: Frame) -> Observations:
    """How unevenly a team's reviews are spread over its members: 0 when all give as many, near 1 when one gives all.

    The Gini coefficient of the reviews given in the 13 weeks up to a week's end, members who gave none included. At
    least 4 members and 20 reviews; no person is ever shown. For several teams: the median of theirs.
    """
    return _shown(review_loads, "gini", "is_small")


def review_load_top_two(review_loads: Frame) -> Observations:
    """Share of a team's reviews that its two busiest reviewers gave, in the 13 weeks up to a week's end.

    At least 4 members and 20 reviews; no person is ever shown. For several teams: the median of theirs.
    """
    return _shown(review_loads, "top_two", "is_small")


def reviewer_breadth(review_loads: Frame) -> Observations:
    """How many different people reviewed an author's pull requests in 13 weeks: the median over a team's authors.

    At least 4 authors. For several teams: the median of theirs.
    """
    return _shown(review_loads, "breadth", "has_few_authors")


def _shown(rows: Frame, column: str, few: str) -> Observations:
    return observe(rows, at=rows["at"], value=rows[column].mask(rows[few]), excluded={TOO_FEW: rows[few]})


def cross_team_review_share(reviews: Frame) -> Observations:
    """Share of reviews given to another team's pull requests; those of people without a team are left out."""
    across = (reviews["reviewer_team"] != reviews["team"]).astype("float64")
    teamless = (reviews["reviewer_team"] == UNASSIGNED) | (reviews["team"] == UNASSIGNED)
    return observe(reviews, at=reviews["at"], value=across, excluded={"bot": ~is_judged(reviews), "no team": teamless})


INDICATORS = (
    Indicator(
        "review_load_gini",
        "Review load concentration",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.RATIO,
        better=Better.LOWER,
        summary=Summary.WINDOW,
        formula=review_load_gini,
        core=True,
        misuse="Equal is not fair: experts are asked more. It is for relieving them, never for ranking anybody.",
    ),
    Indicator(
        "review_load_top_two",
        "Reviews by the two busiest",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.WINDOW,
        formula=review_load_top_two,
        misuse="It is for relieving two people, never for finding out who they are.",
    ),
    Indicator(
        "reviewer_breadth",
        "Reviewers per author",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.PEOPLE,
        better=Better.HIGHER,
        summary=Summary.WINDOW,
        formula=reviewer_breadth,
        misuse="A small team cannot have many.",
    ),
    Indicator(
        "cross_team_review_share",
        "Reviews across teams",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.RATE,
        formula=cross_team_review_share,
        misuse="Many may mean learning from each other, or parts that belong to nobody.",
    ),
)
