"""Budget and allocation: what kinds of work were finished against the plan, and how much of it serves the roadmap."""

from dataclasses import replace

from metrics.catalogue import INDICATORS
from metrics.model import Grain
from metrics.plan_costs import totals
from reports.content import Bar, Bars, Cell, Column, Heading, Section, Table
from reports.reading import Reading
from reports.sentences import told
from reports.spans import months_back

MONTHS = 6


def section(reading: Reading) -> Section:
    """The section."""
    mix, linked, debt, cost, pace = reading.figures(
        "allocation_mix", "roadmap_linkage", "debt_work_share", "epic_cpi", "epic_spi"
    )
    return Section(
        "budget",
        "Budget and allocation",
        (
            told(mix, "{value} of {n} finished items were new capability" + _planned(reading)),
            told(linked, "{value} of {n} finished items trace to the roadmap"),
            told(cost, "The median epic in progress earns {value} of the hours usual for its items per hour booked"),
            *_in_money(reading),
            told(pace, "The median epic in progress is at {value} of an even pace towards its first date"),
        ),
        figures=(mix, linked, debt, cost, pace),
        charts=(_chart(reading),),
        tables=(_table(reading),),
        sources=("Finished issues by class of work; hours booked on issues, costs of teams. Items are not effort.",),
    )


def _in_money(reading: Reading) -> list[str]:
    """What open epics cost so far and in the end, as sums only."""
    said = [one.words for one in totals(reading.loaded.facts["epic_costs"])]
    return said or ["The cost of epics in the end is not measured: no cost of an hour and no costs of teams are known."]


def _planned(reading: Reading) -> str:
    share = reading.loaded.settings.work_mix.plan.get("new")
    return "" if share is None else f" (plan {share:g} %)"


def _chart(reading: Reading) -> Bars:
    wide = replace(reading.period, start=months_back(reading.period, MONTHS - 1), grain=Grain.MONTH)
    result = reading.answer(INDICATORS["allocation_mix"], wide)
    bars = [
        Bar(point.period, {part.name: part.series[i].value for part in result.parts})
        for i, point in enumerate(result.series)
    ]
    plan = reading.loaded.settings.work_mix.plan
    said = "" if not plan else "The last bar is the plan."
    planned = (Bar("plan", {str(name): share for name, share in plan.items()}),) if plan else ()
    return Bars("Kinds of finished work by month", "%", (*bars, *planned), stacked=True, said=said)


def _table(reading: Reading) -> Table:
    result, plan = reading.result("allocation_mix"), reading.loaded.settings.work_mix.plan
    headings = (
        Heading("class of work"),
        Heading("finished", Column.PERCENT, "%"),
        Heading("plan", Column.PERCENT, "%"),
        Heading("difference", Column.NUMBER, "points"),
    )
    planned: dict[str, float] = {str(name): share for name, share in plan.items()}
    rows = tuple(_row(part.name, part.total.value, planned.get(part.name)) for part in result.parts)
    return Table("Work finished by class, against the plan", headings, rows, "Nothing was finished.")


def _row(name: str, share: float | None, plan: float | None) -> tuple[Cell, ...]:
    return name, share, plan, None if share is None or plan is None else share - plan
