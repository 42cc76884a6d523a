"""What the tracker holds beside issues: projects, statuses, boards and versions."""

import numpy as np

from connectors.demo.issue_history import CATEGORIES, STATUSES
from connectors.demo.organisation import ADDRESS, Organisation
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, times, words
from connectors.demo.working_time import DAY


def project_id(place: int) -> str:
    """The immutable id of a project."""
    return str(10_001 + place)


def projects(organisation: Organisation) -> Columns:
    """One a team."""
    many, named = len(organisation.projects), organisation.projects
    return {
        "scope": np.arange(many),
        "id": words(project_id(place) for place in range(many)),
        "key": words(named),
        "name": words(team.capitalize() for team in organisation.teams),
        "url": words(f"{ADDRESS}/projects/{key}" for key in named),
    }


def statuses() -> Columns:
    """The same for all projects."""
    ids = words(str(place + 1) for place in range(len(STATUSES)))
    return {"id": ids, "name": words(STATUSES), "category": words(CATEGORIES)}


def boards(organisation: Organisation) -> Columns:
    """One a project."""
    many = len(organisation.projects)
    return {
        "scope": np.arange(many),
        "id": words(str(100 + place) for place in range(many)),
        "name": words(f"{team.capitalize()} board" for team in organisation.teams),
        "kind": words(["scrum"] * many),
        "project": words(organisation.projects),
        "points_field": words(["Story Points"] * many),
        "columns": words([list(STATUSES[:7])] * many),
    }


def versions(draw: Draw) -> Columns:
    """The mobile application's versions, one every four weeks."""
    team, start = draw.organisation.teams.index("mobile"), draw.time.start
    turns = np.arange(21)
    begin = start + turns * 28 * DAY
    released = begin + 28 * DAY < draw.time.now
    return {
        "scope": np.full(len(turns), team),
        "project_id": words([project_id(team)] * len(turns)),
        "id": words(str(800 + turn) for turn in turns),
        "project": words([draw.organisation.projects[team]] * len(turns)),
        "name": words(f"{2 + turn // 12}.{turn % 12}" for turn in turns),
        "is_released": released,
        "is_archived": np.zeros(len(turns), dtype=bool),
        "start_on": times(begin).astype("datetime64[D]"),
        "release_on": times(begin + 28 * DAY).astype("datetime64[D]"),
    }
