"""What a repository says it depends on directly: manifests and lock files as names, requirements and versions. Pure.

A dependency is what a manifest names for its own sake, under whatever condition: for tests and extras too. What it
excludes, overrides, replaces, or leaves to others (peers, indirect ones) is none, nor are links and folders.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from connectors.git.python_manifests import (
    Said,
    all_of,
    pinned,
    pinned_requirements,
    pyproject,
    python_lock,
    requirements,
)

PROPERTY = re.compile(r"\$\{([^{}$]{1,200})\}")
STEPS, LONGEST = 10, 200  # of a property that names another one; characters of a name, a version, a property
EXACT = re.compile(r"[=v]*(\d+\.\d+\.\d+(?:[-+][\w.+-]*)?)")  # of npm and Go: fewer parts are a range
EXACT_MAVEN = re.compile(r"\[?(\d[\w.+-]*)\]?")


@dataclass(frozen=True)
class Dependency:
    """One direct dependency; `version`: the one in use, null where nothing pins it."""

    name: str
    requirement: str
    version: str | None


@dataclass(frozen=True)
class Manifest:
    """A kind of manifest, and the lock files beside it that say which versions are in use."""

    ecosystem: str
    read: Callable[[str], Said]
    pinned: Callable[[str], str | None]
    locks: Mapping[str, Callable[[str], Said]]


def dependencies(kind: Manifest, text: str, lock: tuple[str, str] | None = None) -> list[Dependency]:
    """The direct dependencies of a manifest; `lock`: the name and the text of its lock file.

    Raises ValueError for a file that is none of its kind.
    """
    locked = kind.locks[lock[0]](lock[1].removeprefix("\ufeff")) if lock else {}
    return [
        Dependency(name, required, locked.get(name) or kind.pinned(required))
        for name, required in sorted(kind.read(text.removeprefix("\ufeff")).items())
    ]


def _exactly(form: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda required: found[1] if (found := form.fullmatch(required.strip())) else None


# JavaScript ----------------------------------------------------------------------------------------------


def package_json(text: str) -> Said:
    """package.json: what runs and what builds; an alias is the package that it stands for."""
    said = _json(text)
    kinds = ("devDependencies", "dependencies", "optionalDependencies")  # the later one holds
    named = {name: required for kind in kinds for name, required in _object(said, kind).items()}
    pairs = (_published(name, required) for name, required in named.items() if isinstance(required, str))
    return all_of(pair for pair in pairs if pair)


def _published(name: str, required: str) -> tuple[str, str] | None:
    """The package and its requirement; None for a link, a folder or one of the workspace."""
    if required.startswith("npm:"):
        name, at, required = required.removeprefix("npm:").rpartition("@")
        name, required = (name, required) if name else (at + required, "")
    return None if ":" in required or "/" in required else (name, required)


def package_lock(text: str) -> Said:
    """package-lock.json, old and new."""
    said = _json(text)
    old = {
        name: about.get("version") for name, about in _object(said, "dependencies").items() if isinstance(about, dict)
    }
    new = {
        about.get("name") or path.removeprefix("node_modules/"): about.get("version")
        for path, about in _object(said, "packages").items()
        if path.startswith("node_modules/") and path.count("node_modules/") == 1 and isinstance(about, dict)
    }
    return {name: str(version) for name, version in (old | new).items() if version}


def _json(text: str) -> dict[str, Any]:
    said = json.loads(text)
    if not isinstance(said, dict):
        raise ValueError("expected an object")
    return said


def _object(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


# Go ------------------------------------------------------------------------------------------------------


def go_mod(text: str) -> Said:
    """go.mod: what is required for its own sake, in the version that a replacement of the same module gives it."""
    required: Said = {}
    replaced: Said = {}
    for verb, words, note in _directives(text):
        if verb == "require" and len(words) == 2 and not re.match(r"indirect\b", note):
            required[words[0]] = words[1]
        elif verb == "replace" and "=>" in words[1:3] and len(words) >= 4 and words[0] == words[-2]:
            replaced[words[0]] = words[-1]
    if not required and not re.search(r"^[ \t]*module\b", text, re.MULTILINE):
        raise ValueError("a go.mod names its module")
    return {name: replaced.get(name, version) for name, version in required.items()}


def _directives(text: str) -> Iterator[tuple[str, list[str], str]]:
    """Each line of go.mod as its verb, the words after it, and its comment; those of a block have the block's verb."""
    block = ""
    for line in text.splitlines():
        code, _, note = line.partition("//")
        words = [word.strip('"`') for word in code.split()]
        if block and words[:1] == [")"]:
            block = ""
        elif words and not block and words[-1] in {"(", f"{words[0].rstrip('(')}("}:
            block = words[0].rstrip("(")
        elif words:
            yield (block, words, note.strip()) if block else (words[0], words[1:], note.strip())


# Java ----------------------------------------------------------------------------------------------------


def pom(text: str) -> Said:
    """pom.xml: dependencies as group:artifact, of profiles too; properties and managed versions are filled in."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a pom.xml that declares entities is not read")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "project":
        raise ValueError("expected a <project>")
    properties = _properties(root)
    managed = _artifacts(root, "dependencyManagement/dependencies/dependency", properties)
    used = _artifacts(root, "profiles/profile/dependencies/dependency", properties)
    used |= _artifacts(root, "dependencies/dependency", properties)
    return {name: version or managed.get(name, "") for name, version in used.items()}


def _properties(root: ElementTree.Element) -> Said:
    """What ${…} may stand for: the project's own properties, and what it or its parent is called."""
    found = {e.tag: (e.text or "").strip() for e in root.findall("properties/*")}
    for name in ("groupId", "version"):
        parent = root.findtext(f"parent/{name}", "").strip()
        found |= {f"project.parent.{name}": parent, f"project.{name}": root.findtext(name, "").strip() or parent}
    return found


def _filled(text: str, properties: Mapping[str, str]) -> str:
    for _ in range(STEPS):
        if len(text) > LONGEST:
            raise ValueError("a name or a version of more than 200 characters")
        text = PROPERTY.sub(lambda m: properties.get(m[1].strip(), m[0])[:LONGEST], text)
    return text


def _artifacts(root: ElementTree.Element, place: str, properties: Mapping[str, str]) -> Said:
    found: Said = {}
    for element in root.findall(place):
        group, artifact, version = (
            _filled(element.findtext(n, "").strip(), properties) for n in ("groupId", "artifactId", "version")
        )
        if group and artifact:
            found[f"{group}:{artifact}"] = version
    return found


PYTHON, NPM, MAVEN = pinned, _exactly(EXACT), _exactly(EXACT_MAVEN)
MANIFESTS = {
    "requirements.txt": Manifest("pypi", requirements, PYTHON, {}),
    "requirements.in": Manifest("pypi", requirements, PYTHON, {"requirements.txt": pinned_requirements}),
    "pyproject.toml": Manifest("pypi", pyproject, PYTHON, {"poetry.lock": python_lock, "uv.lock": python_lock}),
    "package.json": Manifest("npm", package_json, NPM, {"package-lock.json": package_lock}),
    "go.mod": Manifest("go", go_mod, NPM, {}),
    "pom.xml": Manifest("maven", pom, MAVEN, {}),
}
COMPILED = {"requirements.txt": "requirements.in"}  # beside the second the first is its lock file
