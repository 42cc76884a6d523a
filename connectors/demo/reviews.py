"""What happens inside a pull request: reviews, comments, commits and events, each with the place of its parent."""

import numpy as np
import pandas as pd

from connectors.demo.organisation import NOBODY, choose
from connectors.demo.pull_requests import ROUNDS, Draw
from connectors.demo.rows import words
from connectors.demo.working_time import DAY, HOUR, MINUTE, Numbers, Places, Yes

ASSISTED = (1, 3, 4)  # the teams that let codelantern comment
STATES = words(["approved", "changes_requested", "commented", "dismissed"])
APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED = range(4)
KINDS = (
    "ready",
    "draft",
    "force_push",
    "auto_merge",
    "closed",
    "reopened",
    "review_requested",
    "review_request_removed",
    "review_dismissed",
)
FILES = words(["src/api.py", "src/models.py", "src/queue.py", "tests/test_api.py", "web/form.tsx", "deploy/api.yaml"])


def reviewers(draw: Draw, pulls: pd.DataFrame) -> Places:
    """Two reviewers for each pull request, mostly of its team, the careful ones more often: rows x 2."""
    people, share = draw.organisation.people, pulls["share"].to_numpy()[:, None]
    place = np.arange(len(people))
    allowed = (people["team"].to_numpy() != NOBODY) & (place != pulls["author"].to_numpy()[:, None])
    allowed &= (people["joined"].to_numpy() <= share) & (share < people["left"].to_numpy())
    near = people["team"].to_numpy() == pulls["team"].to_numpy()[:, None]
    return choose(draw.chance, people["care"].to_numpy() * np.where(near, 1.0, 0.02), allowed, many=2)


def reviews(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """Reviews: pull, at, who, state (a place in STATES). Those after the close are the deliberate ones."""
    who = reviewers(draw, pulls)
    pulls["reviewer"] = who[:, 0]
    inside = pd.concat([*_rounds(draw, pulls, who), *_others(draw, pulls, who)])
    inside = inside[~(inside["at"] > pulls["closed"].to_numpy()[inside["pull"]])]
    late = _piece(pulls, draw.some(0.02, len(pulls)) & pulls["merged"].notna(), who[:, 1], COMMENTED)
    late["at"] = draw.later(pulls.loc[late["pull"]], pulls["merged"].to_numpy()[late["pull"]], 3.0)
    return _until_now(draw, pd.concat([inside, late]))


def _rounds(draw: Draw, pulls: pd.DataFrame, who: Places) -> list[pd.DataFrame]:
    pieces = []
    for turn in range(ROUNDS):
        is_last = (pulls["rounds"] == turn + 1).to_numpy() & ~pulls["abandoned"].to_numpy()
        asked = np.where(draw.some(0.6, len(pulls)), CHANGES_REQUESTED, COMMENTED)
        state = np.where(is_last, APPROVED, asked)
        pieces.append(_piece(pulls, pulls[f"round_{turn}"].notna(), who[:, 0], state, pulls[f"round_{turn}"]))
    return pieces


def _others(draw: Draw, pulls: pd.DataFrame, who: Places) -> list[pd.DataFrame]:
    """A second opinion, one before it was ready, the author's replies, a dismissed approval, the AI reviewer."""
    many, author = len(pulls), pulls["author"].to_numpy()
    by_people = draw.organisation.is_person(author) & (pulls["rounds"] > 0).to_numpy()
    first, last = pulls["round_0"].to_numpy(), pulls["last_round"].to_numpy()
    early = pulls["created"] + 0.6 * (pulls["ready"] - pulls["created"])
    second = draw.later(pulls, first, draw.about(1.5, 1.0, many))
    opinion = np.where(draw.some(0.7, many), APPROVED, COMMENTED)
    lantern = np.full(many, draw.organisation.person("codelantern"))
    begins = pulls["created"].where(pulls["ready"].isna(), pulls["ready"]) + 6 * MINUTE
    assisted = by_people & pulls["team"].isin(ASSISTED).to_numpy() & draw.some(0.45, many)
    return [
        _piece(pulls, by_people & draw.some(0.2, many), who[:, 1], opinion, second),
        _piece(pulls, by_people & draw.some(0.2, many), who[:, 0], COMMENTED, early),
        _piece(pulls, by_people & draw.some(0.09, many), author, COMMENTED, first + 40 * MINUTE),
        _piece(pulls, by_people & draw.some(0.012, many), who[:, 1], DISMISSED, first + 0.5 * (last - first)),
        _piece(pulls, assisted, lantern, COMMENTED, begins),
    ]


def _piece(
    pulls: pd.DataFrame,
    chosen: Yes | pd.Series,
    who: Places,
    state: Places | int,
    at: pd.Series | Numbers | float = np.nan,
) -> pd.DataFrame:
    piece = pd.DataFrame(
        {"pull": np.arange(len(pulls)), "who": who, "state": state, "at": np.nan if at is None else at}
    )
    return piece[np.asarray(chosen)]


def _until_now(draw: Draw, pieces: pd.DataFrame) -> pd.DataFrame:
    pieces = pieces[pieces["at"] <= draw.time.now]
    return pieces.sort_values(["pull", "at"], kind="stable", ignore_index=True)


def review_comments(draw: Draw, given: pd.DataFrame) -> pd.DataFrame:
    """Comments on lines: pull, at, who, review (its place; NOBODY: it belongs to none), path (a place in FILES)."""
    often = np.where(given["state"] == APPROVED, 0.25, 1.2)
    many = draw.chance.poisson(often)
    place = np.repeat(np.arange(len(given)), many)
    lines = given.loc[place, ["pull", "at", "who"]].reset_index(drop=True)
    lines["review"] = np.where(draw.some(0.01, len(place)), NOBODY, place)
    lines["path"] = draw.chance.integers(len(FILES), size=len(place))
    return lines


def comments(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """The conversation: pull, at, who."""
    place = np.repeat(np.arange(len(pulls)), draw.chance.poisson(0.9, len(pulls)))
    end = pulls["closed"].fillna(draw.time.now).to_numpy()[place]
    begin = pulls["created"].to_numpy()[place]
    author, reviewer = pulls["author"].to_numpy()[place], pulls["reviewer"].to_numpy()[place]
    talk = pd.DataFrame({"pull": place, "at": begin + draw.chance.random(len(place)) * (end - begin)})
    talk["who"] = np.where(draw.some(0.45, len(place)), author, reviewer)
    return _until_now(draw, talk)


def commits(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """Commits: pull, at (authored), committed. A few are older than 90 days, a few dated after the creation."""
    place = np.arange(len(pulls))
    before = np.repeat(place, 1 + draw.chance.poisson(0.7 * (pulls["size"] > 20), len(pulls)))
    first = pulls.loc[before]
    at = [draw.later(first, first["created"].to_numpy(), -draw.about(4.0, 1.2, len(before)))]
    where = [before]
    for turn in range(1, ROUNDS):
        since, until = pulls[f"round_{turn - 1}"].to_numpy(), pulls[f"round_{turn}"].to_numpy()
        where.append(place[np.isfinite(until)])
        at.append((since + 0.8 * (until - since))[np.isfinite(until)])
    stale = (pulls["stale"] & pulls["merged"].notna()).to_numpy()
    where.append(place[stale])
    at.append((0.5 * (pulls["last_round"] + pulls["merged"])).to_numpy()[stale])
    made = pd.DataFrame({"pull": np.concatenate(where), "at": np.concatenate(at)})
    return _until_now(draw, _odd_dates(draw, made))


def _odd_dates(draw: Draw, made: pd.DataFrame) -> pd.DataFrame:
    many = len(made)
    made["committed"] = made["at"]
    made["at"] -= np.where(draw.some(0.004, many), 120 * DAY, 0.0)
    made["at"] += np.where(draw.some(0.004, many), 9 * HOUR, 0.0)
    return made


def events(draw: Draw, pulls: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Events: pull, at, kind (a place in KINDS), who, subject (who was asked, or whose review was dismissed)."""
    many, author, created = len(pulls), pulls["author"].to_numpy(), pulls["created"]
    end = pulls["closed"].fillna(draw.time.now)
    asked = draw.some(0.7, many) & (pulls["rounds"] > 0).to_numpy()
    asked_at = created.where(~pulls["drafted"], pulls["ready"]).where(asked) + 20
    pushed = (created + draw.chance.random(many) * (end - created)).where(draw.some(0.2, many))
    own = {
        "ready": [pulls["ready"], pulls["ready_again"]],
        "draft": [pulls["redrafted"]],
        "force_push": [pushed],
        "auto_merge": [created.where(pulls["auto"]) + 90],
        "closed": [pulls["was_closed"], pulls["closed"].where(pulls["merged"].isna())],
        "reopened": [pulls["reopened"]],
    }
    place, reviewer = np.arange(many), pulls["reviewer"].to_numpy()
    pieces = [_events(kind, place, at, author, NOBODY) for kind, moments in own.items() for at in moments]
    pieces.append(_events("review_requested", place, asked_at, author, reviewer))
    unasked = (asked_at + HOUR).where(draw.some(0.03, many))
    pieces.append(_events("review_request_removed", place, unasked, author, reviewer))
    gone = given[given["state"] == DISMISSED]
    by = author[gone["pull"]]
    pieces.append(_events("review_dismissed", gone["pull"].to_numpy(), gone["at"] + HOUR, by, gone["who"].to_numpy()))
    found = pd.concat(pieces)
    return _until_now(draw, found[~(found["at"] > pulls["closed"].to_numpy()[found["pull"]])])


def _events(kind: str, pull: Places, at: pd.Series, who: Places, subject: Places | int) -> pd.DataFrame:
    return pd.DataFrame({"pull": pull, "at": at.to_numpy(), "kind": KINDS.index(kind), "who": who, "subject": subject})
