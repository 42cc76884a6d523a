"""What PostgreSQL says about how it reads."""

import json


def nodes(plan):
    steps = [one["Plan"] for one in (json.loads(plan) if isinstance(plan, str) else plan)]
    while steps:
        step = steps.pop()
        steps.extend(step.get("Plans", ()))
        yield step
