"""The packages that the demonstration depends on: when their versions came out, and manifests that name them."""

import numpy as np

from connectors.demo.rows import Columns, times, words
from connectors.demo.working_time import DAY, Numbers

PACKAGES = ("brisk-http", "tinlog", "palequeue", "orchid-orm", "fernlet", "quillmail", "mapstone", "duskcache")
FORGOTTEN = 2  # the last ones are never taken up anew
OLDEST = 4 * 365 * DAY
# By language: the index, what a package is called there, the manifest and its lines.
MANIFESTS = {
    "py": ("pypi", "{}", "requirements.txt", "{name}=={version}\n"),
    "ts": ("npm", "{}", "package.json", '    "{name}": "{version}"'),
    "go": ("go", "go.example/{}", "go.mod", "require {name} v{version}\n"),
    "kt": (
        "maven", "example.parts:{}", "pom.xml",
        "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        "<version>{version}</version></dependency>\n",
    ),
}  # fmt: skip
AROUND = {
    "ts": ('{{\n  "dependencies": {{\n{}\n  }}\n}}\n', ",\n"),
    "go": ("module go.example/service\n\ngo 1.22\n\n{}", ""),
    "kt": ("<project>\n<dependencies>\n{}</dependencies>\n</project>\n", ""),
}


def release_days(package: int, now: float) -> Numbers:
    """When the versions of a package came out, in seconds: 1.0.0, 1.1.0, … for four years."""
    rhythm = (45 + 35 * (package % 5)) * DAY
    first = np.floor(now / DAY) * DAY - OLDEST
    return np.arange(first + package * DAY, now, rhythm)


def newest(package: int, at: float, now: float) -> int:
    """Which version of a package was the newest at a moment."""
    return max(0, int(np.searchsorted(release_days(package, now), at)) - 1)


def manifest(kind: str, minors: list[int]) -> tuple[str, bytes]:
    """The name and the text of a manifest that pins each package to a version."""
    _, called, path, line = MANIFESTS[kind]
    names = [called.format(name) for name in PACKAGES]
    lines = [
        line.format(name=n, group=n.partition(":")[0], artifact=n.partition(":")[2], version=f"1.{minor}.0")
        for n, minor in zip(names, minors, strict=True)
    ]
    around, between = AROUND.get(kind, ("{}", ""))
    return path, around.format(between.join(lines)).encode()


def release_table(now: float) -> Columns:
    """package_releases, the same in every index."""
    days = [release_days(package, now) for package in range(len(PACKAGES))]
    names = [(ecosystem, called.format(name), d) for ecosystem, called, *_ in MANIFESTS.values()
             for name, d in zip(PACKAGES, days, strict=True)]  # fmt: skip
    rows = [(ecosystem, name, f"1.{minor}.0") for ecosystem, name, d in names for minor in range(len(d))]
    flags = {name: np.zeros(len(rows), dtype=bool) for name in ("is_prerelease", "is_yanked")}
    about = {name: words(row[place] for row in rows) for place, name in enumerate(("ecosystem", "package", "id"))}
    at = np.concatenate([d for _, _, d in names])
    return {"scope": np.zeros(len(rows), dtype=int)} | about | {"released_at": times(at)} | flags
