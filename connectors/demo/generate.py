"""The whole organisation, drawn once for a moment `now`; the same moment gives the same rows."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from connectors.demo import code_host
from connectors.demo.code_host import hashes, pull_request_tables, subjects
from connectors.demo.deployments import deployment_tables, deployments, release_tables, workflow_tables
from connectors.demo.epics import belonging, epics, finished, written_at
from connectors.demo.git_history import Written, told_in, write_all
from connectors.demo.issues import items, linked_items
from connectors.demo.organisation import ADDRESS, organisation
from connectors.demo.packages import release_table
from connectors.demo.pull_requests import Draw, pull_requests
from connectors.demo.rows import Columns, Tables, words
from connectors.demo.tracker import all_issues, keys, tracker_tables
from connectors.demo.working_time import working_time

SEED = 20_260_101


def generate(now: datetime, code: Path | None = None) -> Tables:
    """Every table; `scope` is the place of a row's repository or project, `changed` its last change in seconds.

    `code`: the folder into which the code is written, as git repositories. Raises GitError.
    """
    place = organisation()
    draw = Draw(np.random.default_rng(SEED), working_time(now, place.places), place)
    pulls = pull_requests(draw)
    made = deployments(draw, pulls)
    linked = linked_items(draw, pulls)
    every = _issues(draw, pulls, linked, made[made["harmful"]])
    text = _text(draw, pulls, _mentioned(draw, every, linked))
    written = write_all(code, draw, pulls, text) if code else Written()
    text["merge_commit"][written.places] = written.commits
    tables = {
        "accounts": code_host.accounts(place),
        "repositories": code_host.repositories(place, draw.time.start),
        **pull_request_tables(draw, pulls, text),
        **deployment_tables(draw, made, text["merge_commit"]),
        **release_tables(draw, pulls, text["merge_commit"]),
        **workflow_tables(draw, pulls, text["merge_commit"]),
        **tracker_tables(draw, every),
        "package_releases": release_table(draw.time.now),
    }
    told_in(tables["pull_requests"], written)
    return tables


def _issues(draw: Draw, pulls: pd.DataFrame, linked: pd.Series, harmful: pd.DataFrame) -> pd.DataFrame:
    worked = items(draw, pulls, linked, harmful)
    apart = replace(draw, chance=np.random.default_rng(SEED + 1))  # other epics leave all else as it is
    planned = epics(apart)
    belongs = belonging(apart, planned, worked)
    worked["created"] = written_at(apart, planned, worked, belongs)
    return all_issues(draw, worked, finished(draw, planned, worked, belongs), belongs)


def _mentioned(draw: Draw, every: pd.DataFrame, linked: pd.Series) -> list[str]:
    """The key of the issue that each pull request mentions; empty for none."""
    by_origin = words([""] * (len(every) + 1))
    by_origin[every["origin"].to_numpy()] = keys(draw.organisation, every)
    return list(by_origin[linked.to_numpy()])


def _text(draw: Draw, pulls: pd.DataFrame, mentioned: list[str]) -> Columns:
    """What the pull requests say: url, title, head_branch, labels, mentions, merge_commit."""
    said = subjects(draw, len(pulls))
    names, numbers = words(draw.organisation.repositories)[pulls["repository"]], pulls["number"].tolist()
    known = dict(zip(zip(names, numbers, strict=True), said, strict=True))
    reverted = [known.get(pair) for pair in zip(names, pulls["reverts"].tolist(), strict=True)]
    told = zip(reverted, mentioned, said, strict=True)
    return {
        "url": words(f"{ADDRESS}/{name}/pull/{number}" for name, number in zip(names, numbers, strict=True)),
        "title": words(f'Revert "{old}"' if old else f"{key}: {line}" if key else line for old, key, line in told),
        "head_branch": words(_branch(f"{key} {line}") for key, line in zip(mentioned, said, strict=True)),
        "labels": words(_labels(draw, pulls)),
        "mentions": words([key] if key else [] for key in mentioned),
        "merge_commit": hashes(draw, len(pulls)),
    }


def _branch(words_: str) -> str:
    return words_.strip().lower().replace(" ", "-")


def _labels(draw: Draw, pulls: pd.DataFrame) -> list[list[str]]:
    renovator, reverts = draw.organisation.person("renovator"), pulls["reverts"].notna()
    urgent = reverts | draw.some(0.01, len(pulls))
    pairs = zip((pulls["author"] == renovator).tolist(), urgent.tolist(), strict=True)
    return [["dependencies"] if updates else ["hotfix"] if hot else [] for updates, hot in pairs]
