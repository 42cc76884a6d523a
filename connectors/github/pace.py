"""How much is asked for at once: less when GitHub cannot keep up, slowly more when it can again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from connectors.github.client import Answer, Client, TooHeavyError, UnsteadyError
from connectors.github.queries import SIZES, Part, Size

FAILURES = 12  # in a row, before a walk gives up for this time
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 60.0
STEADY = 8  # answers at a size before a larger one is tried

T = TypeVar("T")


class Pace:
    """Sends queries at the size that GitHub bears. One a walk, for walks differ in weight."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.size = SIZES[0]
        self.failures = 0
        self.successes = 0
        self.patience = STEADY

    def ask(self, build: Callable[[Size], Mapping[str, Part]]) -> tuple[list[tuple[Part, Any]], Answer]:
        """The parts that were asked for at the size that worked, each with its answer, and the answer as a whole.

        Raises UnsteadyError when nothing helps, and what Client.ask raises.
        """
        parts, answer = self.steadily(lambda: self._try(build))
        return [(part, answer.data.get(name)) for name, part in parts.items()], answer

    def steadily(self, send: Callable[[], T]) -> T:
        """Send until an answer comes, with growing pauses. Raises UnsteadyError when none does."""
        while True:
            try:
                result = send()
            except UnsteadyError as error:
                self._failed(error)
            else:
                self._succeeded()
                return result

    def _try(self, build: Callable[[Size], Mapping[str, Part]]) -> tuple[Mapping[str, Part], Answer]:
        parts = build(self.size)
        return parts, self.client.ask(parts)

    def _failed(self, error: UnsteadyError) -> None:
        self.failures += 1
        # one broken answer says nothing about the size; two in a row, or a plain refusal, do
        if isinstance(error, TooHeavyError) or self.failures > 1:
            self._shrink(error)
        if self.failures >= FAILURES:
            raise error
        seconds = min(FIRST_PAUSE * 2 ** (self.failures - 1), LONGEST_PAUSE)
        self.client.meter.wait(datetime.now(UTC) + timedelta(seconds=seconds), "GitHub, which could not answer")

    def _shrink(self, error: UnsteadyError) -> None:
        if self.size is SIZES[-1]:
            if isinstance(error, TooHeavyError):
                raise error
            return
        if self.successes < self.patience:
            self.patience *= 2
        self.size = SIZES[self.size.level + 1]
        self.successes = 0

    def _succeeded(self) -> None:
        self.failures = 0
        self.successes += 1
        if self.successes >= self.patience and self.size.level:
            self.size = SIZES[self.size.level - 1]
            self.successes = 0
