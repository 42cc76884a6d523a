"""The whole organisation, drawn once for a moment `now`; the same moment gives the same rows."""

from datetime import datetime

import numpy as np
import pandas as pd

from connectors.demo import code_host
from connectors.demo.code_host import hashes, pull_request_tables, subjects
from connectors.demo.deployments import deployment_tables, deployments, release_tables, workflow_tables
from connectors.demo.epics import belonging, epics, finished
from connectors.demo.issues import items, linked_items
from connectors.demo.organisation import ADDRESS, organisation
from connectors.demo.pull_requests import Draw, pull_requests
from connectors.demo.rows import Columns, Tables, words
from connectors.demo.tracker import all_issues, keys, tracker_tables
from connectors.demo.working_time import working_time

SEED = 20_260_101


def generate(now: datetime) -> Tables:
    """Every table; `scope` is the place of a row's repository or project, `changed` when it last changed, in seconds."""
    place = organisation()
    draw = Draw(np.random.default_rng(SEED), working_time(now, place.places), place)
    pulls = pull_requests(draw)
    made = deployments(draw, pulls)
    linked = linked_items(draw, pulls)
    every = _issues(draw, pulls, linked, made[made["harmful"]])
    text = _text(draw, pulls, _mentioned(draw, every, linked))
    return {
        "accounts": code_host.accounts(place),
        "repositories": code_host.repositories(place, draw.time.start),
        **pull_request_tables(draw, pulls, text),
        **deployment_tables(draw, made, text["merge_commit"]),
        **release_tables(draw, pulls, text["merge_commit"]),
        **workflow_tables(draw, pulls, text["merge_commit"]),
        **tracker_tables(draw, every),
    }


def _issues(draw: Draw, pulls: pd.DataFrame, linked: pd.Series, harmful: pd.DataFrame) -> pd.DataFrame:
    worked, planned = items(draw, pulls, linked, harmful), epics(draw)
    belongs = belonging(draw, planned, worked)
    return all_issues(draw, worked, finished(draw, planned, worked, belongs), belongs)


def _mentioned(draw: Draw, every: pd.DataFrame, linked: pd.Series) -> list[str]:
    """The key of the issue that each pull request mentions; empty for none."""
    by_origin = words([""] * (len(every) + 1))
    by_origin[every["origin"].to_numpy()] = keys(draw.organisation, every)
    return list(by_origin[linked.to_numpy()])


def _text(draw: Draw, pulls: pd.DataFrame, mentioned: list[str]) -> Columns:
    """What the pull requests say: url, title, head_branch, labels, mentions, merge_commit."""
    said = subjects(draw, len(pulls))
    reverts = [None if number != number else int(number) for number in pulls["reverts"].tolist()]
    names = words(draw.organisation.repositories)[pulls["repository"]]
    numbers = pulls["number"].tolist()
    title = dict(zip(zip(names, numbers, strict=True), said, strict=True))
    told = [f'Revert "{title[name, number]}"' if number else f"{key}: {words_}" if key else words_
            for name, number, key, words_ in zip(names, reverts, mentioned, said, strict=True)]
    return {
        "url": words(f"{ADDRESS}/{name}/pull/{number}" for name, number in zip(names, numbers, strict=True)),
        "title": words(told),
        "head_branch": words(f"{key} {line}".strip().lower().replace(" ", "-") for key, line in zip(mentioned, said, strict=True)),
        "labels": words([] for _ in said),
        "mentions": words([key] if key else [] for key in mentioned),
        "merge_commit": hashes(draw, len(pulls)),
    }
