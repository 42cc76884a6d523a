"""A Jira Cloud site small enough to be told by hand what happens in it; it answers over HTTP like the real one."""

import json
import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CATEGORY = {"1": "new", "3": "indeterminate", "5": "done"}


class JiraSite:
    """Two projects, PAY and CORE, with what a test puts into them. `clock` is the server's own time."""

    def __init__(self):
        self.clock = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.projects = {"PAY": "100", "CORE": "200"}
        self.statuses = {"1": "Open", "3": "In Progress", "5": "Done"}
        self.issues = {}
        self.histories = {}
        self.boards = {}
        self.sprints = {}
        self.may_browse = True
        self.hidden = False  # searches find nothing
        self.asked = []
        self.forbidden = ""  # a path that is closed to the account
        self.expired = set()
        self.url = ""

    def add(self, number, key, status="1", when="2026-03-01T10:00:00.000+0000", **fields):
        project = key.split("-")[0]
        usual = {
            "summary": f"Issue {number}",
            "project": {"id": self.projects.get(project, "900"), "key": project},
            "issuetype": {"name": "Story", "subtask": False},
            "status": {"id": status, "name": self.statuses[status], "statusCategory": {"key": CATEGORY[status]}},
            "created": when,
            "updated": when,
        }
        self.issues[str(number)] = {"id": str(number), "key": key, "fields": usual | fields}
        self.histories.setdefault(str(number), [])

    def change(self, number, when, **item):
        moment = datetime.fromisoformat(when).replace(tzinfo=UTC)
        past = self.histories[str(number)]
        past.append({"id": str(1000 * number + len(past)), "created": int(moment.timestamp() * 1000), "items": [item]})
        self.issues[str(number)]["fields"]["updated"] = moment.isoformat()

    def later(self, **time):
        self.clock += timedelta(**time)

    # Answers -----------------------------------------------------------------------------------------

    def answer(self, path, query, body):
        self.asked.append(path)
        if self.forbidden and re.fullmatch(self.forbidden, path):
            return 403, {"errorMessages": ["No access."]}
        for pattern, reply in ANSWERS:
            if match := re.fullmatch(pattern, path):
                return reply(self, *match.groups(), query, body)
        return 404, {"errorMessages": ["not there"]}

    def project(self, key, query, body):
        known = {old: (number, new) for new, number in self.projects.items() for old in (new, number)}
        known |= {"OLD": known["PAY"]} if "PAY" in self.projects else {}
        if key not in known:
            return 404, {"errorMessages": [f"No project could be found with key '{key}'."]}
        number, name = known[key]
        return 200, {"id": number, "key": name, "name": name.title(), "versions": []}

    def search(self, query, body):
        jql, token = query["jql"], int(query.get("nextPageToken", 0))
        if token in self.expired:
            self.expired.discard(token)
            return 400, {"errorMessages": ["The page token has expired."]}
        found = [] if self.hidden else [issue for issue in self.issues.values() if self._matches(issue, jql)]
        found.sort(key=lambda issue: (issue["fields"]["created"], int(issue["id"])), reverse=True)
        size = min(int(query["maxResults"]), 2 if "summary" in query["fields"] else 5000)
        page = found[token : token + size]
        more = {"nextPageToken": str(token + size)} if token + size < len(found) else {"isLast": True}
        return 200, {"issues": page, **more}

    def _matches(self, issue, jql):
        if numbers := re.search(r"id in \((.*?)\)", jql):
            return issue["id"] in numbers[1].split(", ")
        project, since = re.search(r"project = (\d+)", jql)[1], re.search(r"updated >= (\d+)", jql)
        updated = datetime.fromisoformat(issue["fields"]["updated"]).timestamp() * 1000
        return issue["fields"]["project"]["id"] == project and (since is None or updated >= int(since[1]))

    def bulk(self, query, body):
        logs = [{"issueId": n, "changeHistories": self.histories[n]} for n in body["issueIdsOrKeys"]]
        return 200, {"issueChangeLogs": logs}

    def worklog(self, number, query, body):
        start = int(query["startAt"])
        logs = [{"id": str(n), "timeSpentSeconds": 60, "started": "2026-03-01T10:00:00.000+0000"} for n in range(25)]
        return 200, {"worklogs": logs[start : start + 10], "total": 25}

    def board(self, query, body):
        found = [
            {"id": int(n), "name": n, "type": "scrum"} for n, b in self.boards.items() if query["projectKeyOrId"] in b
        ]
        return 200, {"values": found, "isLast": True}

    def configuration(self, number, query, body):
        columns = [{"name": "Doing", "statuses": [{"id": "3"}]}]
        return 200, {"columnConfig": {"columns": columns}, "estimation": {"field": {"fieldId": "customfield_3"}}}

    def sprint(self, number, query, body):
        listed = [sprint for sprint, boards in self.sprints.values() if number in boards]
        return 200, {"values": listed, "isLast": True}

    def all_statuses(self, query, body):
        named = self.statuses.items()
        return 200, [{"id": n, "name": name, "statusCategory": {"key": CATEGORY.get(n, "new")}} for n, name in named]

    def permissions(self, query, body):
        return 200, {"permissions": {"BROWSE_PROJECTS": {"havePermission": self.may_browse}}}


FIELDS = [
    {"id": "customfield_1", "name": "Sprint", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}},
    {"id": "customfield_3", "name": "Effort", "schema": {"custom": "an.add.on:number"}},
]
API = "/rest/api/3"
ANSWERS = [
    ("/rest/api/2/serverInfo", lambda site, query, body: (200, {"deploymentType": "Cloud"})),
    (f"{API}/myself", lambda site, query, body: (200, {"displayName": "Reader"})),
    (f"{API}/field", lambda site, query, body: (200, FIELDS)),
    (f"{API}/status", JiraSite.all_statuses),
    (f"{API}/project/([^/]+)", JiraSite.project),
    (f"{API}/search/jql", JiraSite.search),
    (f"{API}/changelog/bulkfetch", JiraSite.bulk),
    (f"{API}/issue/([^/]+)/worklog", JiraSite.worklog),
    (f"{API}/mypermissions", JiraSite.permissions),
    ("/rest/agile/1.0/board", JiraSite.board),
    (r"/rest/agile/1.0/board/(\d+)/configuration", JiraSite.configuration),
    (r"/rest/agile/1.0/board/(\d+)/sprint", JiraSite.sprint),
]


@contextmanager
def serving(answer, clock=lambda: datetime.now(UTC)):
    """Serve `answer(path, query, body)` → (status, JSON or bytes[, headers]) over HTTP; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def date_time_string(self, timestamp=None):
            return format_datetime(clock(), usegmt=True)

        def do_GET(self):
            where = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            said = answer(where.path, {k: v[0] for k, v in parse_qs(where.query).items()}, body)
            if said is None:  # hang up
                self.close_connection = True
                return
            status, content, headers = (*said, {})[:3]
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json", "Content-Length": len(content)} | headers).items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = "Content-Length" in headers

        do_POST = do_GET  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
