"""Python's manifests and lock files as names, requirements and versions. Pure."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

Said = dict[str, str]  # package → what is required of it, or the version of it

CONTINUED = re.compile(r"\\[ \t]*(?:\r\n|\r|\n)")
COMMENT = re.compile(r"(?:^|\s)#.*")
OPTIONS = re.compile(r"\s--?[a-z].*")  # of one requirement, such as its hashes
REQUIREMENT = re.compile(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\]\s*)?(\(.*\)|[<>=!~][^#]*)?")
PINNED = re.compile(r"={2,3}\s*v?([\w.!+-]+)")
ELSEWHERE = {"git", "path", "url", "file", "workspace"}  # where Poetry gets what is no release of a package
MOST_PARTS = 100  # of a key of TOML: its parser takes as many steps as their square
LINKED = re.compile(r"\.(?:whl|zip|tar\.gz|tgz)$|[/\\]|^\.")


def pinned(required: str) -> str | None:
    """The one version that a requirement allows; as Poetry writes it, too."""
    found = PINNED.fullmatch(required.strip())
    return found[1] if found else required if re.fullmatch(r"\d[\w.!+-]*", required) else None


def normal(name: str) -> str:
    """A Python package's name as its index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(text: str) -> Said:
    """requirements.txt and requirements.in: options, links and other files are no packages."""
    lines = (COMMENT.sub("", line).strip() for line in CONTINUED.sub(" ", text).splitlines())
    return all_of(filter(None, (_required(OPTIONS.sub("", line).strip()) for line in lines if line[:1] != "-")))


def _required(text: str) -> tuple[str, str] | None:
    """The name and the specifiers of one requirement; None for a link or a path."""
    said = text.partition(";")[0].strip()
    found = None if LINKED.search(said) else REQUIREMENT.fullmatch(said)
    return (normal(found[1]), (found[2] or "").strip("() ")) if found else None


def all_of(pairs: Iterable[tuple[str, str]]) -> Said:
    """What is required of each package; where that depends on the platform, all of it, which pins nothing."""
    found: dict[str, list[str]] = {}
    for name, required in pairs:
        found.setdefault(name, []).append(required)
    return {name: " || ".join(dict.fromkeys(filter(None, several))) for name, several in found.items()}


def pyproject(text: str) -> Said:
    """pyproject.toml: [project], its extras, [dependency-groups], and the tables of Poetry and uv."""
    said = _toml(text)
    project, tool = _table(said, "project"), _table(said, "tool")
    listed = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    listed += [*_table(said, "dependency-groups").values(), _table(tool, "uv").get("dev-dependencies")]
    written = [text for texts in listed if isinstance(texts, list) for text in texts if isinstance(text, str)]
    pairs = [pair for text in written if (pair := _required(text))]
    return all_of([*pairs, *(pair for table in _of_poetry(_table(tool, "poetry")) for pair in _named(table))])


def _of_poetry(poetry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield _table(poetry, "dependencies")
    yield _table(poetry, "dev-dependencies")
    for group in _table(poetry, "group").values():
        yield _table(group, "dependencies") if isinstance(group, dict) else {}


def _named(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and version of each entry of Poetry's; one may have several, each for a platform."""
    for name, value in table.items():
        for one in value if isinstance(value, list) else [value]:
            if name.lower() == "python" or (isinstance(one, dict) and ELSEWHERE & one.keys()):
                continue
            version = one.get("version", "") if isinstance(one, dict) else one
            yield normal(name), version if isinstance(version, str) else ""


def _toml(text: str) -> dict[str, Any]:
    if any(line.partition("=")[0].count(".") > MOST_PARTS for line in text.splitlines()):
        raise ValueError(f"a key of more than {MOST_PARTS} parts")
    return tomllib.loads(text)


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def python_lock(text: str) -> Said:
    """poetry.lock and uv.lock."""
    packages = _toml(text).get("package", [])
    return {normal(p["name"]): str(p["version"]) for p in packages if "name" in p and "version" in p}


def pinned_requirements(text: str) -> Said:
    """A compiled requirements.txt: the versions that it pins."""
    return {name: version for name, required in requirements(text).items() if (version := pinned(required))}
