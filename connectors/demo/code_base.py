"""The code of one repository of the demonstration on its way through time: what is in it, and each commit to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from connectors.demo.code_files import LANGUAGES, Listing, SourceFile
from connectors.demo.git_writer import Writer
from connectors.demo.organisation import BOTS
from connectors.demo.packages import FORGOTTEN, PACKAGES, manifest, newest
from connectors.demo.pull_requests import Draw
from connectors.demo.working_time import DAY, HOUR, MINUTE

AREAS = ("api", "core", "jobs", "store", "views")
PARTS = ("orders", "routes", "labels", "prices", "refunds", "search", "events")
FILES, HOT = len(AREAS) * len(PARTS), 2
LINES = 6  # of a pull request in each source file; the rest is in what is no source code
TESTED, SHARED, REGENERATED, GROWS = 0.55, 0.06, 0.06, 0.05
RENAMED, BEFORE = 16, "src/core/lookup"
SCHEMA, LOCK, NEWS = "api/schema.json", "deps.lock", "CHANGELOG.md"
CHECKED = (0.35, 0.15, 0.85, 0.6, 0.0, None)  # the share of the time at which each repository got its workflow
WORKFLOW = b"on: push\njobs:\n  checks:\n    runs-on: linux\n    steps:\n      - run: make check\n"
Changed = tuple[int, int, int]  # lines added, lines removed, files


@dataclass(frozen=True)
class Merged:
    """A pull request on main: who, when and what; `files`: places of the source files; `reverts`: a number."""

    number: int
    at: int
    author: int
    title: str
    lines: int
    files: tuple[int, ...]
    reverts: int | None


class Code:
    """One repository; `turn`: the place of its team, which decides the language."""

    def __init__(self, writer: Writer, draw: Draw, turn: int) -> None:
        self.writer, self.now = writer, draw.time.now
        people = draw.organisation.people
        self.logins, self.names = people["login"].tolist(), people["name"].tolist()
        self.chance, self.language = Random(20_260_102 + turn), LANGUAGES[turn % len(LANGUAGES)]
        was_there = (people["team"] == turn) & (people["joined"] <= 0)
        self.founders: list[int] = np.flatnonzero(was_there)[::-1].tolist()
        self.members: list[int] = np.flatnonzero(was_there & (people["left"] > 1)).tolist()
        self.sources = [self._source(place) for place in range(FILES)]
        self.tests = [SourceFile(self.language, self.chance, 0.05, 40) for _ in range(FILES)]
        self.client = SourceFile(self.language, self.chance, 0.1, 200)
        for file, lines in [*((test, self.chance.randrange(15, 40)) for test in self.tests), (self.client, 120)]:
            file.write(lines)
        self.listings = {name: Listing() for name in (LOCK, NEWS, SCHEMA, *(f"fixtures/{p}.json" for p in PARTS))}
        self.minors = [newest(p, draw.time.start - (60 + 40 * p) * DAY, self.now) for p in range(len(PACKAGES))]
        self.marks: dict[int, int] = {}  # number of a pull request → its commit
        self.is_renamed = self.has_mailmap = False
        self.planned = sorted(self._planned(draw, turn), key=lambda one: one[0])

    def _source(self, place: int) -> SourceFile:
        hot = place < HOT
        lines = self.chance.randrange(70, 90) if hot else int(self.chance.lognormvariate(3.3, 0.4)) + 16
        source = SourceFile(self.language, self.chance, 0.45 if hot else 0.2, lines)
        source.write(lines)
        return source

    def path(self, place: int) -> str:
        """What a source file is called now."""
        if place == RENAMED and not self.is_renamed:
            return f"{BEFORE}.{self.language.suffix}"
        return f"src/{AREAS[place % len(AREAS)]}/{PARTS[place // len(AREAS)]}.{self.language.suffix}"

    def test(self, place: int) -> str:
        """The test of a source file."""
        return f"tests/test_{AREAS[place % len(AREAS)]}_{PARTS[place // len(AREAS)]}.{self.language.suffix}"

    # Pull requests ---------------------------------------------------------------------------------------

    def merge(self, one: Merged) -> Changed:
        """Commit a pull request, after what was pushed before it; as many lines change as it has."""
        self.until(one.at)
        files: dict[str, bytes] = {}
        counts = list(self._changes(one, files))
        rest = one.lines - sum(added + removed for added, removed in counts)
        if rest > 0:
            counts.append(self._listed(self._listing(one), rest, files))
        message = f"{one.title} (#{one.number})" + self._trailer(one)
        self.marks[one.number] = self.writer.commit(self.person(one.author), one.at, message, files)
        return sum(added for added, _ in counts), sum(removed for _, removed in counts), len(files)

    def _changes(self, one: Merged, files: dict[str, bytes]) -> Iterator[tuple[int, int]]:
        login = self.logins[one.author]
        if login == "renovator" and one.lines > 1:
            yield from self._update(one.at, files)
        if login in BOTS:
            return
        chosen = [(self.path(place), self.sources[place], place < HOT) for place in one.files]
        if self.chance.random() < TESTED and one.lines > len(chosen):
            chosen.append((self.test(one.files[0]), self.tests[one.files[0]], False))
        most = min(LINES, one.lines // len(chosen))
        for path, file, is_hot in chosen:
            yield file.change(most, is_hot and self.chance.random() < GROWS)
            files[path] = file.text()

    def _update(self, at: int, files: dict[str, bytes]) -> Iterator[tuple[int, int]]:
        """Take up the newest version of a package: one line of the manifest."""
        package = self.chance.randrange(len(PACKAGES) - FORGOTTEN)
        version = newest(package, at, self.now)
        if version > self.minors[package]:
            self.minors[package] = version
            files |= [manifest(self.language.suffix, self.minors)]
            yield 1, 1

    def _listing(self, one: Merged) -> str:
        login = self.logins[one.author]
        if login in BOTS:
            return LOCK if login == "renovator" else NEWS
        return SCHEMA if self.chance.random() < REGENERATED else f"fixtures/{PARTS[one.files[0] // len(AREAS)]}.json"

    def _listed(self, name: str, lines: int, files: dict[str, bytes]) -> tuple[int, int]:
        """Change the lines of a file that is no source code; with the schema the client is generated anew."""
        generated = min(lines // 2, 60) if name == SCHEMA else 0
        added, removed = self.listings[name].change(lines - generated)
        files[name] = self.listings[name].text()
        if generated:
            more, fewer = self.client.change(generated)
            files[f"api/client_gen.{self.language.suffix}"] = self.client.text()
            added, removed = added + more, removed + fewer
        return added, removed

    def _trailer(self, one: Merged) -> str:
        """What stands below the title: the commit that it reverts, or who wrote it together with the author."""
        if one.reverts in self.marks:
            return f"\n\nThis reverts commit {self.writer.hash_of(self.marks[one.reverts])}."
        if one.author in self.members and self.chance.random() < SHARED:
            other = self.chance.choice([who for who in self.members if who != one.author])
            return f"\n\nCo-authored-by: {self.person(other)}"
        return ""

    def person(self, who: int) -> str:
        """Name and address; the team's first member had another address before the mailmap."""
        login, name = self.logins[who], self.names[who]
        if login in BOTS:
            name = f"{name}[bot]"
        is_old = who == self.members[0] and not self.has_mailmap
        return f"{name} <{login}@{'parcels' if is_old else 'meadowlark'}.example>"

    # What is pushed without a pull request ---------------------------------------------------------------

    def until(self, at: float) -> None:
        """Commit everything that was pushed before a moment."""
        while self.planned and self.planned[0][0] <= at:
            moment, push = self.planned.pop(0)
            push(moment)

    def _planned(self, draw: Draw, turn: int) -> Iterator[tuple[int, Callable[[int], None]]]:
        span = draw.time.now - draw.time.start
        for area in range(len(AREAS)):
            at = int(draw.time.start - (len(AREAS) - area) * DAY + 9 * HOUR)
            yield at, lambda at, area=area: self._begin(at, area)  # type: ignore[misc]
        share = CHECKED[turn % len(CHECKED)]
        checks = [] if share is None else [(share, self._check)]
        for when, push in [*checks, (0.3, self._name_people), (0.4, self._rename), (0.55, self._reformat)]:
            yield int(draw.time.start + when * span), push

    def _begin(self, at: int, area: int) -> None:
        """The first commit of an area, by one of the team, who may have left since."""
        places = range(area, FILES, len(AREAS))
        files = {self.path(place): self.sources[place].text() for place in places}
        files |= {self.test(place): self.tests[place].text() for place in places}
        if area == 0:
            for name, listing in self.listings.items():
                listing.change(40)
                files[name] = listing.text()
            files |= [manifest(self.language.suffix, self.minors)]
            files[f"api/client_gen.{self.language.suffix}"] = self.client.text()
            files |= {".gitattributes": b"api/*_gen.* linguist-generated\n", "Dockerfile": b"FROM scratch\nCOPY . /\n"}
        who = self.founders[area % len(self.founders)]
        self.writer.commit(self.person(who), at, f"Begin with {AREAS[area]}", files)

    def _check(self, at: int) -> None:
        files = {".github/workflows/checks.yml": WORKFLOW}
        self.writer.commit(self.person(self.members[1]), at, "Check every change", files)

    def _name_people(self, at: int) -> None:
        old, self.has_mailmap = self.person(self.members[0]), True
        new = self.person(self.members[0])
        mailmap = f"{new} {old[old.index('<') :]}\n".encode()
        self.writer.commit(new, at, "One address for each of us", {".mailmap": mailmap})

    def _rename(self, at: int) -> None:
        old, self.is_renamed = self.path(RENAMED), True
        self.writer.commit(self.person(self.members[1]), at, "A better name", {}, [(old, self.path(RENAMED))])

    def _reformat(self, at: int) -> None:
        """New line breaks everywhere, and a minute later the list that says so."""
        for source in self.sources:
            source.change(2 * LINES)
        files = {self.path(place): source.text() for place, source in enumerate(self.sources)}
        mark = self.writer.commit(self.person(self.members[0]), at, "Reformat", files)
        ignored = f"# line breaks only\n{self.writer.hash_of(mark)}\n".encode()
        self.writer.commit(self.person(self.members[0]), at + int(MINUTE), "Blame nobody for it",
                           {".git-blame-ignore-revs": ignored})  # fmt: skip
