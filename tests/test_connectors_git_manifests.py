"""Manifests, lock files and package indexes as their tools write them."""

import json

import pytest

from connectors.git import package_index
from connectors.git.manifests import MANIFESTS, dependencies


def read(name, text, lock=None):
    return {d.name: d.version for d in dependencies(MANIFESTS[name], text, lock)}


def test_requirements_pin_a_version_or_leave_it_open():
    text = (
        "# comment\n-r other.txt\n--index-url https://x.example\nFlask_Login==0.6.3 ; python_version > '3'\n"
        "requests[socks]==2.32.0 \\\n    --hash=sha256:aa\nweb>=2,<3  # why\nours @ https://x.example/a.whl\n./local\nbare\n"
    )
    assert read("requirements.txt", text) == {"flask-login": "0.6.3", "requests": "2.32.0", "web": None, "bare": None}


def test_a_compiled_file_is_the_lock_of_its_source():
    lock = ("requirements.txt", "web==2.1\nnot-direct==1.0\n")
    assert read("requirements.in", "web>=2\n", lock) == {"web": "2.1"}


def test_pyproject_takes_versions_from_its_lock():
    text = (
        '[project]\ndependencies = ["Web>=2"]\n[tool.poetry.dependencies]\npython = "^3.11"\nold = {version = "1.0"}\n'
    )
    lock = ("uv.lock", '[[package]]\nname = "web"\nversion = "2.5"\n[[package]]\nname = "deep"\nversion = "1"\n')
    assert read("pyproject.toml", text, lock) == {"web": "2.5", "old": "1.0"}


def test_package_json_takes_versions_from_either_kind_of_lock():
    text = json.dumps(
        {"dependencies": {"@a/b": "^1.0.0", "c": "2.0.0", "d": "file:../d"}, "devDependencies": {"e": "~3"}}
    )
    new = {
        "packages": {
            "": {},
            "node_modules/@a/b": {"version": "1.4.0"},
            "node_modules/x/node_modules/c": {"version": "9"},
        }
    }
    assert read("package.json", text, ("package-lock.json", json.dumps(new))) == {
        "@a/b": "1.4.0",
        "c": "2.0.0",
        "e": None,
    }
    old = {"dependencies": {"e": {"version": "3.1.0"}}}
    assert read("package.json", text, ("package-lock.json", json.dumps(old)))["e"] == "3.1.0"


def test_go_mod_lists_what_is_required_for_its_own_sake():
    text = "module x.example/m\n\ngo 1.22\n\nrequire github.com/a/b v1.2.3\nrequire (\n\tgolang.org/x/c v0.1.0\n\td.example/e v1.0.0 // indirect\n)\n"
    assert read("go.mod", text) == {"github.com/a/b": "1.2.3", "golang.org/x/c": "0.1.0"}


def test_pom_fills_in_properties_and_managed_versions():
    text = """<project xmlns="http://maven.apache.org/POM/4.0.0"><properties><a.version>1.2</a.version></properties>
    <dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId><version>3.4</version>
    </dependency></dependencies></dependencyManagement><dependencies>
    <dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a.version}</version></dependency>
    <dependency><groupId>g</groupId><artifactId>b</artifactId></dependency></dependencies></project>"""
    assert read("pom.xml", text) == {"g:a": "1.2", "g:b": "3.4"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pom.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><project>&a;</project>'),
        ("pom.xml", "<project>"),
        ("package.json", "[1, 2]"),
        ("package.json", "{"),
        ("pyproject.toml", "= 1"),
    ],
)
def test_what_is_no_manifest_is_refused(name, text):
    with pytest.raises((ValueError, SyntaxError)):
        read(name, text)


def answers(**said):
    return lambda url: next((json.dumps(body).encode() for part, body in said.items() if part in url), None)


def test_the_python_index_says_when_versions_came_out():
    files = [{"upload_time_iso_8601": "2026-01-02T10:00:00Z", "yanked": True}]
    said = {"releases": {"1.0": [{"upload_time_iso_8601": "2026-01-01T10:00:00.5Z"}], "2.0rc1": files, "0.1": []}}
    rows = {row["id"]: row for row in package_index.pypi("web", answers(web=said))}
    assert set(rows) == {"1.0", "2.0rc1"}
    assert (rows["1.0"]["is_prerelease"], rows["2.0rc1"]["is_prerelease"], rows["2.0rc1"]["is_yanked"]) == (
        False,
        True,
        True,
    )
    assert rows["1.0"]["released_at"].isoformat() == "2026-01-01T10:00:00.500000+00:00"


def test_the_other_indexes_do_too():
    said = {"versions": {"1.0.0": {}, "1.1.0-beta.1": {}}, "time": {"created": "x", "1.0.0": "2026-01-01T00:00:00Z",
            "1.1.0-beta.1": "2026-02-01T00:00:00Z"}}  # fmt: skip
    rows = package_index.npm("@a/b", answers(**{"@a%2Fb": said}))
    assert [(row["id"], row["is_prerelease"]) for row in rows] == [("1.0.0", False), ("1.1.0-beta.1", True)]
    docs = {"response": {"docs": [{"v": "1.2.Final", "timestamp": 1_767_225_600_000}]}}
    (row,) = package_index.maven("g:a", answers(solrsearch=docs))
    assert (row["id"], row["released_at"].year, row["is_prerelease"]) == ("1.2.Final", 2026, False)
    info = {"Version": "v1.0.0", "Time": "2026-01-01T00:00:00Z"}
    get = lambda url: b"v1.0.0\n" if url.endswith("list") else json.dumps(info).encode()  # noqa: E731
    assert [row["id"] for row in package_index.go("github.com/A/b", get)] == ["1.0.0"]
    assert package_index.pypi("nobody-has-it", lambda url: None) == []
