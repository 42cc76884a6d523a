"""The demonstration organisation is the same every time, consistent, and holds what the screens are to show."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from connectors.base import State
from connectors.demo import CONNECTOR, Demonstration, DemoSettings, configuration
from connectors.demo.generate import generate
from connectors.demo.organisation import BETTER_TEAM, BOTS, CONTRACTORS, WORSE_TEAM
from connectors.sync import sync
from data import config
from data.demonstration import CONFIGURATION
from data.schema import COPIED, TABLES
from data.store import Store

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)  # a Wednesday
MONDAY = pd.Timestamp("2026-03-16", tz="UTC")
NESTED = ["repository_id", "pull_request_id"]


@pytest.fixture(scope="module")
def tables():
    return generate(NOW)


@pytest.fixture(scope="module")
def frames(tables):
    found = {name: pd.DataFrame(columns) for name, columns in tables.items()}
    for frame in found.values():
        for column in frame.columns[frame.dtypes == "datetime64[us]"]:
            frame[column] = frame[column].dt.tz_localize("UTC")
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = Store.open(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'metrics.db'}")
    failed = sync(opened, [(CONNECTOR, DemoSettings("demo", NOW))], lambda: NOW, lambda until: None)
    assert failed == []
    return opened


@pytest.fixture(scope="module")
def pulls(frames):
    """Pull requests by people, with their waits in hours and the place of the team that owns the repository."""
    found = frames["pull_requests"].set_index(["repository_id", "id"]).rename_axis(NESTED)
    given = frames["reviews"].set_index(NESTED)
    given = given[given["reviewer_kind"] == "User"].join(found["author_id"])
    first = given[given["reviewer_id"] != given["author_id"]].groupby(level=[0, 1])["submitted_at"].min()
    events = frames["pull_request_events"]
    ready = events[events["kind"] == "ready"].groupby(NESTED)["at"].min()
    found["ready"] = ready.reindex(found.index).fillna(found["created_at"])
    found["first_review"] = first.reindex(found.index)
    found["team"] = found["scope"] // 2
    return found[~found["author"].isin(list(BOTS))]


def weeks_ago(at):
    return (MONDAY - at).dt.days // 7  # -1: the running week


def test_the_same_moment_gives_the_same_rows(tables):
    again = generate(NOW)
    assert list(tables) == list(again)
    for name, columns in tables.items():
        for column, values in columns.items():
            pd.testing.assert_series_equal(pd.Series(values), pd.Series(again[name][column]), check_names=False)


def test_another_moment_keeps_the_shape(tables):
    moved = generate(NOW + timedelta(days=100, hours=7))
    for name, columns in tables.items():
        assert len(moved[name]["id"]) == pytest.approx(len(columns["id"]), rel=0.08, abs=15), name


def test_it_is_as_large_as_the_screens_are_made_for(store):
    counted = {name: store.count(name) for name in COPIED}
    assert 11_500 < counted["pull_requests"] < 12_500
    assert 1.5 < counted["reviews"] / counted["pull_requests"] < 1.9
    assert 14_000 < counted["issues"] < 16_000
    assert 190_000 < sum(counted.values()) < 250_000
    from_files = {"incidents", "survey_results", "debt_ratios", "capacity", "costs"}
    assert {name for name, rows in counted.items() if rows == 0} == from_files


def test_every_row_is_stored_under_its_parent_and_every_walk_is_complete(store):
    with store.reading() as connection:  # the store checks foreign keys when it writes; this looks once more
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    states = store.load("sync_state")
    assert states["complete"].all()
    assert set(states["scope"]) == {*_repositories(), *_projects()}


def test_a_column_of_every_table_is_one_that_the_store_knows(tables):
    for name, columns in tables.items():
        assert set(columns) - {"scope", "changed"} <= set(TABLES[name].c.keys())
        assert {len(values) for values in columns.values()} == {len(columns["id"])}


def test_the_newest_half_year_comes_first_and_nothing_twice(tables):
    session = Demonstration(NOW, tables)
    stream = next(stream for stream in CONNECTOR.streams if stream.name == "pull_requests")
    first, second = stream.fetch(session, session.scopes()[0], State())
    assert first.oldest == NOW - timedelta(weeks=27)
    assert min(row["updated_at"] for row in first.rows["pull_requests"]) >= first.oldest
    assert max(row["updated_at"] for row in second.rows["pull_requests"]) < first.oldest
    there = {row["id"] for row in first.rows["pull_requests"]}
    assert {row["pull_request_id"] for row in first.rows["reviews"]} <= there
    assert (second.cursor, second.high_water) == (None, NOW)


def test_nothing_happens_after_now(frames):
    for name, frame in frames.items():
        if name in {"sprints", "versions"}:
            continue  # these are plans
        for column in frame.columns[frame.dtypes == "datetime64[us, UTC]"]:
            odd = timedelta(hours=10) if column == "authored_at" else timedelta(0)  # a few wrong clocks, on purpose
            assert not (frame[column] > NOW + odd).any(), f"{name}.{column}"


def test_pull_requests_are_created_ready_and_merged_in_this_order(pulls, frames):
    assert not (pulls["ready"] < pulls["created_at"]).any()
    assert not (pulls["merged_at"] < pulls["ready"]).any()
    assert (pulls["merged_at"].notna() == (pulls["state"] == "merged")).all()
    assert (pulls["closed_at"].isna() == (pulls["state"] == "open")).all()
    every = frames["pull_requests"].sort_values(["repository_id", "created_at"])
    assert (every.groupby("repository_id")["number"].diff().dropna() >= 0).all()


def test_issues_are_created_changed_and_resolved_in_this_order(frames):
    issues = frames["issues"].set_index("id")
    changes = frames["issue_changes"]
    assert not (changes["at"].to_numpy() < issues["created_at"].reindex(changes["issue_id"]).to_numpy()).any()
    assert not (issues["resolved_at"] < issues["created_at"]).any()
    assert (issues["resolved_at"].notna() == (issues["status_category"] == "done")).all()


def test_a_history_of_statuses_is_a_chain_that_ends_in_the_status(frames):
    steps = frames["issue_changes"].query("field == 'status'").sort_values(["issue_id", "at", "position"])
    before = steps.groupby("issue_id")["to_text"].shift()
    assert (steps["from_text"] == before.fillna("To Do")).all()
    issues = frames["issues"].set_index("id")
    last = steps.groupby("issue_id")["to_text"].last()
    assert (issues["status"].reindex(last.index) == last).all()


def test_the_odd_cases_are_there(frames, pulls):
    reviews = frames["reviews"].set_index(NESTED).join(pulls[["author_id", "merged_at", "ready"]], how="inner")
    kinds = frames["pull_request_events"]["kind"].value_counts()
    every = frames["pull_requests"]
    assert (reviews["submitted_at"] < reviews["ready"]).sum() > 100
    assert (reviews["submitted_at"] > reviews["merged_at"]).sum() > 100
    assert (reviews["reviewer_id"] == reviews["author_id"]).sum() > 300
    assert reviews["reviewer"].isna().sum() > 50  # a deleted account
    assert (reviews["reviewer"] == "codelantern").sum() > 1000
    assert (pulls["merged_at"].notna() & pulls["first_review"].isna()).sum() > 200  # merged without a review
    assert (kinds[["draft", "reopened", "force_push", "review_dismissed", "auto_merge"]] > 50).all()
    assert (every["state"] == "closed").sum() > 600
    assert every["reverts"].notna().sum() > 100
    assert every["author"].isin(["renovator", "release-clerk"]).mean() == pytest.approx(0.12, abs=0.01)


def test_a_revert_names_an_older_pull_request_of_its_repository(frames):
    every = frames["pull_requests"]
    reverts = every[every["reverts"].notna()].astype({"reverts": int})
    pairs = reverts.merge(every, left_on=["repository_id", "reverts"], right_on=["repository_id", "number"])
    assert len(pairs) == len(reverts)
    assert (pairs["merged_at_y"] < pairs["created_at_x"]).all()
    assert (pairs["title_x"] == 'Revert "' + pairs["title_y"].str.replace(r"^[A-Z]+-\d+: ", "", regex=True) + '"').all()


def test_the_odd_issues_are_there(frames):
    issues, changes = frames["issues"], frames["issue_changes"]
    with_history = set(changes.loc[changes["field"] == "status", "issue_id"])
    reopened = changes.query("field == 'status' and from_text == 'Done'")
    born_done = issues[(issues["status"] == "Done") & ~issues["id"].isin(with_history) & (issues["type"] != "Epic")]
    assert len(reopened) > 200
    assert len(born_done) > 80
    assert (issues["resolution"].isin(["Won't Do", "Duplicate", "Cannot Reproduce"])).sum() > 400
    assert (changes["field"] == "due_date").sum() > 20
    assert set(changes["field"]) == {"status", "sprint", "assignee", "points", "flagged", "due_date", "fix_version"}
    assert set(issues["type"]) == {"Story", "Task", "Bug", "Spike", "Epic", "Sub-task", "Incident"}


def test_links_go_to_another_team_and_are_told_from_both_ends(frames):
    links = frames["issue_links"]
    assert (links["project_id"].str[-1] != links["other_id"].str[0]).all()  # project 10003 has the issues 3…
    waits, causes = (links[links["kind"] == kind] for kind in ("is blocked by", "blocks"))
    pairs = [
        set(ends.itertuples(index=False, name=None))
        for ends in (waits[["issue_id", "other_id"]], causes[["other_id", "issue_id"]])
    ]
    assert pairs[0] == pairs[1]


def test_most_pull_requests_by_people_name_an_issue_of_the_author(pulls, frames):
    named = pulls[pulls["mentions"].str.len() > 0]
    assert len(named) / len(pulls) == pytest.approx(0.7, abs=0.05)
    issues = frames["issues"].set_index("key")
    mine = issues.reindex(named["mentions"].str[0])
    assert mine["id"].notna().all()
    known = named["author"].notna().to_numpy()
    assert (mine["assignee_id"].to_numpy()[known] == named["author"].to_numpy()[known] + "@jira").all()


def test_time_to_first_review_fell_nine_weeks_ago_in_one_team(pulls):
    mine = pulls[pulls["team"] == list(configuration()["teams"]).index(BETTER_TEAM)]
    waits = (mine["first_review"] - mine["ready"]).dt.total_seconds() / 3600
    weekly = waits.groupby(weeks_ago(mine["first_review"])).median()
    assert weekly.loc[0:7].median() < 0.35 * weekly.loc[10:40].median()


def test_cycle_time_and_work_in_progress_rose_six_weeks_ago_in_another(pulls, frames):
    place = list(configuration()["teams"]).index(WORSE_TEAM)
    mine = pulls[pulls["team"] == place]
    cycle = (mine["merged_at"] - mine["ready"]).dt.total_seconds() / 3600
    weekly = cycle.groupby(weeks_ago(mine["merged_at"])).median()
    assert weekly.loc[0:3].median() > 1.6 * weekly.loc[7:40].median()
    issues = frames["issues"].query("scope == @place").set_index("id")
    steps = frames["issue_changes"].query("field == 'status' and to_text == 'In Progress'")
    started = steps.groupby("issue_id")["at"].min().reindex(issues.index)

    def in_progress(at):
        return ((started <= at) & ~(issues["resolved_at"] <= at)).sum()

    earlier = [in_progress(MONDAY - timedelta(weeks=ago)) for ago in range(10, 30)]
    assert in_progress(MONDAY) > 1.6 * np.median(earlier)


def test_work_rests_at_the_years_end_and_at_weekends(pulls):
    merged = pulls["merged_at"].dropna()
    by_week = merged.groupby(weeks_ago(merged)).count()
    assert by_week.loc[10] < 0.4 * by_week.median()  # the week from 29 December 2025
    assert (merged.dt.day_of_week >= 5).mean() < 0.06


def test_incidents_follow_some_deployments(frames):
    issues, made = frames["issues"], frames["deployments"]
    incidents = issues[issues["type"] == "Incident"]
    assert 100 < len(incidents) < 260
    assert (made["state"] == "failure").sum() > 30
    assert (made["environment"] == "staging").any()
    ends = np.sort(frames["deployment_statuses"].query("state == 'success'")["at"].to_numpy())
    after = incidents["created_at"].to_numpy() - ends[np.searchsorted(ends, incidents["created_at"].to_numpy()) - 1]
    assert (after < np.timedelta64(12, "h")).mean() > 0.5


def test_some_repositories_deploy_by_api_some_by_release_tag_or_workflow_and_some_not_at_all(frames):
    ids = frames["repositories"].set_index("id")["name"].str.split("/").str[1]
    by = {name: set(ids[frames[name]["repository_id"]]) for name in ("deployments", "releases", "tags")}
    assert by["deployments"] == {"billing-api", "checkout-service", "dispatch-engine"}
    assert by["releases"] == {"ledger", "mobile-app", "design-system"}
    assert by["tags"] == {*by["releases"], "route-planner", "build-tools"}
    runs = frames["workflow_runs"]
    assert set(ids[runs.loc[runs["workflow"] == "deploy", "repository_id"]]) == {"data-pipeline"}
    assert 0.02 < (runs["conclusion"] == "failure").mean() < 0.2


def test_epics_have_due_dates_and_the_open_ones_have_work_left(frames):
    issues = frames["issues"]
    epics = issues[issues["type"] == "Epic"]
    assert epics["due_on"].notna().all()
    unfinished = epics[epics["status"] != "Done"]
    left = issues[issues["epic_id"].isin(unfinished["id"]) & (issues["status_category"] != "done")]
    assert left["epic_id"].nunique() >= 8
    assert len(epics) - len(unfinished) > 60
    assert set(issues["epic_id"].dropna()) <= set(epics["id"])


def test_a_version_ends_a_chain_of_moves_from_release_to_release(frames):
    moves = frames["issue_changes"].query("field == 'fix_version'")
    into = moves[moves["to_id"].notna()].groupby("issue_id")["to_id"].last()
    now = frames["issues"].set_index("id")["fix_versions"]
    assert now[now.str.len() > 0].str[0].to_dict() == into.to_dict()
    versions = frames["versions"].set_index("id")
    assert versions["is_released"].sum() > 15 and set(into) <= set(versions.index)
    still_open = frames["issues"].query("status_category != 'done'")["fix_versions"].str[0].dropna()
    assert len(still_open) > 10 and not versions.loc[still_open.unique(), "is_released"].any()


def test_each_team_has_a_running_sprint_and_sprints_that_keep_most_of_their_word(frames):
    sprints, changes = frames["sprints"], frames["issue_changes"]
    assert sprints[sprints["state"] == "active"]["scope"].tolist() == list(range(6))
    assert not (sprints["complete_at"] < sprints["end_at"]).any()
    added = changes[(changes["field"] == "sprint") & changes["to_id"].notna()]
    resolved = frames["issues"].set_index("id")["resolved_at"]
    kept = []
    for sprint in sprints[sprints["state"] == "closed"][::6].itertuples():
        known = added[added["at"] <= sprint.start_at].drop_duplicates("issue_id", keep="last")
        promised = known[known["to_id"].str.split(", ").map(lambda ids, wanted=sprint.id: wanted in ids)]["issue_id"]
        done = resolved.reindex(promised)
        done = done[~(done <= sprint.start_at)]
        kept.append((done <= sprint.complete_at).mean())
    assert 0.6 < np.nanmedian(kept) < 0.95


def test_the_configuration_parses_and_covers_repositories_projects_and_people(frames):
    parsed = config.parse(configuration(), CONFIGURATION)
    assert [len(parsed.teams), len(parsed.people)] == [6, 45]
    assert set(_repositories()) == set(frames["repositories"]["name"])
    assert set(_projects()) == set(frames["projects"]["key"])
    members = {member.person for team in parsed.teams.values() for member in team.memberships}
    assert members == set(parsed.people)
    known = {account for person in parsed.people.values() for account in (*person.github, *person.jira)}
    bots = {*parsed.bots.names, *parsed.bots.ai_reviewers, "renovator"}
    used = {*frames["pull_requests"]["author"].dropna(), *frames["reviews"]["reviewer"].dropna()}
    assert used - known == {*bots, CONTRACTORS[0]}  # one contractor nobody has mapped yet, the other account is deleted
    assert {target.source for target in parsed.targets.values()} == {"demonstration"}


def test_the_configuration_maps_every_status_but_one(frames):
    stages = config.parse(configuration(), CONFIGURATION).stages["default"]
    mapped = {*stages.queue, *stages.active, *stages.review, *stages.blocked, *stages.done, "To Do"}
    assert set(frames["statuses"]["name"]) - mapped == {"On Hold"}


def test_every_address_leads_nowhere(frames):
    for frame in frames.values():
        for url in frame["url"].dropna() if "url" in frame else ():
            assert ".example.invalid/" in url


def test_it_is_never_in_a_configuration_file():
    assert list(CONNECTOR.settings(config.Config())) == []


def _repositories():
    return [name for team in configuration()["teams"].values() for name in team["repositories"]]


def _projects():
    return [key for team in configuration()["teams"].values() for key in team["jira_projects"]]
