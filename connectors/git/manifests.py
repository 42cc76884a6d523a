"""What a repository says it depends on directly: manifests and lock files as names, requirements and versions. Pure."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

Said = dict[str, str]  # package → what is required of it, or the version of it

REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")
GO_MODULE = re.compile(r"^\s*(?:require\s+)?([\w.~-]+\.[\w.~-]+(?:/[\w.~-]+)*)\s+(v[\w.+-]+)\s*(//.*)?$", re.MULTILINE)
PINNED = re.compile(r"^={2,3}\s*v?([\w.!+-]+)$|^v?(\d[\w.+-]*)$")
PROPERTY = re.compile(r"\$\{([^}]+)\}")


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
    locks: Mapping[str, Callable[[str], Said]]


def dependencies(kind: Manifest, text: str, lock: tuple[str, str] | None = None) -> list[Dependency]:
    """The direct dependencies of a manifest; `lock`: the name and the text of its lock file.

    Raises ValueError for a file that is none of its kind.
    """
    locked = kind.locks[lock[0]](lock[1]) if lock else {}
    return [
        Dependency(name, required, locked.get(name) or _pinned(required))
        for name, required in sorted(kind.read(text).items())
    ]


def _pinned(required: str) -> str | None:
    found = PINNED.match(required.strip())
    return (found[1] or found[2]) if found else None


def normal(name: str) -> str:
    """A Python package's name as its index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


# Python --------------------------------------------------------------------------------------------------


def requirements(text: str) -> Said:
    """requirements.txt and requirements.in: options, links and other files are no packages."""
    lines = (line.split(" #")[0].strip().rstrip("\\") for line in text.splitlines())
    return dict(
        filter(None, (_required(line) for line in lines if not line.startswith(("#", "-", "git+", "http", ".", "/"))))
    )


def _required(line: str) -> tuple[str, str] | None:
    found = REQUIREMENT.match(line)
    return (normal(found[1]), found[2].split("--hash")[0].strip()) if found and "@" not in found[2] else None


def pyproject(text: str) -> Said:
    """pyproject.toml: [project] and Poetry's own table."""
    said = tomllib.loads(text)
    listed = requirements("\n".join(_strings(said.get("project", {}).get("dependencies", []))))
    poetry = said.get("tool", {}).get("poetry", {}).get("dependencies", {})
    named = {normal(name): _version(value) for name, value in poetry.items() if name.lower() != "python"}
    return listed | named


def python_lock(text: str) -> Said:
    """poetry.lock and uv.lock."""
    packages = tomllib.loads(text).get("package", [])
    return {normal(p["name"]): str(p["version"]) for p in packages if "name" in p and "version" in p}


def pinned_requirements(text: str) -> Said:
    """A compiled requirements.txt: the versions that it pins."""
    return {name: version for name, required in requirements(text).items() if (version := _pinned(required))}


def _strings(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _version(value: Any) -> str:
    return value if isinstance(value, str) else str(value.get("version", "")) if isinstance(value, dict) else ""


# JavaScript, Go, Java ------------------------------------------------------------------------------------


def package_json(text: str) -> Said:
    """package.json: what runs and what builds; links, files and tags are no versions of a package."""
    said = _json(text)
    both = {**_object(said, "devDependencies"), **_object(said, "dependencies")}
    return {name: required for name, required in both.items() if isinstance(required, str) and ":" not in required}


def package_lock(text: str) -> Said:
    """package-lock.json, old and new."""
    said = _json(text)
    old = {
        name: about.get("version") for name, about in _object(said, "dependencies").items() if isinstance(about, dict)
    }
    new = {
        path.removeprefix("node_modules/"): about.get("version")
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


def go_mod(text: str) -> Said:
    """go.mod: what is required, but not for others' sake."""
    return {name: version for name, version, note in GO_MODULE.findall(text) if "indirect" not in note}


def pom(text: str) -> Said:
    """pom.xml: dependencies as group:artifact, with properties and managed versions filled in."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a pom.xml that declares entities is not read")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    properties = {e.tag: (e.text or "").strip() for e in root.findall("properties/*")}
    properties |= {"project.version": root.findtext("version", "").strip()}
    managed = _artifacts(root, "dependencyManagement/dependencies/dependency", properties)
    used = _artifacts(root, "dependencies/dependency", properties)
    return {name: version or managed.get(name, "") for name, version in used.items()}


def _artifacts(root: ElementTree.Element, place: str, properties: Mapping[str, str]) -> Said:
    found: Said = {}
    for element in root.findall(place):
        group, artifact, version = (
            PROPERTY.sub(lambda m: properties.get(m[1], m[0]), element.findtext(n, "").strip())
            for n in ("groupId", "artifactId", "version")
        )
        found[f"{group}:{artifact}"] = version
    return found


MANIFESTS = {
    "requirements.txt": Manifest("pypi", requirements, {}),
    "requirements.in": Manifest("pypi", requirements, {"requirements.txt": pinned_requirements}),
    "pyproject.toml": Manifest("pypi", pyproject, {"poetry.lock": python_lock, "uv.lock": python_lock}),
    "package.json": Manifest("npm", package_json, {"package-lock.json": package_lock}),
    "go.mod": Manifest("go", go_mod, {}),
    "pom.xml": Manifest("maven", pom, {}),
}
COMPILED = {"requirements.txt": "requirements.in"}  # beside the second the first is its lock file
