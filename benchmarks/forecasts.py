"""How long forecasts take: python benchmarks/forecasts.py."""

import time

import numpy as np

from metrics.joint_forecast import Capacity, Plan, joint_forecast
from metrics.track_record import back_test, record_of

TEAMS, EPICS, YEARS = 40, 200, 2


def _portfolio(random: np.random.Generator, epics: int) -> tuple[tuple[Plan, ...], Capacity]:
    capacity = Capacity(tuple(random.poisson(9, 60).astype(float).tolist()))
    growth = random.poisson(0.3, (epics, 60)).astype(float)
    sizes = random.integers(5, 40, epics)
    return tuple(
        Plan(f"E-{n}", float(size), tuple(line.tolist()))
        for n, (size, line) in enumerate(zip(sizes, growth, strict=True))
    ), capacity


def joint() -> float:
    """Seconds for 10,000 draws of 200 open epics of 40 teams."""
    random = np.random.default_rng(1)
    teams = [_portfolio(random, EPICS // TEAMS) for _ in range(TEAMS)]
    begun = time.process_time()
    for seed, (plans, capacity) in enumerate(teams):
        joint_forecast(plans, capacity, seed)
    return time.process_time() - begun


def back_tests() -> tuple[float, str]:
    """Seconds for the back-test of two years of 40 teams, every four weeks, with 10,000 draws; and what it found."""
    random = np.random.default_rng(1)
    series = random.negative_binomial(8, 0.5, (TEAMS, 52 * YEARS)).astype(float)
    begun = time.process_time()
    needed = [
        one.needed
        for team, line in enumerate(series)
        for one in back_test({weeks: line[:weeks] for weeks in range(0, 52 * YEARS + 1, 4)}, f"team {team}")
    ]
    return time.process_time() - begun, record_of(needed).words


if __name__ == "__main__":
    print(f"{EPICS} epics of {TEAMS} teams, 10,000 draws: {joint():.1f} s of one core")
    seconds, words = back_tests()
    print(f"back-test of {YEARS} years of {TEAMS} teams: {seconds:.1f} s of one core. {words}")
