"""A whole report made by hand: ten sections with every kind of figure, chart and table, and what may be odd about them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from reports.content import Bar, Bars, Column, Definition, Figure, Heading, Report, Section, Table, Trend

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    '#{panic("x")} #read("/etc/passwd") $x$ *b* _i_ @ref <label> \\u{41}',
    "\u202eexe.fdp\u202c right to left \u2066x\u2069",
    "nul\0and\x1bbell\x07 and half \ud800 a letter \udfff",
    "A" * 10_000,
    "long-name-without-any-space_" * 12,
    "שלום مرحبا 中文 👩‍👩‍👧 e\u0301",
    "]]><!-- -->&amp;<a:t>&#0;",
)


def weeks(n, first=date(2026, 5, 4)):
    return tuple(first + timedelta(weeks=week) for week in range(n))


def trend(title, indicator, unit, values, lower=None, upper=None, **more):
    n = len(values)
    starts = weeks(n)
    names = tuple(f"{day.isocalendar()[0]}-W{day.isocalendar()[1]:02}" for day in starts)
    centre = None if lower is None else (lower + upper) / 2
    signals = tuple(upper is not None and v is not None and not lower <= v <= upper for v in values)
    return Trend(title, indicator, unit, names, starts, tuple(values), (40,) * n, signals, centre, lower, upper, **more)


WAITS = [
    9.1,
    8.4,
    10.2,
    9.6,
    7.9,
    8.8,
    9.4,
    10.1,
    8.2,
    9.0,
    None,
    8.7,
    9.9,
    9.2,
    8.1,
    9.5,
    3.9,
    4.4,
    4.1,
    3.8,
    4.6,
    4.2,
]
THROUGHPUT = [31, 28, 35, 40, 33, 29, 38, 36, 30, 34, 37, 25, 41, 33, 36, 39, 31, 35, 38, 30, 34, 12]

SCOPE = Section(
    "scope",
    "Scope and data",
    (
        "Covers 6 teams, 14 repositories and 4 Jira projects from 1 to 31 October 2026; 87 % of merged changes are linked to an issue.",
        "Not covered: acme/legacy-billing (no permission), runtime health (no source).",
        "The target of the first review was changed on 1 September 2026 from 12 h to 8 h.",
    ),
    tables=(
        Table(
            "What was read",
            (
                Heading("Source"),
                Heading("What"),
                Heading("Rows", Column.NUMBER, "count"),
                Heading("Complete to", Column.DAY),
            ),
            (
                ("GitHub", "Pull requests", 12_408, date(2026, 10, 31)),
                ("GitHub", "Reviews", 31_992, date(2026, 10, 31)),
                ("Jira", "Issues", 8_731, date(2026, 10, 31)),
                ("git", "Commits", 40_112, None),
            ),
        ),
        Table(
            "Reported last month, reads differently today",
            (
                Heading("Figure"),
                Heading("Then", Column.NUMBER, "h"),
                Heading("Today", Column.NUMBER, "h"),
                Heading("Why"),
            ),
            (("Time to first review, September", 8.4, 8.7, "9 pull requests were linked late"),),
        ),
    ),
    sources=("GitHub: api.github.com, 14 repositories", "Jira: acme.atlassian.net, 4 projects"),
)
SUMMARY = Section(
    "summary",
    "Summary",
    (
        "3 of 5 objectives are steady or improving; Project success is at risk because Epics on time fell outside its usual range.",
        "Reviews start sooner: the time to first review has been below its usual level for six weeks, after Smaller pull requests was agreed.",
        "Checkout v2 is 41 % likely by its date of 30 November; a decision on its scope is asked for.",
        "Technical innovation could not be assessed: 1 of 4 core figures is measured.",
    ),
    figures=(
        Figure(
            "deployment_frequency",
            "Deployments per week",
            "count",
            21.0,
            84,
            before=19.0,
            said="within its usual range 14–27",
        ),
        Figure(
            "lead_time_for_changes",
            "Lead time for changes",
            "h",
            26.4,
            312,
            p85=71.2,
            before=28.0,
            said="within its usual range 21–34 h",
        ),
        Figure(
            "time_to_first_review",
            "Time to first review",
            "h",
            4.21,
            298,
            p85=11.9,
            before=8.7,
            said="eight weeks in a row below its usual level",
            better=True,
            target="at most 8 h (team agreement 2026-01)",
        ),
        Figure(
            "epic_on_time_rate",
            "Epics on time",
            "%",
            38.0,
            13,
            low=17.7,
            high=64.5,
            before=61.0,
            said="outside its usual range 45–80 %",
            better=False,
        ),
        Figure(
            "change_fail_rate",
            "Changes that failed",
            "%",
            7.1,
            84,
            low=3.3,
            high=14.7,
            before=8.0,
            said="within its usual range 2–15 %",
        ),
        Figure(
            "truck_factor",
            "Truck factor",
            "people",
            None,
            0,
            reason="not measured because no clone of the repositories is configured",
        ),
    ),
    tables=(
        Table(
            "The five objectives",
            (Heading("Objective"), Heading("Status"), Heading("Decided by"), Heading("Assessable", Column.WORDS)),
            (
                ("Technical innovation", "not assessable", "–", "1 of 4"),
                ("Project success", "at risk", "Epics on time", "5 of 6"),
                ("Team empowerment", "improving", "Time to first review", "4 of 5"),
                ("Strategic alignment", "steady", "Work mix", "3 of 3"),
                ("Code quality", "steady", "Changes that failed", "5 of 5"),
            ),
        ),
    ),
    sources=("Scorecard of 31 October 2026",),
)
ROADMAP = Section(
    "roadmap",
    "Roadmap and forecasts",
    (
        "Checkout v2 is 41 % likely by 30 November 2026; its 85 % date is 18 December, 12 days later than last month.",
        "2 of 5 committed epics are more likely than not to miss their date.",
        "Our 85 % forecasts came true 29 of 34 times.",
    ),
    charts=(
        Bars(
            "Probability of the due date",
            "%",
            (
                Bar("Checkout v2", {"probability": 41}),
                Bar("Search by meaning across all of the catalogue", {"probability": 88}),
                Bar("SSO for partners", {"probability": 97}),
                Bar("Warehouse move", {"probability": 23}),
                Bar("Price lists", {"probability": None}),
            ),
        ),
    ),
    tables=(
        Table(
            "Epics by risk",
            (
                Heading("Epic"),
                Heading("Due", Column.DAY),
                Heading("Likely by due", Column.PERCENT),
                Heading("85 % date", Column.DAY),
                Heading("Since last month", Column.DURATION, "d"),
                Heading("Scope", Column.NUMBER, "count"),
            ),
            (
                ("PAY-12 Checkout v2", date(2026, 11, 30), 41.0, date(2026, 12, 18), 12, 9),
                ("OPS-3 Warehouse move", date(2026, 11, 15), 23.0, date(2027, 1, 22), 0, 2),
                (
                    "CAT-40 Search by meaning across all of the catalogue",
                    date(2026, 12, 20),
                    88.0,
                    date(2026, 12, 17),
                    -3,
                    0,
                ),
                ("IAM-7 SSO for partners", date(2027, 1, 31), 97.0, date(2026, 12, 1), None, 0),
                ("PAY-19 Price lists", date(2027, 2, 28), None, None, None, None),
            ),
        ),
    ),
    sources=("Jira epics PAY, OPS, CAT, IAM", "10,000 simulated futures from the last 26 weeks"),
)
DELIVERED = Section(
    "delivered",
    "Delivered and predictability",
    (
        "5 of 13 epics due this quarter finished by their original date; teams finished 74 % of what sprints started with (usual 66–85).",
        "Half of the items took 3.2 days or less, 85 % took 9.8 days or less.",
    ),
    figures=(
        Figure("throughput", "Items finished", "count", 142, 142, before=139, said="within its usual range 118–166"),
        Figure(
            "sprint_say_do",
            "Finished of what sprints began with",
            "%",
            74.0,
            12,
            before=71.0,
            said="within its usual range 66–85 %",
        ),
        Figure(
            "issue_cycle_time",
            "Cycle time of issues",
            "d",
            3.2,
            142,
            p85=9.8,
            before=3.4,
            said="within its usual range 2.6–4.1 d",
        ),
    ),
    charts=(
        trend("Items finished a week", "throughput", "count", THROUGHPUT, 22, 46, hollow=(False,) * 21 + (True,)),
        trend("Cycle time of issues", "issue_cycle_time", "d", [3 + (w * 7 % 5) / 4 for w in range(22)], 2.6, 4.1),
    ),
    sources=("Jira, finished issues without sub-tasks and cancelled ones",),
)
BUDGET = Section(
    "budget",
    "Budget and allocation",
    (
        "52 % of finished work was new capability (plan 60); 81 % of it traces to the roadmap.",
        "Cost: Not measured: no hours are configured.",
    ),
    charts=(
        Bars(
            "Work mix by month, share of finished items",
            "%",
            tuple(
                Bar(month, {"New": new, "Improvement": 12, "Bugs": 20, "Debt": 11, "Risk": 100 - new - 43})
                for month, new in (("2026-07", 49), ("2026-08", 55), ("2026-09", 50), ("2026-10", 52), ("Plan", 54))
            ),
            stacked=True,
            said="within its usual range 44–61 %",
        ),
    ),
    sources=("Jira types and labels as configured in [work_mix]",),
)
RELIABILITY = Section(
    "reliability",
    "Delivery performance and reliability",
    (
        "The shop deployed 84 times; half of the changes reached production within 26.4 h.",
        "6 of 84 deployments needed intervention (3.3–14.7 % at 95 %); recovery took 1.8 h in the median, n = 6.",
    ),
    figures=(
        Figure(
            "deployment_frequency",
            "Deployments per week",
            "count",
            21.0,
            84,
            before=19.0,
            said="within its usual range 14–27",
            scope="shop",
        ),
        Figure(
            "change_fail_rate",
            "Changes that failed",
            "%",
            7.1,
            84,
            low=3.3,
            high=14.7,
            before=8.0,
            said="within its usual range 2–15 %",
            scope="shop",
        ),
        Figure(
            "failed_deployment_recovery_time",
            "Recovery time",
            "h",
            1.8,
            6,
            before=2.4,
            reason="n = 6, too few for a verdict",
            scope="shop",
        ),
        Figure(
            "deployment_frequency",
            "Deployments per week",
            "count",
            None,
            0,
            reason="not measured because no deployments are configured",
            scope="warehouse",
        ),
    ),
    charts=(
        trend("Deployments per week", "deployment_frequency", "count", [20 + (w * 5 % 7) for w in range(22)], 14, 30),
        trend(
            "Lead time for changes",
            "lead_time_for_changes",
            "h",
            [25 + (w * 11 % 9) for w in range(22)],
            20,
            36,
            target=24.0,
        ),
        trend("Success of CI on main", "ci_success_rate", "%", [96 - (w * 3 % 5) for w in range(22)], 90, 99),
    ),
    sources=("GitHub deployments to production",),
)
QUALITY = Section(
    "quality",
    "Quality, review and technical debt",
    (
        "96 % of changes were reviewed by another person; the first response came within 11.9 working hours for 85 %.",
        "23 files (3 % of the code) took 31 % of the changes; 4 repositories depend on one person; dependencies are 12.4 libyears behind.",
    ),
    figures=(
        Figure(
            "review_coverage",
            "Reviewed changes",
            "%",
            96.1,
            310,
            low=93.3,
            high=97.7,
            before=95.8,
            said="within its usual range 92–99 %",
        ),
        Figure(
            "time_to_first_review",
            "Time to first review",
            "h",
            4.21,
            298,
            p85=11.9,
            before=8.7,
            said="eight weeks in a row below its usual level",
            better=True,
            target="at most 8 h (team agreement 2026-01)",
        ),
        Figure(
            "pr_size",
            "Size of pull requests",
            "lines",
            84,
            310,
            p85=412,
            before=120,
            said="outside its usual range 95–180 lines",
        ),
    ),
    charts=(
        trend(
            "Time to first review",
            "time_to_first_review",
            "h",
            WAITS,
            7.0,
            11.4,
            target=8.0,
            marks=((date(2026, 8, 24), "Smaller pull requests agreed"), (date(2026, 9, 1), "Target 12 h → 8 h")),
        ),
        Bars(
            "Open review requests by team",
            "count",
            tuple(Bar(t, {"waiting": v}) for t, v in (("Payments", 12), ("Catalogue", 7), ("Identity", 3))),
        ),
    ),
    tables=(
        Table(
            "Dearest hotspots",
            (
                Heading("File", Column.LINK),
                Heading("Changes", Column.NUMBER, "count"),
                Heading("Complexity", Column.NUMBER),
                Heading("Price a month", Column.DURATION, "h"),
            ),
            tuple(
                (
                    f"https://github.com/acme/shop/blob/main/services/checkout/src/main/com/acme/checkout/part_{n}/PriceCalculationService.java",
                    40 - n,
                    12.5 + n,
                    30.25 - n,
                )
                for n in range(14)
            ),
            more=9,
        ),
    ),
    sources=("GitHub reviews", "git history of 14 repositories"),
)
TEAM_HEALTH = Section(
    "health",
    "Team health and improvements",
    (
        "After Smaller pull requests agreed on 24 August 2026, the time to first review moved from about 9 h to 4 h and stayed there 6 weeks.",
        "Survey: Not measured: no answers in this period.",
    ),
    figures=(
        Figure(
            "review_load_gini",
            "Review load (Gini)",
            "ratio",
            0.31,
            6,
            before=0.34,
            said="within its usual range 0.25–0.4",
        ),
    ),
    sources=("GitHub reviews by team",),
)
RISKS = Section(
    "risks",
    "Risks and decisions",
    ("2 decisions are asked for: the scope of Checkout v2, and a second owner for acme/ledger.",),
    tables=(
        Table(
            "Risks",
            (
                Heading("Risk"),
                Heading("Evidence"),
                Heading("Owner"),
                Heading("Mitigation"),
                Heading("Since last month"),
            ),
            (
                (
                    "Checkout v2 misses its date",
                    "41 % likely by 30 November",
                    "Head of Payments",
                    "Cut the gift cards, decide by 10 November",
                    "worse",
                ),
                (
                    "acme/ledger depends on one person",
                    "truck factor 1, 212 changes in a year",
                    "not named",
                    "not named",
                    "same",
                ),
                (
                    "Dependencies",
                    "12.4 libyears behind, 0.8 more than last month",
                    "Head of Platform",
                    "One day a sprint until January",
                    "new",
                ),
            ),
        ),
    ),
    sources=("Rules of the report; owner and mitigation as typed",),
)
METHOD = Section(
    "method",
    "Method and definitions",
    (
        "A word of change stands here only when a rule of process behaviour charts has fired; of 100 quiet weeks about three fire by chance.",
        "Medians and 85th percentiles are pooled from rows and never averaged.",
    ),
)
DEFINITIONS = tuple(
    Definition(name.lower().replace(" ", "_"), name, unit, meaning, misuse, target, "9f2c41d0")
    for name, unit, meaning, misuse, target in (
        (
            "Time to first review",
            "h",
            "From ready to the first review by a person other than the author; time in draft is subtracted.",
            "Not a measure of a reviewer.",
            "at most 8 h (team agreement 2026-01)",
        ),
        (
            "Throughput",
            "count",
            "Issues finished in the period, without sub-tasks and cancelled ones.",
            "Says nothing of worth.",
            "",
        ),
        (
            "Changes that failed",
            "%",
            "Deployments followed by a rollback, a hotfix or an incident within 7 days.",
            "A low number may mean unreported incidents.",
            "at most 15 %",
        ),
    )
)
REPORT = Report(
    kind="monthly",
    title="Engineering report",
    organisation="Acme",
    audience="Prepared for the board",
    period="October 2026",
    start=datetime(2026, 10, 1, tzinfo=UTC),
    end=datetime(2026, 11, 1, tzinfo=UTC),
    as_of=datetime(2026, 11, 2, 6, 0, tzinfo=UTC),
    data="sync 412",
    configuration="0f3a9be8d1c2",
    sections=(SCOPE, SUMMARY, ROADMAP, DELIVERED, BUDGET, RELIABILITY, QUALITY, TEAM_HEALTH, RISKS, METHOD),
    definitions=DEFINITIONS,
    digest="5b1f0c3d9e7a48261f0b7c55",
    answer=replace(SUMMARY, key="answer", title="In short"),
)


def of_teams(n):
    """A report of n teams: a bar and a row for each."""
    names = [f"Team {number:02} of the wide organisation" for number in range(n)]
    chart = Bars(
        "Open review requests by team",
        "count",
        tuple(Bar(name, {"waiting": 3.0 + n % 7}) for n, name in enumerate(names)),
    )
    table = Table(
        "Teams",
        (Heading("Team"), Heading("Finished", Column.NUMBER, "count"), Heading("Median", Column.DURATION, "d")),
        tuple((name, 10 + n, 1.25 + n) for n, name in enumerate(names)),
    )
    health = replace(TEAM_HEALTH, charts=(chart,), tables=(table,))
    return replace(REPORT, sections=tuple(health if s is TEAM_HEALTH else s for s in REPORT.sections))


def of_nothing():
    """A report of an empty store: sentences only, and a table and charts without rows."""
    bare = tuple(
        Section(
            s.key,
            s.title,
            ("Not measured: no source has been synced for it.",),
            figures=tuple(
                replace(
                    f,
                    value=None,
                    n=0,
                    p85=None,
                    low=None,
                    high=None,
                    before=None,
                    said="",
                    better=None,
                    reason="not measured because nothing was synced",
                )
                for f in s.figures
            ),
            charts=(
                Bars("Nothing", "count", ()),
                trend("Nothing", "throughput", "count", ()),
                trend("Unknown", "throughput", "count", (None,) * 22),
            ),
            tables=tuple(replace(t, rows=()) for t in s.tables),
        )
        for s in REPORT.sections
    )
    return replace(REPORT, sections=bare, answer=bare[1], definitions=(), digest="")


def of_hostile_text():
    """A report in which every text is one of the hostile ones, and its years are the first and the last."""
    sections = tuple(_hostile(section, HOSTILE[n % len(HOSTILE)]) for n, section in enumerate(REPORT.sections))
    return replace(
        REPORT,
        sections=sections,
        answer=_hostile(SUMMARY, HOSTILE[0]),
        title=HOSTILE[2],
        organisation=HOSTILE[0],
        audience=HOSTILE[4],
        period=HOSTILE[3],
        start=datetime(1, 1, 1, tzinfo=UTC),
        end=datetime(9999, 12, 31, tzinfo=UTC),
        as_of=datetime(9999, 12, 31, tzinfo=UTC),
        definitions=tuple(Definition(t, t, t[:40], t, t, t, t[:9]) for t in HOSTILE),
    )


def _hostile(section, text):
    table = Table(
        text,
        (Heading(text), Heading(text, Column.LINK), Heading(text, Column.DAY)),
        tuple((t, t, date(9999, 12, 31)) for t in HOSTILE),
        more=3,
    )
    figure = Figure(text, text, text[:60], 1.5, 3, before=2.0, said=text, target=text, scope=text)
    chart = Bars(text, text[:60], (Bar(text, {text: 3.0, "b": None}), Bar("b", {"b": 1.0})), said=text)
    line = trend(
        text, text, text[:60], (1.0, None, 3.0), 0.5, 2.5, marks=((date(2026, 5, 4), text), (date(1, 1, 1), text))
    )
    return Section(text, text, HOSTILE, (figure,), (chart, line), (table,), HOSTILE)
