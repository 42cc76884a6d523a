"""Delivery performance and reliability: how fast changes reach production, how often they fail, how long to mend."""

from reports.content import Section
from reports.reading import Reading
from reports.sentences import told
from reports.tables import by_repository


def section(reading: Reading) -> Section:
    """The section."""
    deployed, lead, failed, mended, rework, ci, feedback = reading.figures(
        "deployment_frequency",
        "change_lead_time",
        "change_fail_rate",
        "failed_deployment_recovery_time",
        "deployment_rework_rate",
        "ci_success_rate",
        "ci_feedback_time",
    )
    return Section(
        "delivery",
        "Delivery performance and reliability",
        (
            told(deployed, "{value} deployments reached production, {before} in the period before"),
            told(lead, "Half of the changes reached production within {value} (n = {n})"),
            told(failed, "{value} of {n} deployments needed intervention ({low} to {high} at 95 %)"),
            told(mended, "Half of the {n} failures were mended within {value}"),
            told(ci, "{value} of {n} builds of the main branch succeeded"),
        ),
        figures=(deployed, lead, failed, mended, rework, ci, feedback),
        charts=(reading.trend("change_lead_time"), reading.trend("deployment_frequency")),
        tables=(
            by_repository(
                reading,
                reading.repositories,
                "deployment_frequency",
                "change_lead_time",
                "change_fail_rate",
                "failed_deployment_recovery_time",
            ),
        ),
        sources=("Deployments, releases or workflow runs, by repository; failures by rollbacks, reverts, incidents.",),
    )
