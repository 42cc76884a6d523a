"""The whole organisation, drawn once for a moment `now`; the same moment gives the same rows."""

from datetime import datetime

import numpy as np
import pandas as pd

from connectors.demo import code_host
from connectors.demo.code_host import Tables, hashes, pull_request_tables, subjects
from connectors.demo.organisation import NOBODY, organisation
from connectors.demo.pull_requests import Draw, pull_requests
from connectors.demo.rows import words
from connectors.demo.working_time import working_time

SEED = 20_260_101


def generate(now: datetime) -> Tables:
    """Every table; `scope` is the place of a row's repository or project, `changed` when it last changed, in seconds."""
    place = organisation()
    draw = Draw(np.random.default_rng(SEED), working_time(now, place.places), place)
    pulls = _described(draw, pull_requests(draw))
    return {
        "accounts": code_host.accounts(place),
        "repositories": code_host.repositories(place, draw.time.start),
        **pull_request_tables(draw, pulls),
    }


def _described(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    titles = subjects(draw, len(pulls))
    pulls["title"] = words(titles)
    pulls["branch"] = words([title.lower().replace(" ", "-") for title in titles])
    pulls["labels"] = words([[] for _ in titles])
    pulls["mentions"] = words([[] for _ in titles])
    pulls["merge_commit"] = hashes(draw, len(pulls))
    return pulls
