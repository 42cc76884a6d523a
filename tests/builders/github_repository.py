"""A repository as GitHub would show it, page by page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from github_server import QUOTA, Answered

NEWEST = datetime(2026, 3, 1, tzinfo=UTC)
ANA = {"__typename": "User", "login": "ana", "databaseId": 1}


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(nodes: list[Any], total: int | None = None, after: str | None = None, name: str = "totalCount") -> Any:
    page = {"hasNextPage": after is not None, "endCursor": after}
    return {name: len(nodes) if total is None else total, "pageInfo": page, "nodes": nodes}


def pull(number: int, **lists: Any) -> Any:
    """A pull request, changed `number` days before the newest day of this file."""
    moment = iso(NEWEST - timedelta(days=number))
    return {
        "id": f"PR_{number}",
        "fullDatabaseId": str(1000 + number),
        "number": number,
        "url": f"https://github.com/acme/app/pull/{number}",
        "title": "Wider",
        "body": "",
        "state": "OPEN",
        "isDraft": False,
        "isCrossRepository": False,
        "createdAt": moment,
        "updatedAt": moment,
        "closedAt": None,
        "mergedAt": None,
        "additions": 1,
        "deletions": 1,
        "changedFiles": 1,
        "baseRefName": "main",
        "headRefName": "wider",
        "headRefOid": "c1",
        "reviewDecision": None,
        "mergeCommit": None,
        "author": ANA,
        "mergedBy": None,
        "labels": listed([]),
        "closingIssuesReferences": listed([]),
        "timelineItems": listed([], name="filteredCount"),
        "reviews": listed([]),
        "reviewThreads": {"totalCount": 0},
        **lists,
    }


class Repository:
    """acme/app as GitHub would show it, page by page."""

    def __init__(self, pulls: list[Any]) -> None:
        self.pulls = pulls
        self.name = "acme/app"
        self.is_there = True
        self.length = 2  # of a page, whatever is asked for
        self.more: dict[str, Callable[[str], Any]] = {}  # text of a follow-up → its answer
        self.errors: list[Any] = []
        self.runs: list[Any] = []
        self.is_stale = False
        self.queries: list[str] = []

    def answer(self, path: str, body: Any) -> Answered:
        if body is None:
            return Answered(200, {"total_count": len(self.runs), "workflow_runs": self._runs(path)})
        self.queries.append(body["query"])
        parts = re.findall(r"^  (\w+): (.*)$", body["query"].split("\n}\n")[0], re.MULTILINE)
        if self.is_stale and 'after: "1"' in body["query"]:
            self.is_stale = False
            return Answered(200, {"data": None, "errors": [{"type": "INVALID_CURSOR_ARGUMENTS", "message": "no"}]})
        found = {name: self._part(name, text) for name, text in parts}
        return Answered(200, {"data": {"rateLimit": QUOTA, **found}, "errors": self.errors})

    def _part(self, name: str, text: str) -> Any:
        if name == "repository":
            return self._repository() if self.is_there else None
        if name == "types":
            return {"name": "IssueType"}
        if name == "census":
            return {"pullRequests": listed(self.pulls)}
        if name == "page":
            return self._page(text)
        return next(answer(text) for words, answer in self.more.items() if words in text)

    def _repository(self) -> Any:
        newest = [{"updatedAt": pull["updatedAt"]} for pull in self.pulls[:1]]
        return {
            "id": "R_1",
            "databaseId": 1,
            "nameWithOwner": self.name,
            "url": f"https://github.com/{self.name}",
            "isArchived": False,
            "isFork": False,
            "isPrivate": True,
            "createdAt": "2020-01-01T00:00:00Z",
            "pushedAt": None,
            "defaultBranchRef": {"name": "main"},
            "pullRequests": {"totalCount": len(self.pulls), "nodes": newest},
            "issues": {"totalCount": 0, "nodes": []},
            "releases": listed([]),
            "tags": listed([]),
            "deployments": listed([]),
        }

    def _page(self, text: str) -> Any:
        found = re.search(r'pullRequests\([^)]*after: "(\d+)"', text)
        start = int(found[1]) if found else 0
        end = start + self.length
        after = str(end // self.length) if end < len(self.pulls) else None
        page = listed(self.pulls[start:end], len(self.pulls), after)
        page["pageInfo"]["endCursor"] = str(end)
        return {"pullRequests": page}

    def _runs(self, path: str) -> list[Any]:
        until = re.search(r"created=%3C%3D([^&]*)", path)
        last = until[1].replace("%3A", ":") if until else "9"
        length = int(re.search(r"per_page=(\d+)", path)[1])  # type: ignore[index]
        page = int(re.search(r"[?&]page=(\d+)", path)[1])  # type: ignore[index]
        fits = [run for run in self.runs if run["created_at"] <= last]
        return fits[(page - 1) * length : page * length]
