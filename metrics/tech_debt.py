"""Technical debt, from the history of the code: where it is, whether it grows, who knows the code, what is old."""

from typing import Any

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Target, Unit
from metrics.observations import observe, unless_missing


def hotspot_score(hotspots: Frame) -> Observations:
    """How much of the work goes through the hotspots: of all the times that a commit of the last year touched a source
    file, the share that touched one of the 3 % of files with the highest score; a row is a file, 100 for a hotspot.

    score = the file's rank by commits in the year, times its rank by cyclomatic complexity (by indentation where the
    language is not known), both as shares of its repository's files. Renames are followed; generated and vendored
    files, commits of more than 100 files, reformatting and bots are left out. Taken at each month's end.
    """
    rows = hotspots[hotspots["commits"] > 0]
    value = 100.0 * rows["is_hotspot"].astype("float64")
    return observe(rows, at=rows["at"], until=rows["until"], value=value, weight=rows["commits"].astype("float64"))


def hotspot_cost(hotspot_costs: Frame) -> Observations:
    """What the hotspots cost, in hours a month: how much longer their pull requests take from ready to merge than
    comparable ones, and what mending their bugs takes beyond what is usual; a row is a hotspot.

    Comparable: pull requests of the same repository and size that touch no hotspot. A pull request that touches several
    hotspots counts for each with its part. A hotspot needs 6 pull requests in the year before, and 10 comparable ones.
    Hours pass by the clock: it is waiting as well as work. Taken at each month's end.
    """
    rows = hotspot_costs
    few = {"too few pull requests": rows["value"].isna()}
    return observe(rows, at=rows["at"], until=rows["until"], value=rows["value"], excluded=few)


def complexity_trend(complexity_trends: Frame) -> Observations:
    """How fast the hotspots get more complicated: the change of a file's logical indentation a month, in percent of its
    middle level; the median over the hotspots.

    The slope is the median of those between any two of its last twelve month ends. At least six month ends; a
    reformatting commit starts a file's series anew.
    """
    rows = complexity_trends
    few = {"under six month ends": rows["value"].isna()}
    return observe(rows, at=rows["at"], until=rows["until"], value=rows["value"], excluded=few)


def relative_churn(weekly_churn: Frame) -> Observations:
    """How much of the code a week writes anew: lines added or changed, in percent of the lines there are today.

    A row is one component (the first folder of a repository) and week. Generated and vendored files, commits of more
    than 100 files, reformatting and bots are left out.
    """
    rows = weekly_churn
    return observe(rows, at=rows["at"], value=rows["value"], weight=rows["lines"])


def change_coupling(couplings: Frame) -> Observations:
    """How tightly files of different components change together: commits of the last year that touched both, in percent
    of the average of both files' commits; the median of all pairs that share at least ten commits.

    Commits of more than 30 files couple nothing. Taken at each month's end.
    """
    return observe(couplings, at=couplings["at"], until=couplings["until"], value=couplings["value"])


def truck_factor(truck_factors: Frame) -> Observations:
    """How many people would have to leave until fewer than half of a repository's source files have an author left; the
    lowest of the repositories.

    An author of a file has a degree of authorship of at least 3.293 that is over 0.75 of the highest of the file: 3.293
    + 1.098 for writing its first version + 0.164 for each change of their own - 0.321 ln(1 + changes by others).
    Co-authors count as authors. It needs 20 files and 3 authors. Taken at each month's end, of today's files.
    """
    rows = truck_factors
    small = {"under 20 files or 3 authors": rows["is_small"]}
    return observe(rows, at=rows["at"], until=rows["until"], value=rows["value"], excluded=small)


def knowledge_at_risk(knowledge: Frame) -> Observations:
    """How much of the work touches code whose authors have all left: of the commits of the last year to each source
    file, the share to files none of whose authors has made a commit in 180 days or is still a member of a team.

    Authors as for the truck factor; a row is a file, 100 for one at risk. Taken at each month's end, of today's files.
    """
    rows = knowledge[knowledge["commits"] > 0]
    value = 100.0 * rows["is_at_risk"].astype("float64")
    return observe(rows, at=rows["at"], until=rows["until"], value=value, weight=rows["commits"])


def test_touch_rate(code_changes: Frame) -> Observations:
    """Of the changes to production code, the share that also touches a test.

    A change is a merged pull request, or a commit that belongs to none. Whether a file is a test says its path (tests/,
    test_…, ….spec.ts, …Test.java). Documents and configuration are no code.
    """
    rows = code_changes[code_changes["touches_code"]]
    excluded = {reason: rows["left_out"] == reason for reason in ("bot", "reformat", "bulk", "vendored", "generated")}
    return observe(rows, at=rows["at"], value=rows["touches_tests"].astype("float64"), excluded=excluded)


def libyear(dependencies: Frame) -> Observations:
    """How far behind the direct dependencies are, in years together: for each the time from the release of the version
    in use to that of the highest stable version that was out.

    The version in use is what a lock file says, or a manifest that pins it. What nothing pins, and what no public index
    knows, is left out and listed. Taken at each month's end.
    """
    rows = dependencies
    reasons = ("no pinned version", "unknown package", "unknown version")
    excluded = {reason: rows["left_out"] == reason for reason in reasons}
    seen = observe(rows, at=rows["at"], until=rows["until"], value=rows["value"], excluded=excluded)
    return unless_missing(seen, bool(len(rows)) and not bool(rows["latest_at"].notna().any()), Reason.NO_SOURCE)


def sqale_debt_ratio(debt_ratios: Frame) -> Observations:
    """The technical debt ratio that SonarQube or another analysis reports: the time to mend all its findings in percent
    of the time to write the code; the median of the repositories' newest measurements. Imported, never estimated.
    """
    rows = debt_ratios
    return observe(rows, at=rows["at"], until=rows["until"], value=rows["value"])


def _debt(id_: str, name: str, unit: Unit, better: Better, summary: Summary, **more: Any) -> Indicator:
    about: dict[str, Any] = {
        "objective": Objective.CODE_QUALITY,
        "family": Family.TECH_DEBT,
        "formula": globals()[id_],
    } | more
    return Indicator(id_, name, unit=unit, better=better, summary=summary, **about)


INDICATORS = (
    _debt(
        "hotspot_score",
        "Work in hotspots",
        Unit.PERCENT,
        Better.LOWER,
        Summary.OPEN_SHARE,
        core=True,
        misuse="It tells where care pays, not who is to blame; a file that changes often and simply is no debt.",
    ),
    _debt(
        "hotspot_cost",
        "Hours lost in hotspots a month",
        Unit.HOURS,
        Better.LOWER,
        Summary.OPEN_SUM,
        misuse="A comparison, no proof: hard problems gather in some files by nature.",
    ),
    _debt(
        "complexity_trend",
        "Complexity trend of the hotspots",
        Unit.PERCENT,
        Better.LOWER,
        Summary.OPEN_MEDIAN,
        exceeds_100=True,
        misuse="Languages differ in how they indent: compare a file with itself only.",
    ),
    _debt(
        "relative_churn",
        "Relative churn a week",
        Unit.PERCENT,
        Better.BAND,
        Summary.SHARE,
        exceeds_100=True,
        misuse="Written lines are no output, and rewriting is often the right thing.",
    ),
    _debt(
        "change_coupling",
        "Change coupling across components",
        Unit.PERCENT,
        Better.LOWER,
        Summary.OPEN_MEDIAN,
        misuse="A file and its test belong together; look at the list before you judge.",
    ),
    _debt(
        "truck_factor",
        "Truck factor",
        Unit.PEOPLE,
        Better.HIGHER,
        Summary.OPEN_LOWEST,
        objective=Objective.TEAM_EMPOWERMENT,
        core=True,
        target=Target(value=2, source="two of three open-source systems have 2 or less (Avelino 2016)"),
        misuse="Never name the people behind it: share the knowledge instead.",
    ),
    _debt(
        "knowledge_at_risk",
        "Work in code that nobody here knows",
        Unit.PERCENT,
        Better.LOWER,
        Summary.OPEN_SHARE,
        objective=Objective.TEAM_EMPOWERMENT,
        misuse="History knows who wrote, not who read or reviewed.",
    ),
    _debt(
        "test_touch_rate",
        "Changes with tests",
        Unit.PERCENT,
        Better.HIGHER,
        Summary.RATE,
        misuse="A touched test is not a good one; it is no coverage.",
    ),
    _debt(
        "libyear",
        "Dependency drift",
        Unit.LIBYEARS,
        Better.LOWER,
        Summary.OPEN_SUM,
        objective=Objective.TECHNICAL_INNOVATION,
        core=True,
        target=Target(value=10, source="libyear.com: a healthy application"),
        misuse="It grows with the number of dependencies: look at it dependency by dependency.",
    ),
    _debt(
        "sqale_debt_ratio",
        "Technical debt ratio",
        Unit.PERCENT,
        Better.LOWER,
        Summary.OPEN_MEDIAN,
        target=Target(value=5, source="SonarQube's grade A"),
        exceeds_100=True,
        misuse="Pseudo-money: its costs are settings of the tool.",
    ),
)
