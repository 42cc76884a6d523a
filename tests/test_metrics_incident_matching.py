"""Which deployment an incident is blamed on when it names one: in its own service, and never a guess."""

import pytest
from conftest import row

from metrics.dora import change_fail_rate
from metrics.organisation import Organisation

TEAMS = Organisation(owners={"repository": {"acme/api": "core", "acme/web": "core"}}, names={"core": "Core"})
HOSTS = {"1": "acme/api", "2": "acme/web", "3": "beta/web"}


def rows_of(service, deployment):
    """Three repositories; acme/api and acme/web both released v2.1.0, beta/web and acme/api alone v3.0.0 and v4.0.0."""
    releases = [
        row("releases", repository_id=place, id=place + tag, tag=tag, published_at=when, commit_id=place + tag,
            is_draft=False, is_prerelease=False)
        for place, tag, when in (("1", "v2.1.0", "2026-01-05 09:00"), ("2", "v2.1.0", "2026-01-06 09:00"),
                                 ("3", "v3.0.0", "2026-01-07 09:00"), ("1", "v4.0.0", "2026-01-08 09:00"))
    ]  # fmt: skip
    one = row("incidents", id="INC-1", started_at="2026-01-09 10:00", service=service, deployment_id=deployment)
    places = [row("repositories", id=id_, name=name) for id_, name in HOSTS.items()]
    return {"repositories": places, "releases": releases, "incidents": [one]}


@pytest.mark.parametrize(
    ("service", "deployment", "failed", "why"),
    [
        ("acme/web", "v2.1.0", "acme/web release v2.1.0", None),
        ("ACME/Web", "v2.1.0", "acme/web release v2.1.0", None),
        ("api", "v2.1.0", "acme/api release v2.1.0", None),
        (None, "v4.0.0", "acme/api release v4.0.0", None),  # one has it
        (None, "v2.1.0", None, "several deployments are called so"),
        ("core", "v2.1.0", None, "several deployments are called so"),  # two of the team's
        ("acme/web", "web-2.1.0", None, "no successful deployment to production of its service is called so"),
        ("acme/web", "v4.0.0", None, "no successful deployment to production of its service is called so"),
        ("web", "v2.1.0", None, "several repositories are called web: acme/web, beta/web; write the owner too"),
        ("shop", "v2.1.0", None, "no repository and no team is called shop"),
        ("web", None, None, "several repositories are called web: acme/web, beta/web; write the owner too"),
        ("acme/api", None, "acme/api release v4.0.0", None),  # names none: the nearest before it
    ],
)
def test_an_incident_is_matched_within_its_service_or_listed(facts, service, deployment, failed, why):
    found = rows_of(service, deployment)
    outcomes = facts("outcomes", TEAMS, **found)
    assert outcomes.loc[outcomes["failed"], "key"].tolist() == ([failed] if failed else [])
    unmatched = facts("unmatched_incidents", TEAMS, **found)
    assert unmatched["why"].tolist() == ([why] if why else [])
    seen = change_fail_rate(outcomes, unmatched)
    assert (seen["excluded"] == "unmatched incident").sum() == (1 if why else 0)
