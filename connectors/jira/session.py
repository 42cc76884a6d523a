"""What a Jira site can be asked, in the words of Cloud or of Data Center."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connectors.base import ConnectorError, Meter, Missing, Scope
from connectors.jira.client import BadRequest, Client
from connectors.jira.fields import Fields, recognise
from connectors.paging import Pages, StuckError
from data.settings import Jira
from data.store import Store

if TYPE_CHECKING:
    import pandas as pd

Json = Mapping[str, Any]
Place = str | int | None  # where a search goes on: a page token on Cloud, a number of rows on Data Center

HISTORIES_A_PAGE = 5000
AGILE = "rest/agile/1.0"


@dataclass(frozen=True)
class Found:
    """One page of a search; `after`: where it goes on, None: it ends here, or does not say where, unless `is_last`."""

    issues: Sequence[Json]
    after: Place
    is_last: bool
    total: int | None = None

    def taken(self, pages: Pages) -> "Found":
        """The same, once it is certain that it leads on. Raises StuckError."""
        pages.take([str(issue["id"]) for issue in self.issues], self.after, self.is_last)
        return self


@dataclass
class JiraSession:
    """One signed-in site, and what it has said so far in this sync."""

    client: Client
    store: Store
    site: Jira
    is_cloud: bool
    keys: dict[str, str] = field(default_factory=dict)  # of the projects that answered, by id
    epics: dict[str, str] = field(default_factory=dict)  # ids by key
    boards_read: set[str] = field(default_factory=set)
    sprints_read: set[str] = field(default_factory=set)
    statuses_read: bool = False

    @property
    def api(self) -> str:
        """The path of the version that this kind of site speaks."""
        return "rest/api/3" if self.is_cloud else "rest/api/2"

    @property
    def census_page(self) -> int:
        """How many ids a search gives at once."""
        return 5000 if self.is_cloud else 1000

    def scopes(self) -> list[Scope]:
        """The configured projects, or all that the account may see. Raises AuthError, ConnectorError."""
        return [Scope("", key) for key in self.site.projects or self._visible()]

    def _visible(self) -> list[str]:
        if not self.is_cloud:
            return [project["key"] for project in self.client.get(f"{self.api}/project")]
        return [project["key"] for project in self.pages(f"{self.api}/project/search")]

    def project(self, key: str) -> Json:
        """A project with its versions. Raises Missing, in words that tell a wrong token from a wrong key."""
        try:
            answer: Json = self.client.get(f"{self.api}/project/{key}")
        except Missing:
            self.client.get(f"{self.api}/myself")  # a refused token says so here
            raise self.lost(key) from None
        self.keys[str(answer["id"])] = str(answer["key"])
        return answer

    def lost(self, key: str) -> Missing:
        """What to say of a project that cannot be read."""
        known = not self.load("projects", ["id"], key=key).empty
        before = "; it could be read before, and what was stored is kept" if known else ""
        return Missing(
            f"{self.client.url}: no project {key} for this account{before}; check the key under [[jira]] projects,"
            " and that the account may browse it"
        )

    def load(self, table: str, columns: Sequence[str], **where: Any) -> "pd.DataFrame":
        """What the store has of this source."""
        return self.store.load(table, columns, source=self.site.name, **where)

    # Issues ------------------------------------------------------------------------------------------

    def search(self, jql: str, fields: Sequence[str], after: Place, size: int = 100, histories: bool = False) -> Found:
        """One page of issues. `histories` matters on Data Center only, where they are complete."""
        asked = {"jql": jql, "fields": ",".join(fields), "maxResults": size}
        if self.is_cloud:
            said = self.client.get(f"{self.api}/search/jql", nextPageToken=after, **asked)
            token, is_last = said.get("nextPageToken"), said.get("isLast")
            is_last = token is None if is_last is None else bool(is_last)
            return Found(said["issues"], None if is_last else token, is_last)
        start = int(after or 0)
        said = self.client.get(f"{self.api}/search", startAt=start, expand="changelog" if histories else None, **asked)
        end = start + len(said["issues"])
        _check_start(said, start, f"{self.client.url}: {jql}")
        is_last = end >= said["total"]
        return Found(said["issues"], None if is_last else end, is_last, said["total"])

    def histories(self, issues: Sequence[Json]) -> dict[str, list[Json]]:
        """Every change of these issues (at most 1,000), by the issue's id.

        All fields are asked for: a change of parent and a move to another project have no field id to ask by.
        """
        if not self.is_cloud:
            return {str(issue["id"]): list(issue["changelog"]["histories"]) for issue in issues}
        found: dict[str, list[Json]] = {str(issue["id"]): [] for issue in issues}
        asked: dict[str, Any] = {"issueIdsOrKeys": list(found), "maxResults": HISTORIES_A_PAGE}
        first = next(iter(found), "")
        pages = Pages(f"{self.client.url}: histories of {len(found)} issues from {first}")
        while True:
            said = self.client.post(f"{self.api}/changelog/bulkfetch", asked)
            logs, token = said.get("issueChangeLogs") or (), said.get("nextPageToken")
            for log in logs:
                found.setdefault(str(log["issueId"]), []).extend(log["changeHistories"])
            pages.take([str(log) for log in logs], token, is_last=not token)
            if not token:
                return found
            asked["nextPageToken"] = token

    def worklogs(self, issue: Json) -> list[Json]:
        """All that was logged on an issue; asked for again only where the search gave a part of it."""
        inside = issue["fields"].get("worklog") or {}
        logs = list(inside.get("worklogs") or ())
        total = inside.get("total") or 0
        if len(logs) >= total:
            return logs
        return list(self.pages(f"{self.api}/issue/{issue['id']}/worklog", "worklogs"))

    def find_epics(self, keys: set[str]) -> dict[str, str]:
        """The ids of epics by key; one outside the projects that are synced, or that nobody may see, is left out."""
        synced = set(self.keys.values())
        unknown = sorted(key for key in keys - self.epics.keys() if key.rpartition("-")[0] in synced)
        stored = self.load("issues", ["key", "id"], key=unknown)
        self.epics |= dict(zip(stored["key"], stored["id"], strict=True))
        self.epics |= self._ids([key for key in unknown if key not in self.epics])
        return self.epics

    def _ids(self, keys: list[str]) -> dict[str, str]:
        if not keys:
            return {}
        if self.is_cloud:
            asked = {"issueIdsOrKeys": keys[:100], "fields": ["id"]}
            found = self.client.post(f"{self.api}/issue/bulkfetch", asked)["issues"]
            return {issue["key"]: str(issue["id"]) for issue in found} | self._ids(keys[100:])
        try:
            found = self.search(f"key in ({', '.join(keys)})", ["key"], None, len(keys)).issues
        except BadRequest:  # one that is not there spoils the question for all
            half = len(keys) // 2
            return self._ids(keys[:half]) | self._ids(keys[half:]) if half else {}
        return {issue["key"]: str(issue["id"]) for issue in found}

    # The site ----------------------------------------------------------------------------------------

    @cached_property
    def fields(self) -> Fields:
        """Which field holds what."""
        boards = self.load("boards", ["id", "points_field"]).sort_values("id")
        estimated_by = list(dict.fromkeys(boards["points_field"].dropna()))
        return recognise(self.client.get(f"{self.api}/field"), estimated_by)

    def boards(self, key: str) -> list[Json]:
        """The boards that show a project, by id; none where the site has no boards."""
        if key not in self._boards:
            found = self.pages(f"{AGILE}/board", projectKeyOrId=key)
            self._boards[key] = sorted(found, key=lambda board: int(board["id"]))
        return self._boards[key]

    @cached_property
    def _boards(self) -> dict[str, list[Json]]:
        return {}

    def projects_of(self, board: str) -> list[str]:
        """The keys of the projects that a board shows, among those that are synced."""
        return sorted(key for key in self.keys.values() if board in {str(b["id"]) for b in self._boards_or_none(key)})

    def _boards_or_none(self, key: str) -> list[Json]:
        try:
            return self.boards(key)
        except (Missing, BadRequest):
            return []

    def pages(self, path: str, items: str = "values", **parameters: Any) -> Iterator[Json]:
        """Everything in a list that comes in numbered pages."""
        start, pages = 0, Pages(f"{self.client.url}/{path}")
        while True:
            said = self.client.get(path, startAt=start, maxResults=100, **parameters)
            listed = said[items]
            _check_start(said, start, pages.what)
            start += len(listed)
            is_last = _is_last(said, start, bool(listed))
            pages.take([str(row.get("id") or row) for row in listed], start, is_last)
            yield from listed
            if is_last:
                return


def _check_start(said: Json, start: int, what: str) -> None:
    if (given := said.get("startAt", start)) != start:
        raise StuckError(
            f"{what}: the list does not advance: asked for what begins at {start}, the answer begins at {given};"
            " what was stored is kept, and the next sync tries again"
        )


def _is_last(said: Json, end: int, has_rows: bool) -> bool:
    """Whether a numbered page is the last; without a word about it the list ends with an empty page."""
    if said.get("isLast") or end >= said.get("total", end + 1):
        return True
    return not has_rows and said.get("isLast") is None and "total" not in said


def open_session(site: Jira, meter: Meter, store: Store) -> JiraSession:
    """Sign in and find out what kind of Jira it is. Raises AuthError, ConnectorError."""
    client = Client(site, meter)
    try:
        said = client.get("rest/api/2/serverInfo")
    except Missing:
        said = None
    if not isinstance(said, dict) or "deploymentType" not in said:
        raise ConnectorError(f"{client.url}: no Jira answers there; check [[jira]] url")
    return JiraSession(client, store, site, said["deploymentType"] == "Cloud")
