"""What the tracker holds beside issues: projects, statuses, boards and versions."""

import numpy as np

from connectors.demo.issue_history import CATEGORIES, STATUSES
from connectors.demo.organisation import ADDRESS, Organisation
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, times, words
from connectors.demo.versions import OF_VERSIONS, VERSION_LASTS, VERSIONS, version_id, version_name


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
    team, start = draw.organisation.teams.index(OF_VERSIONS), draw.time.start
    turns = np.arange(VERSIONS)
    begin = start + turns * VERSION_LASTS
    released = begin + VERSION_LASTS < draw.time.now
    return {
        "scope": np.full(len(turns), team),
        "project_id": words([project_id(team)] * len(turns)),
        "id": words(version_id(turn) for turn in turns.tolist()),
        "project": words([draw.organisation.projects[team]] * len(turns)),
        "name": words(version_name(turn) for turn in turns.tolist()),
        "is_released": released,
        "is_archived": np.zeros(len(turns), dtype=bool),
        "start_on": times(begin).astype("datetime64[D]"),
        "release_on": times(begin + VERSION_LASTS).astype("datetime64[D]"),
    }
