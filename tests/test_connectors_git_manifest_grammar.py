"""Manifests of the shapes that people write, each with what it names: package → version in use, None for an open one."""

import json
import time

import pytest
from conftest import NOW
from git_site import Repository, sync_git

from connectors.git.dependencies import text_of
from connectors.git.manifests import MANIFESTS, dependencies
from data import record


def read(name, text, lock=None):
    return {d.name: d.version for d in dependencies(MANIFESTS[name], text, lock)}


GO = {
    # only what is required for its own sake, whatever else stands in blocks of the same look
    "all blocks": (
        "module example.com/m // the app\n\ngo 1.22\ntoolchain go1.22.3\n\nrequire (\n\tgithub.com/a/b v1.2.3\n"
        "\tgolang.org/x/c v0.1.0 // indirect\n)\nexclude (\n\tgithub.com/a/b v1.2.4\n\tgithub.com/q/r v9.0.0\n)\n"
        "replace (\n\tgithub.com/s/t v1.0.0 => github.com/u/v v1.1.0\n)\nretract (\n\tv1.0.0 // by mistake\n"
        "\t[v1.1.0, v1.2.0]\n)\ntool (\n\texample.com/tool/cmd\n)\ngodebug default=go1.21\n",
        {"github.com/a/b": "1.2.3"},
    ),
    "one line each": (
        "module m.example/m\nrequire github.com/a/b v1.2.3\nexclude github.com/c/d v1.0.0\nretract v0.9.0\n"
        "replace github.com/a/b => ../b\ntool github.com/e/f\n",
        {"github.com/a/b": "1.2.3"},
    ),
    "indirect, with more words": (
        "module m.example/m\nrequire (\n a.example/x v1.0.0 // indirect; for a tool\n b.example/y v1.0.0 // not indirect\n"
        " c.example/z v1.0.0 //indirect\n)\n",
        {"b.example/y": "1.0.0"},
    ),
    "the same module in another version": (
        "module m.example/m\nrequire a.example/x v1.0.0\nreplace a.example/x v1.0.0 => a.example/x v1.4.0\n",
        {"a.example/x": "1.4.0"},
    ),
    "block without a space, with comments": (
        "module m.example/m\nrequire( // ours\n\n// a.example/no v1.0.0\na.example/x v2.0.0+incompatible\n) // end\n",
        {"a.example/x": "2.0.0+incompatible"},
    ),
    "quoted, and no commit of a release": (
        'module "m.example/m"\nrequire "a.example/x" v0.0.0-20240102030405-abcdefabcdef\n',
        {"a.example/x": "0.0.0-20240102030405-abcdefabcdef"},
    ),
    "two blocks, end of line as Windows has it": (
        "module m.example/m\r\nrequire (\r\n\ta.example/x v1.0.0\r\n)\r\nrequire (\r\n\tb.example/y v1.0.0\r\n)\r\n",
        {"a.example/x": "1.0.0", "b.example/y": "1.0.0"},
    ),
    "nothing is required": ("module m.example/m\n\ngo 1.22\n", {}),
    "a block that never ends": ("module m.example/m\nrequire (\n a.example/x v1.0.0\n", {"a.example/x": "1.0.0"}),
}
REQUIREMENTS = {
    "other files and options": (
        "-r base.txt\n-c limits.txt\n--index-url https://x.example\n-e .\nweb==1.0\n",
        {"web": "1.0"},
    ),
    "extras, markers, hashes": (
        "web[socks, http2]==2.0 ; python_version > '3' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n",
        {"web": "2.0"},
    ),
    "a line that goes on": ("web \\\n  >=1.0, \\\n  <2\nother==3\n", {"web": None, "other": "3"}),
    "comments": ("# web==1\nweb==2 # not ==3\nx==1#2\n", {"web": "2"}),
    "links and folders": (
        "git+https://x.example/a.git@v1#egg=a\nb @ https://x.example/b.whl\n./c\n../d\n/e\nf.whl\nhttps://x.example/g\n"
        "-e git+ssh://git@x.example/h#egg=h\nlib/i\nsvn+http://x.example/j\nweb==1\n",
        {"web": "1"},
    ),
    "names that are one": ("Flask_Login==0.6\nzope.interface==5\n", {"flask-login": "0.6", "zope-interface": "5"}),
    "ways to leave it open": (
        "a>=1\nb~=1.4\nc==1.*\nd==1.0,!=1.0.1\ne\nf (>=1.0)\ng===2.0\nh!=3\n",
        dict.fromkeys("abcdefh") | {"g": "2.0"},
    ),
    "a version for each platform": ("web==1; python_version<'3.9'\nweb==2; python_version>='3.9'\n", {"web": None}),
    "twice the same": ("web==1\nweb==1\n", {"web": "1"}),
    "a variable, and nothing": ("${PACKAGE}==1\n\n   \n;\n", {}),
    "a byte order mark": ("\ufeffweb==1\n", {"web": "1"}),
}
PYPROJECT = {
    "extras and groups": (
        '[project]\nname = "m"\ndependencies = ["web>=2", "x @ https://x.example/x.whl"]\n[project.optional-dependencies]\n'
        'fast = ["speed==1.5"]\n[dependency-groups]\ntest = ["checks==8.0", {include-group = "lint"}]\nlint = ["style"]\n',
        {"web": None, "speed": "1.5", "checks": "8.0", "style": None},
    ),
    "poetry and its groups": (
        '[tool.poetry.dependencies]\npython = "^3.11"\nweb = "^2.0"\nold = {version = "1.0", optional = true}\n'
        'mine = {path = "../mine"}\nfork = {git = "https://x.example/f"}\n[tool.poetry.group.dev.dependencies]\n'
        'checks = "8.0"\n[tool.poetry.dev-dependencies]\nstyle = "*"\n',
        {"web": None, "old": "1.0", "checks": "8.0", "style": None},
    ),
    "poetry with a version for each platform": (
        '[tool.poetry.dependencies]\nweb = [{version = "1.0", python = "<3.9"}, {version = "2.0", python = ">=3.9"}]\n',
        {"web": None},
    ),
    "uv": ('[tool.uv]\ndev-dependencies = ["checks==8.0"]\n[tool.uv.sources]\nweb = {path = "w"}\n', {"checks": "8.0"}),
    "named twice, once without a version": (
        '[project]\ndependencies = ["web==2"]\n[project.optional-dependencies]\nall = ["web"]\n', {"web": "2"},
    ),
    "only how it is built": ('[build-system]\nrequires = ["builder==1"]\n', {}),
    "of another shape": ('[project]\ndependencies = "web"\n[tool.poetry]\ndependencies = 3\n[dependency-groups]\nx = 1\n', {}),
    "markers": ("[project]\ndependencies = [\"web==1 ; extra == 'a'\", \"b[c]~=1.0\"]\n", {"web": "1", "b": None}),
}  # fmt: skip
PACKAGE = {
    "all kinds": (
        {"dependencies": {"a": "1.0.0"}, "devDependencies": {"b": "2.0.0"}, "optionalDependencies": {"c": "3.0.0"},
         "peerDependencies": {"d": "4.0.0"}, "overrides": {"e": "5.0.0"}, "resolutions": {"f": "6.0.0"},
         "bundledDependencies": ["a"], "workspaces": ["packages/*"], "engines": {"node": "20.0.0"}},
        {"a": "1.0.0", "b": "2.0.0", "c": "3.0.0"},
    ),
    "aliases": (
        {"dependencies": {"old": "npm:web@1.2.3", "@x/y": "npm:@a/b@^2.0.0", "bare": "npm:c", "scoped": "npm:@d/e"}},
        {"web": "1.2.3", "@a/b": None, "c": None, "@d/e": None},
    ),
    "links": (
        {"dependencies": {"a": "file:../a", "b": "link:b", "c": "workspace:*", "d": "git+ssh://git@x.example/d.git",
         "e": "https://x.example/e.tgz", "f": "owner/f", "g": "github:owner/g", "h": "catalog:", "i": "../i"}},
        {},
    ),
    "ranges": (
        {"dependencies": {"a": "^1.0.0", "b": "~1.0", "c": "1", "d": "1.2", "e": "1.x", "f": "*", "g": "latest", "h": "",
         "i": ">=1.0.0 <2.0.0", "j": "=1.2.3", "k": "v1.2.3", "l": "1.0.0-rc.1+b", "m": "1.0.0 || 2.0.0"}},
        dict.fromkeys("abcdefghim") | {"j": "1.2.3", "k": "1.2.3", "l": "1.0.0-rc.1+b"},
    ),
    "a kind twice": ({"dependencies": {"a": "1.0.0"}, "devDependencies": {"a": "^1.0.0"}}, {"a": "1.0.0"}),
    "of another shape": ({"dependencies": ["a"], "devDependencies": None, "optionalDependencies": {"b": 1}}, {}),
    "nothing": ({}, {}),
    "scopes": ({"dependencies": {"@a/b": "1.0.0", "@a/c": "2.0.0"}}, {"@a/b": "1.0.0", "@a/c": "2.0.0"}),
}  # fmt: skip


def project(inside):
    return f'<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">{inside}</project>'


def dependency(artifact, version="", more=""):
    given = f"<version>{version}</version>" if version else ""
    return f"<dependency><groupId>g</groupId><artifactId>{artifact}</artifactId>{given}{more}</dependency>"


OUT = "<exclusions><exclusion><groupId>no</groupId><artifactId>way</artifactId></exclusion></exclusions>"
POM = {
    "exclusions and scopes": (
        f"<dependencies>{dependency('a', '1.0', OUT)}{dependency('b', '2.0', '<scope>test</scope>')}</dependencies>",
        {"g:a": "1.0", "g:b": "2.0"},
    ),
    "managed ones are none until they are used": (
        f"<dependencyManagement><dependencies>{dependency('a', '3.4')}{dependency('bom', '1', '<scope>import</scope>')}"
        f"</dependencies></dependencyManagement><dependencies>{dependency('a')}{dependency('b')}</dependencies>",
        {"g:a": "3.4", "g:b": None},
    ),
    "properties of properties": (
        "<properties><v>${w}</v><w>1.2</w></properties>"
        f"<dependencies>{dependency('a', '${v}')}{dependency('b', '${nowhere}')}</dependencies>",
        {"g:a": "1.2", "g:b": None},
    ),
    "properties in a circle": (
        f"<properties><v>${{w}}</v><w>${{v}}</w></properties><dependencies>{dependency('a', '${v}')}</dependencies>",
        {"g:a": None},
    ),
    "the project's and the parent's own": (
        "<parent><groupId>p</groupId><version>7.1</version></parent>"
        f"<dependencies>{dependency('a', '${project.version}')}{dependency('b', '${project.parent.version}')}</dependencies>",
        {"g:a": "7.1", "g:b": "7.1"},
    ),
    "profiles": (
        f"<profiles><profile><id>x</id><dependencies>{dependency('a', '1')}{dependency('b', '1')}</dependencies></profile>"
        f"</profiles><dependencies>{dependency('a', '2')}</dependencies>",
        {"g:a": "2", "g:b": "1"},
    ),
    "plugins and comments are none": (
        f"<!-- {dependency('no', '1')} --><build><plugins><plugin><groupId>g</groupId><artifactId>p</artifactId>"
        f"<version>1</version><dependencies>{dependency('q', '1')}</dependencies></plugin></plugins></build>",
        {},
    ),
    "ranges": (
        f"<dependencies>{dependency('a', '[1.0,2.0)')}{dependency('b', '[1.5]')}{dependency('c', 'LATEST')}</dependencies>",
        {"g:a": None, "g:b": "1.5", "g:c": None},
    ),
}
CASES = [
    *(("go.mod", name, text, right) for name, (text, right) in GO.items()),
    *(("requirements.txt", name, text, right) for name, (text, right) in REQUIREMENTS.items()),
    *(("pyproject.toml", name, text, right) for name, (text, right) in PYPROJECT.items()),
    *(("package.json", name, json.dumps(said), right) for name, (said, right) in PACKAGE.items()),
    *(("pom.xml", name, project(text), right) for name, (text, right) in POM.items()),
]


@pytest.mark.parametrize(("file", "name", "text", "right"), CASES, ids=[f"{file}: {name}" for file, name, *_ in CASES])
def test_a_manifest_names_what_it_names_and_nothing_else(file, name, text, right):
    assert read(file, text) == right


def test_an_alias_has_the_version_that_the_lock_gives_its_package():
    packages = {"node_modules/old": {"name": "web", "version": "1.4.0"}, "node_modules/@a/b": {"version": "2.0.0"}}
    lock = ("package-lock.json", json.dumps({"packages": packages}))
    text = json.dumps({"dependencies": {"old": "npm:web@^1.0.0", "@a/b": "^2"}})
    assert read("package.json", text, lock) == {"web": "1.4.0", "@a/b": "2.0.0"}


# Hostile ones --------------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE x [<!ENTITY a "aa">' + "".join(f'<!ENTITY a{n} "{"&a;" * 9}">' for n in range(9)) + "]><project/>"
GROWING = "".join(f"<p{n}>" + f"${{p{n + 1}}}" * 30 + f"</p{n}>" for n in range(9))
DEEP = 200_000
HOSTILE = {
    "pom.xml entities": ("pom.xml", LAUGHS),
    "pom.xml entities in UTF-16": ("pom.xml", LAUGHS.encode("utf-16")),
    "pom.xml depth": ("pom.xml", "<a>" * DEEP),
    "pom.xml of another kind": ("pom.xml", "<html></html>"),
    "pom.xml of properties that grow": (
        "pom.xml",
        project(f"<properties>{GROWING}</properties><dependencies>{dependency('a', '${p0}')}</dependencies>"),
    ),
    "package.json depth": ("package.json", '{"dependencies":' + "[" * DEEP),
    "package.json list": ("package.json", "[1]"),
    "package.json number": ("package.json", '{"version": ' + "9" * 10_000 + "}"),
    "pyproject.toml depth": ("pyproject.toml", "a = " + "[" * DEEP),
    "pyproject.toml bytes": ("pyproject.toml", b'[project]\nname = "\xff\xfe\xff"\n'),
    "requirements.txt that is too large": ("requirements.txt", "web==1\n" * 400_000),
    "go.mod that is none": ("go.mod", "\0\0\0 nothing"),
}  # fmt: skip


def test_hostile_manifests_are_noted_and_the_others_are_read(store, tmp_path):
    repository = Repository(tmp_path / "code")
    for number, (name, text) in enumerate(HOSTILE.values()):
        repository.put(f"h{number:02}/{name}", text)
    repository.put("good/requirements.txt", "web==1\n")
    repository.put("wide/requirements.txt", "web==1\r\n".encode("utf-16"))
    repository.put("bytes/requirements.txt", b"web==1\n\xff\xfe\xff==2\n")
    repository.put(
        "open/pom.xml", project("<!-- ${ -->" + f"<dependencies>{dependency('a', '${' * 90)}</dependencies>")
    )
    repository.commit()
    begun = time.process_time()
    failed, _ = sync_git(store, NOW, path=str(repository.folder))
    assert failed == [] and time.process_time() - begun < 30
    rows = store.load("dependencies")
    assert sorted(zip(rows["manifest"], rows["name"], strict=True)) == [
        ("bytes/requirements.txt", "web"),
        ("good/requirements.txt", "web"),
        ("open/pom.xml", "g:a"),
        ("wide/requirements.txt", "web"),
    ]
    line = next(line for line in record.status(store) if line.stream == "dependencies")
    assert line.error.startswith("cannot be read: h00/pom.xml") and f"and {len(HOSTILE) - 3} more" in line.error


def test_hostile_lines_take_no_time():
    begun = time.process_time()
    for text in ("a" * 1_000_000, "\\ " * 500_000, " #" * 500_000, "a -" * 300_000, "a[" * 500_000, "a==" * 300_000):
        read("requirements.txt", text)
    read("pom.xml", project(f"<properties><a>{'${' * 400_000}</a></properties>"))
    read("go.mod", "module m\nrequire " + "( " * 500_000)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("code", ["utf-16", "utf-8-sig", "utf-8"])
def test_a_list_that_a_shell_wrote_in_its_own_encoding_is_read(code):
    assert read("requirements.txt", text_of("web==1\nünïcode\n".encode(code))) == {"web": "1"}
