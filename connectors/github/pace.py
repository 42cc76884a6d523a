"""How much is asked for at once: less when GitHub cannot keep up, more again when it can.

Some answers fail by chance, at any size; others because they are too large. A size that has brought an answer is left
after three failures in a row, one that has not after two, and a failure that took its time counts as two. A larger
size is tried after four answers; only where the trial itself fails is the next one put off, to 64 answers at most.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from connectors.base import ConnectorError
from connectors.github.client import Answer, Client, TooHeavyError, UnreachableError, UnsteadyError
from connectors.github.queries import SIZES, Part, Size
from connectors.hosts import FIRST_PAUSE, GivenUpError, later

STEADY, LONGEST_STEADY = 4, 64  # answers at a size before a larger one is tried
SLOW = 5.0  # seconds; GitHub ends a query that is too large after ten

T = TypeVar("T")


class Pace:
    """Sends queries at the size that GitHub bears. One a walk, for walks differ in weight."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.size = SIZES[0]
        self.failures = 0
        self.successes = 0
        self.patience = STEADY
        self.is_trial = False  # whether this size is larger than the one before, and has not brought an answer yet

    def ask(self, build: Callable[[Size], Mapping[str, Part]]) -> tuple[list[tuple[Part, Any]], Answer]:
        """The parts that were asked for at the size that worked, each with its answer, and the answer as a whole.

        Raises UnsteadyError when nothing helps, GivenUpError when the host is gone, and what Client.ask raises.
        """
        parts, answer = self.steadily(lambda: self._try(build))
        return [(part, answer.data.get(name)) for name, part in parts.items()], answer

    def steadily(self, send: Callable[[], T]) -> T:
        """Send until an answer comes, with growing pauses. Raises UnsteadyError, GivenUpError when none does."""
        while True:
            self.client.host.check()
            try:
                result = send()
            except UnsteadyError as error:
                self._failed(error)
            except GivenUpError:
                raise
            except ConnectorError:  # a refusal is an answer
                self.client.host.answered()
                raise
            else:
                self._succeeded()
                return result

    def _try(self, build: Callable[[Size], Mapping[str, Part]]) -> tuple[Mapping[str, Part], Answer]:
        parts = build(self.size)
        return parts, self.client.ask(parts)

    def _failed(self, error: UnsteadyError) -> None:
        took = self.client.took
        pause = self.client.host.failed(took)
        if not isinstance(error, UnreachableError):
            self.failures += 2 if took >= SLOW else 1
            if isinstance(error, TooHeavyError) or self.failures >= (3 if self.successes else 2):
                self._shrink(error)
        if pause is None:
            if end := self.client.enough(error):
                raise end
            pause = FIRST_PAUSE
        self.client.meter.wait(later(pause), "GitHub, which could not answer")

    def _shrink(self, error: UnsteadyError) -> None:
        if self.size is SIZES[-1]:
            if isinstance(error, TooHeavyError):
                raise error
            return
        if self.is_trial:
            self.patience = min(self.patience * 2, LONGEST_STEADY)
        self.size = SIZES[self.size.level + 1]
        self.successes, self.is_trial = 0, False

    def _succeeded(self) -> None:
        self.client.host.answered()
        self.failures = 0
        self.successes += 1
        if self.is_trial:
            self.patience, self.is_trial = STEADY, False
        if self.successes >= self.patience and self.size.level:
            self.size = SIZES[self.size.level - 1]
            self.successes, self.is_trial = 0, True
