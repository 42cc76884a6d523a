"""The cache of the screens: what it holds does not make every later run slower."""

import gc

from pages.ui import results


def test_what_a_long_run_made_is_set_aside_from_the_collector_and_a_short_run_costs_nothing():
    held = [object() for _ in range(1000)], {"kept": []}
    gc.unfreeze()
    results.settle(0.5)
    assert gc.get_freeze_count() == 0
    results.settle(2.0)
    try:
        assert gc.get_freeze_count() > 1000 and held
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()
