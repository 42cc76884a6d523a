"""Hostile and broken input, made up by the thousand: it is stored harmlessly, or refused in words; nothing else.

A run of the suite tries a few dozen cases of each kind. PLUMBLINE_FUZZ=3000 tries that many of each.
"""

import copy
import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as some

from connectors.base import ConnectorError
from connectors.files.kinds import KINDS
from connectors.files.parse import read
from connectors.git import manifests
from connectors.git import parse as git
from connectors.github import parse, parse_issues, parse_releases
from connectors.github.limits import http_date
from connectors.github.queries import node as query_node
from connectors.jira import parse as jira
from connectors.jira.fields import recognise
from data import config
from data.columns import UtcDateTime
from data.errors import ConfigError
from data.persons import Mask, Pseudonyms
from data.redaction import one_line, redacted
from data.schema import TABLES
from data.store import Store
from metrics.tell import harmless

CASES = int(os.environ.get("PLUMBLINE_FUZZ", "40"))
ROOT = Path(__file__).parent.parent
PAYLOADS = ROOT / "tests" / "payloads"
DATES = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "2024-02-29T12:00:00Z")
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE reviews; --",
    "#{7*7} ${7*7} {{7*7}} \\input{/etc/passwd}",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe",
    "\ud800",
    "a\x00b",
    "../../../etc/passwd",
    "Revert \"x\"\n\nReverts acme/app#99999999999999999999",
    "",
    "x" * 10_000,
    "A-" * 4000 + "1",
)  # fmt: skip
IS_DATE = re.compile(r"\d{4}-\d\d-\d\dT")
texts = some.sampled_from(HOSTILE) | some.text(max_size=40) | some.text(some.characters(), max_size=20)
WORDS_OF_THE_VENDOR = {"__typename", "fullDatabaseId", "databaseId"}  # which GitHub itself makes up


def fuzzed(strategy_or_first, *others):
    """Try a property on that many cases."""
    return lambda test: settings(max_examples=CASES, deadline=None)(given(strategy_or_first, *others)(test))


def payload(name):
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def leaves(value, path=()):
    """The place of every value in a payload that is no list and no object."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in WORDS_OF_THE_VENDOR:
                yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value[:3]):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def at(value, path):
    for step in path:
        value = value[step]
    return value


def another(draw, value):
    """A value of the same type, but not a nice one."""
    if isinstance(value, bool):
        return draw(some.booleans())
    if isinstance(value, int):
        return draw(some.integers(-(2**70), 2**70))
    if isinstance(value, float):
        return draw(some.floats())
    if isinstance(value, str) and IS_DATE.match(value):
        return draw(some.sampled_from(DATES))
    if isinstance(value, str) and value.isdigit():
        return str(draw(some.integers(0, 2**70)))  # an id that the vendor makes
    return draw(texts) if isinstance(value, str) else value


@some.composite
def worse(draw, recorded):
    """A recorded payload in which some values are not nice."""
    said = copy.deepcopy(recorded)
    for path in draw(some.lists(some.sampled_from(sorted(leaves(said), key=repr)), min_size=1, max_size=6)):
        *way, last = path
        at(said, way)[last] = another(draw, at(recorded, path))
    return said


@some.composite
def broken(draw, recorded):
    """A recorded payload in which something is of another type, or missing."""
    said = copy.deepcopy(recorded)
    *way, last = draw(some.sampled_from(sorted(leaves(said), key=repr)))
    inner = at(said, way)
    if isinstance(last, str) and draw(some.booleans()):
        del inner[last]
    else:
        inner[last] = draw(
            some.none() | some.integers() | some.lists(some.text()) | some.dictionaries(some.text(), some.text())
        )
    return said


@pytest.fixture(scope="module")
def memory():
    store = Store.open("sqlite://")
    yield store
    store.engine.dispose()


class Undone(Exception):
    """Nothing of an example stays."""


def stored(store, rows):
    """Write rows as a sync does, read them back as a page does, and leave nothing."""
    try:
        with store.writing() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table, row in rows:
                store.upsert(connection, table, [row | {"source": "github", "seen_at": NOW}])
            from data.frames import frame

            for table in {table for table, _ in rows}:
                from sqlalchemy import select

                columns = list(TABLES[table].c)
                assert len(frame(connection, select(*columns), columns)) >= 1
            raise Undone
    except Undone:
        pass


PULL = payload("github/pull_request_37")
ISSUE = payload("github/issues")[0]
CLOUD, HISTORIES = payload("jira/cloud_issue"), payload("jira/histories")
FIELDS = recognise(payload("jira/fields"))


def rows_of_pull(node):
    own = parse.pull_request(node, "1", "acme/app")
    parent = {"repository_id": "1", "pull_request_id": own["id"]}
    nested = [*parse.timeline(node.get("timelineItems", {}).get("nodes", []), parent)]
    nested += parse.reviews((node.get("reviews") or {}).get("nodes", []), parent)
    return [("pull_requests", own), *nested]


def rows_of_issue(node):
    own = parse_issues.issue(node, "1", "acme/app")
    return [
        ("issues", own),
        *parse_issues.issue_timeline(node["timelineItems"]["nodes"], {"project_id": "1", "issue_id": own["id"]}),
    ]


def rows_of_jira(said):
    issue, histories = said
    own = jira.issue(issue, FIELDS, "https://acme.example", {})
    return [("issues", own), *(("issue_changes", row) for row in jira.changes(issue, histories, FIELDS))]


THREADS = payload("github/review_threads_37")["reviewThreads"]["nodes"]
SOMEBODY = {"__typename": "User", "login": "ana", "databaseId": 5}
THEN = "2026-01-05T10:00:00Z"
RELEASE = {
    **{"id": "RE_1", "tagName": "v1", "name": "One", "url": "https://x.example/1", "tagCommit": {"oid": "c1"}},
    **{"isDraft": False, "isPrerelease": True, "createdAt": THEN, "publishedAt": THEN, "author": SOMEBODY},
}
TAG = {"name": "v1", "target": {"oid": "t1", "tagger": {"date": THEN}, "target": {"oid": "c1", "committedDate": THEN}}}
DEPLOYMENT = {
    **{"id": "DE_1", "environment": "production", "state": "INACTIVE", "task": "deploy", "commitOid": "c1"},
    **{"createdAt": THEN, "updatedAt": THEN, "ref": {"name": "main"}, "creator": SOMEBODY},
    **{"latestStatus": {"environmentUrl": "https://x.example"}},
    "statuses": [{"id": "DES_1", "state": "SUCCESS", "createdAt": THEN}],
}
RUN = {
    **{"id": 30433642, "name": "Deploy", "display_title": "Wider", "path": ".github/workflows/deploy.yml"},
    **{"head_branch": "main", "head_sha": "c1", "event": "push", "status": "completed", "conclusion": "success"},
    **{"run_attempt": 2, "html_url": "https://x.example/2", "created_at": THEN, "run_started_at": THEN},
}
BESIDE = {
    "id": "7",
    "fields": {
        "project": {"id": "10"},
        "issuelinks": [
            {
                "id": "3",
                "type": {"inward": "is blocked by", "outward": "blocks"},
                "inwardIssue": {"id": "8", "key": "PAY-8"},
            }
        ],
    },
    "worklogs": [
        {"id": "4", "author": {"accountId": "5b10", "displayName": "Ana"}, "timeSpentSeconds": 60, "started": THEN}
    ],
}


def rows_of_threads(threads):
    found = [comment for thread in threads for comment in thread["comments"]["nodes"]]
    return list(parse.review_comments(found, {"repository_id": "1", "pull_request_id": "2"}))


def rows_of_deployment(node):
    states = [parse_releases.deployment_status(status, "1", "2") for status in node["statuses"]]
    return [("deployments", parse_releases.deployment(node, "1")), *(("deployment_statuses", row) for row in states)]


def rows_beside_an_issue(said):
    links = (("issue_links", row) for row in jira.links(said, HISTORIES))
    return [*links, *(("worklogs", row) for row in jira.worklogs(said, said["worklogs"]))]


SOURCES = {
    "review threads": (THREADS, rows_of_threads),
    "release": (RELEASE, lambda node: [("releases", parse_releases.release(node, "1"))]),
    "tag": (TAG, lambda node: [("tags", parse_releases.tag(node, "1"))]),
    "deployment": (DEPLOYMENT, rows_of_deployment),
    "workflow run": (RUN, lambda run: [("workflow_runs", parse_releases.workflow_run(run, "1"))]),
    "links and worklogs": (BESIDE, rows_beside_an_issue),
    "pull request": (PULL, rows_of_pull),
    "issue of GitHub": (ISSUE, rows_of_issue),
    "issue of Jira": ([CLOUD, HISTORIES], rows_of_jira),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_not_nice_is_stored_all_the_same(memory, kind):
    recorded, rows = SOURCES[kind]

    @fuzzed(worse(recorded))
    def holds(said):
        stored(memory, rows(said))

    stored(memory, rows(recorded))
    holds()


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_broken_is_stored_or_an_ordinary_error(memory, kind):
    """The sync takes any of these as the failure of one walk, and tells it."""
    recorded, rows = SOURCES[kind]

    @fuzzed(broken(recorded))
    def holds(said):
        try:
            stored(memory, rows(said))
        except (KeyError, TypeError, ValueError, AttributeError, LookupError, ConnectorError) as error:
            assert str(error)

    holds()


# git ---------------------------------------------------------------------------------------------------------

LOG = (
    b"\x01" + b"a" * 40 + b"\0\x001767225600\x001767225600\0Ana\0ana@x\0Fix PAY-1\n\nCo-authored-by: Ben <ben@x>\n\0"
    b"\n3\t1\ta.py\0-\t-\tlogo.png\0" + b"0\t0\t\0old.py\0new.py\0"
)  # fmt: skip


@some.composite
def spoilt(draw, whole):
    """Bytes with some cut out, changed or put in."""
    said = bytearray(whole)
    for _ in range(draw(some.integers(1, 5))):
        place = draw(some.integers(0, max(len(said) - 1, 0)))
        said[place : place + draw(some.integers(0, 8))] = draw(some.binary(max_size=8))
    return bytes(said)


@fuzzed(spoilt(LOG * 2))
def test_a_spoilt_log_of_git_is_read_or_refused(said):
    try:
        found = list(git.commits(said))
    except (ValueError, OverflowError) as error:
        assert str(error)
    else:
        for commit in found:
            assert "\x00" not in commit.row["headline"]
            UtcDateTime().process_bind_param(commit.row["committed_at"])


@fuzzed(some.binary(max_size=300))
def test_any_bytes_as_a_tree_or_attributes_are_read_or_refused(said):
    for reader in (git.tree, git.marked, git.contents, git.blobs):
        try:
            reader(said)
        except (ValueError, IndexError, KeyError) as error:
            assert error.args


MANIFESTS = (
    manifests.requirements,
    manifests.pyproject,
    manifests.python_lock,
    manifests.package_json,
    manifests.package_lock,
    manifests.go_mod,
    manifests.pom,
)
PIECES = some.sampled_from(["{", "}", "[", "]", '"', ":", ",", "\n", "==", ">=", "<project>", "<!DOCTYPE a [<!ENTITY x 'y'>]>",
                            "&x;", "require (", "dependencies", "name", "1.2.3", "-r ", "# ", "=", "[project]"])  # fmt: skip


@pytest.mark.parametrize("reader", MANIFESTS, ids=lambda reader: reader.__name__)
def test_any_text_as_a_manifest_is_read_or_refused(reader):
    @fuzzed(some.lists(PIECES | texts, max_size=15).map("".join))
    def holds(said):
        try:
            found = reader(said)
        except ValueError as error:
            assert str(error)
        else:
            assert all(isinstance(name, str) for name in found)

    holds()


# The configuration, files, the rest --------------------------------------------------------------------------

EXAMPLE = tomllib.loads((ROOT / "data" / "config.example.toml").read_text())


@fuzzed(worse(EXAMPLE) | broken(EXAMPLE))
def test_any_configuration_is_read_or_refused_in_one_line(said):
    try:
        config.parse(said, Path("config.toml"))
    except ConfigError as error:
        assert str(error).startswith("config.toml: ")
        assert len(str(error)) < 40_000


@fuzzed(some.text(max_size=200) | some.lists(PIECES | texts, max_size=20).map("".join))
def test_any_text_as_a_configuration_file_is_read_or_refused(said):
    try:
        config.parse(tomllib.loads(said), Path("config.toml"))
    except (ConfigError, tomllib.TOMLDecodeError) as error:
        assert str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_any_text_as_a_file_is_read_or_refused(kind):
    sample = (ROOT / "docs" / "samples" / f"{kind}.csv").read_text()
    lines = sample.splitlines()

    @fuzzed(
        some.lists(some.sampled_from(lines) | texts | PIECES, max_size=8).map("\n".join)
        | texts.map(lambda cell: "\n".join([lines[0], lines[1].replace(",", f",{cell},", 1)]))
    )
    def holds(said):
        try:
            read(said, KINDS[kind], "file.csv")
        except ConnectorError as error:
            assert "file.csv" in str(error)

    holds()


@fuzzed(texts)
def test_what_is_told_never_moves_a_terminal_and_a_cell_is_never_a_formula(said):
    assert one_line(said).isprintable()
    assert not str(harmless(said)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert isinstance(redacted(said), str)
    assert Mask(pseudonyms=Pseudonyms("k" * 32)).word(said)[:2] == "p-" or said.startswith(("p-", "erased-"))


@fuzzed(texts)
def test_a_name_cannot_leave_its_place_in_a_query(said):
    """Whatever an id is, the query says one string: its quotes are those around it."""
    query = query_node("Repository", said, "id")
    body = re.search(r'"(?:[^"\\]|\\.)*"', query, re.DOTALL)
    assert body and json.loads(body[0], strict=False) == said
    assert query.replace(body[0], "") == "node(id: ) { ... on Repository { id } }"


@fuzzed(texts | some.sampled_from(["Sat, 21 Nov 2026 12:00:00 GMT", "Sat, 99 Nov 99999 99:99:99 +9999"]))
def test_any_date_of_a_header_is_a_moment_or_none(said):
    moment = http_date(said)
    assert moment is None or moment.tzinfo is not None
