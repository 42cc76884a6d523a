"""The tables of an invented company, column by column: who works on what, how long it takes, what goes wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = dict[str, Column]

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SECOND = 1_000_000
HOUR, DAY, WEEK = 3600 * SECOND, 86_400 * SECOND, 7 * 86_400 * SECOND
END = int(NOW.timestamp()) * SECOND
START = END - 3 * 365 * DAY
TEAMS, PEOPLE, REPOSITORIES = 40, 400, 500
COUNT = range(PEOPLE)
FILES, HISTORY = 60, 200_000  # files a repository; commits of the code's history at most
AN_EPIC = 2000  # issues, of which each team's first is the epic of the others
KINDS = np.array(["Story", "Task", "Bug", "Incident"], dtype=object)
STATUSES = np.array(["To Do", "In Progress", "In Review", "Done"], dtype=object)


def company(n: int, seed: int = 7) -> dict[str, Columns]:
    """The tables of a company with n pull requests over three years: name → columns; moments as datetime64[us]."""
    random = np.random.default_rng(seed)
    pulls = _drawn(random, n)
    return (
        {"repositories": _repositories()}
        | _pull_requests(random, pulls)
        | _deployments(random, pulls)
        | _issues(random, n)
        | _history(random, pulls)
        | _dependencies(random)
    )


def configuration() -> dict[str, Any]:
    """What the company's configuration says: its teams, people and kinds of work, as read from TOML."""
    people = {f"dev{i}": {"github": [f"dev{i}"], "jira": [str(i)], "emails": [f"dev{i}@acme.example"]} for i in COUNT}
    teams = {
        f"team{team}": {
            "name": f"Team {team}",
            "members": [f"dev{i}" for i in range(team, PEOPLE, TEAMS)],
            "repositories": [f"acme/r{i}" for i in range(team, REPOSITORIES, TEAMS)],
            "jira_projects": [f"T{team}"],
        }
        for team in range(TEAMS)
    }
    types = {"new": "Story", "improvement": "Task", "bug": "Bug", "risk": "Incident"}
    mix = {name: {"types": [kind]} for name, kind in types.items()}
    return {"people": people, "teams": teams, "work_mix": mix}


def as_toml() -> str:
    """The same as a file."""
    lines = []
    for kind, entries in configuration().items():
        for name, said in entries.items():
            lines += [f"[{kind}.{name}]", *(f"{word} = {json.dumps(value)}" for word, value in said.items())]
    return "\n".join(lines) + "\n"


def words(prefix: str, numbers: Column) -> Column:
    """Numbers as names."""
    return np.array([f"{prefix}{number}" for number in numbers.tolist()], dtype=object)


def moments(ticks: Column, there: Column | None = None) -> Column:
    """Microseconds since 1970 as moments; none where nothing is there, or that are still to come."""
    known = (ticks <= END) if there is None else there & (ticks <= END)
    at: Column = np.where(known, ticks, np.iinfo(np.int64).min).astype(np.int64).view("datetime64[us]")
    return at


def either(chosen: Column, then: Any, otherwise: Any = None) -> Column:
    """One word where chosen, else the other."""
    return np.where(chosen, np.asarray(then, dtype=object), np.asarray(otherwise, dtype=object))


def _github(columns: Columns) -> Columns:
    return _of("github", columns)


def _of(source: str, columns: Columns) -> Columns:
    n = len(next(iter(columns.values())))
    return {"source": np.full(n, source, dtype=object)} | columns | {"seen_at": moments(np.full(n, END))}


def _repositories() -> Columns:
    numbers = np.arange(REPOSITORIES)
    names = words("acme/r", numbers)
    return _github({"id": words("", numbers), "name": names, "default_branch": either(numbers >= 0, "main")})


# Pull requests -------------------------------------------------------------------------------------------


def _drawn(random: np.random.Generator, n: int) -> Columns:
    """Who opened what where and when, and when it was merged or closed: some repositories have many, most few."""
    created = np.sort(START + random.integers(0, END - START, n))
    place = np.minimum(random.lognormal(3.6, 1.1, n), REPOSITORIES - 1).astype(np.int64)
    return {
        "created": created,
        "closed": created + (random.lognormal(3, 1.2, n) * HOUR).astype(np.int64),
        "place": place,
        "author": random.integers(0, PEOPLE, n),
        "merged": random.random(n) < 0.92,
        "draft": random.random(n) < 0.15,
        "id": words("", np.arange(n)),
        "repository_id": words("", np.arange(REPOSITORIES))[place],
    }


def _actor(name: str, who: Column) -> Columns:
    people = np.arange(PEOPLE + 20)  # the last twenty are bots
    logins = either(people < PEOPLE, words("dev", people), words("bot", people) + "[bot]")
    return {
        name: logins[who],
        f"{name}_id": words("", people)[who],
        f"{name}_kind": either(people < PEOPLE, "User", "Bot")[who],
    }


def _pull_requests(random: np.random.Generator, pulls: Columns) -> dict[str, Columns]:
    n = len(pulls["created"])
    numbers = np.arange(n)
    known = pulls["closed"] <= END
    merged, heads = pulls["merged"] & known, words("c", numbers)
    author = np.where(random.random(n) < 0.05, PEOPLE + random.integers(0, 20, n), pulls["author"])
    rows = {
        "repository_id": pulls["repository_id"],
        "id": pulls["id"],
        "url": words("https://code.example/acme/pull/", numbers),
        "title": words("Change ", numbers),
        "state": either(merged, "merged", either(known, "closed", "open")),
        "number": numbers + 1,
        "additions": random.lognormal(3, 1.5, n).astype(np.int64),
        "deletions": random.lognormal(2, 1.5, n).astype(np.int64),
        "changed_files": 1 + random.lognormal(1, 1, n).astype(np.int64),
        "is_draft": np.zeros(n, dtype=bool),
        "is_complete": np.ones(n, dtype=bool),
        **_actor("author", author),
        "base_branch": either(numbers >= 0, "main"),
        "head_branch": words("feature/", numbers),
        "head_commit": heads,
        "merge_commit": either(merged, words("m", numbers)),
        "created_at": moments(pulls["created"]),
        "updated_at": moments(np.minimum(pulls["closed"], END)),
        "closed_at": moments(pulls["closed"]),
        "merged_at": moments(pulls["closed"], pulls["merged"]),
        "labels": _lists(n),
    }
    nested = {"reviews": _reviews(random, pulls), "commits": _commits(random, pulls)}
    return {"pull_requests": _github(rows)} | nested | {"pull_request_events": _events(random, pulls)}


def _lists(n: int) -> Column:
    column = np.empty(n, dtype=object)
    column[:] = [[]] * n
    return column


def _nested(pulls: Columns, about: Column) -> Columns:
    n = len(about)
    return _github(
        {
            "repository_id": pulls["repository_id"][about],
            "pull_request_id": pulls["id"][about],
            "id": words("", np.arange(n)),
        }
    )


def _reviews(random: np.random.Generator, pulls: Columns) -> Columns:
    n = 5 * len(pulls["created"])
    about = np.sort(random.integers(0, n // 5, n))
    # A reviewer sits in the author's team, four times of five.
    near = pulls["author"][about] % TEAMS + TEAMS * random.integers(0, PEOPLE // TEAMS, n)
    who = np.where(random.random(n) < 0.8, near, random.integers(0, PEOPLE + 20, n))
    at = pulls["created"][about] + (random.lognormal(2, 1.5, n) * HOUR).astype(np.int64)
    state = np.array(["approved", "changes_requested", "commented"], dtype=object)
    return _nested(pulls, about) | {
        **_actor("reviewer", who),
        "state": state[random.choice(3, n, p=[0.4, 0.1, 0.5])],
        "commit_id": words("c", about),
        "submitted_at": moments(np.minimum(at, END)),
    }


def _commits(random: np.random.Generator, pulls: Columns) -> Columns:
    about = np.repeat(np.arange(len(pulls["created"])), 3)
    at = moments(pulls["created"][about] - (random.lognormal(2, 1, len(about)) * HOUR).astype(np.int64))
    return _nested(pulls, about) | {
        **_actor("author", pulls["author"][about]),
        "author_email": (words("dev", np.arange(PEOPLE)) + "@acme.example")[pulls["author"][about]],
        "headline": either(about >= 0, "A commit"),
        "authored_at": at,
        "committed_at": at,
    }


def _events(random: np.random.Generator, pulls: Columns) -> Columns:
    """Opened as a draft and made ready, or a reviewer asked and asked again."""
    about = np.repeat(np.arange(len(pulls["created"])), 2)
    second = np.tile([0, 1], len(about) // 2)
    draft = pulls["draft"][about]
    later = (random.lognormal(1, 1, len(about)) * HOUR).astype(np.int64)
    kind = either(draft, either(second == 0, "ready", "review_requested"), "review_requested")
    return _nested(pulls, about) | {"kind": kind, "at": moments(np.minimum(pulls["created"][about] + later, END))}


def _deployments(random: np.random.Generator, pulls: Columns) -> dict[str, Columns]:
    """Every fourth merge is deployed, an hour later; five of a hundred fail."""
    chosen = np.flatnonzero(pulls["merged"] & (pulls["closed"] <= END - DAY) & (random.random(len(pulls["id"])) < 0.25))
    at = pulls["closed"][chosen] + HOUR
    place, ids = pulls["repository_id"][chosen], words("d", chosen)
    state = either(random.random(len(chosen)) < 0.05, "failure", "success")
    made = {
        "repository_id": place,
        "id": ids,
        "environment": either(chosen >= 0, "production"),
        "commit_id": words("m", chosen),
        "state": state,
        "created_at": moments(at),
        "updated_at": moments(at),
    }
    said = {"repository_id": place, "deployment_id": ids, "id": ids, "state": state, "at": moments(at)}
    return {"deployments": _github(made), "deployment_statuses": _github(said)}


# Issues --------------------------------------------------------------------------------------------------


def _jira(columns: Columns) -> Columns:
    return _of("jira", columns)


def _issues(random: np.random.Generator, n: int) -> dict[str, Columns]:
    """Issues in sprints and epics: begun, reviewed, done; some wait, are given up, or are still in progress."""
    numbers, team = np.arange(n), random.integers(0, TEAMS, n)
    is_epic = numbers % AN_EPIC < TEAMS
    team = np.where(is_epic, numbers % AN_EPIC, team)
    created = np.sort(START + random.integers(0, END - START, n))
    started = created + (random.lognormal(4.5, 1, n) * HOUR).astype(np.int64)
    reviewed = started + (random.lognormal(3.5, 1, n) * HOUR).astype(np.int64)
    done = reviewed + (random.lognormal(2.5, 1, n) * HOUR).astype(np.int64) + is_epic * 60 * DAY
    steps = [np.where(at <= END, at, -1) for at in (started, reviewed, done)]
    status = sum((at >= 0).astype(int) for at in steps)
    turn = (started - START) // (2 * WEEK)
    who = team + TEAMS * random.integers(0, PEOPLE // TEAMS, n)
    kind = KINDS[random.choice(4, n, p=[0.5, 0.27, 0.2, 0.03])]
    last = np.maximum(np.maximum.reduce(steps), created)
    place = {"project_id": words("", np.arange(TEAMS))[team]}
    rows = place | {
        "id": words("", numbers),
        "project": words("T", np.arange(TEAMS))[team],
        "key": words("T", team) + words("-", numbers),
        "url": words("https://issues.example/browse/", numbers),
        "title": words("Item ", numbers),
        "type": either(is_epic, "Epic", kind),
        "is_subtask": np.zeros(n, dtype=bool),
        "status": STATUSES[status],
        "status_id": words("", np.arange(4))[status],
        "status_category": np.array(["new", "active", "active", "done"], dtype=object)[status],
        "resolution": either(status == 3, either(random.random(n) < 0.04, "Won't Do", "Done")),
        "created_at": moments(created),
        "updated_at": moments(last),
        "resolved_at": moments(done),
        "closed_at": moments(done),
        "due_on": np.where(is_epic, (created + 90 * DAY).view("datetime64[us]"), np.datetime64("NaT")).astype("M8[D]"),
        "epic_id": either(is_epic, None, words("", numbers - numbers % AN_EPIC + team)),
        "assignee": words("dev", np.arange(PEOPLE))[who],
        "assignee_id": words("", np.arange(PEOPLE))[who],
        "found_in": either((kind == "Bug") & (random.random(n) < 0.2), "production"),
        "sprints": _sprint_lists(team, turn),
        "labels": _lists(n),
        "components": _lists(n),
    }
    return {
        "issues": _jira(rows),
        "issue_changes": _jira(_changes(numbers, place["project_id"], steps)),
        "statuses": _jira(
            {
                "id": words("", np.arange(4)),
                "name": STATUSES,
                "category": np.array(["new", "active", "active", "done"], dtype=object),
            }
        ),
        "sprints": _jira(_sprints()),
    }


def _sprint_lists(team: Column, turn: Column) -> Column:
    column = np.empty(len(team), dtype=object)
    turns = np.minimum(turn, (END - START) // (2 * WEEK)).tolist()
    column[:] = [[f"{one}-{at}"] for one, at in zip(team.tolist(), turns, strict=True)]
    return column


def _changes(numbers: Column, place: Column, steps: list[Column]) -> Columns:
    item = np.concatenate([numbers[at >= 0] for at in steps])
    turn = np.concatenate([np.full((at >= 0).sum(), step) for step, at in enumerate(steps)])
    at = np.concatenate([at[at >= 0] for at in steps])
    order = np.lexsort((turn, item))
    item, turn, at = item[order], turn[order], at[order]
    ids = words("", np.arange(4))
    return {
        "project_id": place[item],
        "issue_id": words("", item),
        "id": words("", turn),
        "position": turn,
        "field": either(item >= 0, "status"),
        "from_id": ids[turn],
        "to_id": ids[turn + 1],
        "from_text": STATUSES[turn],
        "to_text": STATUSES[turn + 1],
        "at": moments(at),
    }


def _sprints() -> Columns:
    turns = (END - START) // (2 * WEEK) + 1
    team, turn = np.divmod(np.arange(TEAMS * turns), turns)
    begin = START + turn * 2 * WEEK
    over = begin + 2 * WEEK <= END
    return {
        "id": words("", team) + words("-", turn),
        "name": words("Sprint ", turn),
        "state": either(over, "closed", "active"),
        "board_id": words("", team),
        "start_at": moments(begin),
        "end_at": moments(begin + 2 * WEEK, over | True),
        "complete_at": moments(begin + 2 * WEEK, over),
    }


# The code ------------------------------------------------------------------------------------------------


def _git(columns: Columns) -> Columns:
    return _of("git", columns)


def _history(random: np.random.Generator, pulls: Columns) -> dict[str, Columns]:
    """The merges of the last while as commits, each of three files; few files change often."""
    merged = np.flatnonzero(pulls["merged"] & (pulls["closed"] <= END))[-HISTORY:]
    names = words("acme/r", np.arange(REPOSITORIES))
    place, hashes, at = names[pulls["place"][merged]], words("m", merged), pulls["closed"][merged]
    about = np.repeat(np.arange(len(merged)), 3)
    paths = np.array([f"src/part{i % 8}/file{i}.py" for i in range(FILES)], dtype=object)
    which = (np.minimum(random.lognormal(2, 1.2, len(about)), FILES - 3)).astype(np.int64) + np.tile(
        [0, 1, 2], len(merged)
    )
    commits = {
        "repository_id": place,
        "id": hashes,
        "position": np.argsort(np.argsort(at, kind="stable"), kind="stable"),
        "parents": np.ones(len(merged), dtype=np.int64),
        "author_name": words("Developer ", np.arange(PEOPLE))[pulls["author"][merged]],
        "author_email": (words("dev", np.arange(PEOPLE)) + "@acme.example")[pulls["author"][merged]],
        "headline": either(merged >= 0, "A change"),
        "authored_at": moments(at),
        "committed_at": moments(at),
        "co_authors": _lists(len(merged)),
        "changed_files": np.full(len(merged), 3),
        "additions": np.full(len(merged), 30),
        "deletions": np.full(len(merged), 10),
        "is_reformat": np.zeros(len(merged), dtype=bool),
    }
    changed = {
        "repository_id": place[about],
        "commit_id": hashes[about],
        "id": paths[which],
        "additions": random.integers(0, 40, len(about)),
        "deletions": random.integers(0, 20, len(about)),
    }
    return {"git_commits": _git(commits), "file_changes": _git(changed), "files": _git(_files(random, names, paths))}


def _files(random: np.random.Generator, names: Column, paths: Column) -> Columns:
    n = REPOSITORIES * FILES
    lines = 20 + random.lognormal(4.5, 1, n).astype(np.int64)
    return {
        "repository_id": np.repeat(names, FILES),
        "id": np.tile(paths, REPOSITORIES),
        "language": either(lines > 0, "Python"),
        "lines": lines,
        "complexity": lines // 5,
        "indentation": lines * 2,
        "is_generated": np.zeros(n, dtype=bool),
        "is_vendored": np.zeros(n, dtype=bool),
    }


def _dependencies(random: np.random.Generator) -> dict[str, Columns]:
    """Twenty packages a repository, each moved twice; a package has a release a month."""
    n, releases = REPOSITORIES * 20 * 2, 36
    turn = np.tile([0, 1], n // 2)
    package, place = np.repeat(random.integers(0, 300, n // 2), 2), np.repeat(np.arange(REPOSITORIES), 40)
    month = np.where(turn == 0, 0, 6 + random.integers(0, 24, n))
    since = START + month * 30 * DAY + DAY
    until = np.append(since[1:], 0)
    used = {
        "repository_id": words("acme/r", np.arange(REPOSITORIES))[place],
        "manifest": words("requirements", np.zeros(n, dtype=int)),
        "name": words("package", package) + words("-", np.arange(n) // 2),
        "id": words("m", np.arange(n)),
        "ecosystem": either(turn >= 0, "pypi"),
        "version": words("1.", month),
        "since": moments(since),
        "until": moments(until, turn == 0),
    }
    used["name"] = words("package", package)
    used["manifest"] = words("requirements", np.arange(n) // 2 % 20)
    number, step = np.divmod(np.arange(300 * releases), releases)
    out = {
        "ecosystem": either(step >= 0, "pypi"),
        "package": words("package", number),
        "id": words("1.", step),
        "released_at": moments(START + step * 30 * DAY),
        "is_prerelease": np.zeros(len(step), dtype=bool),
        "is_yanked": np.zeros(len(step), dtype=bool),
    }
    return {"dependencies": _git(used), "package_releases": _git(out)}
