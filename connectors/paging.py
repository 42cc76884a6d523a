"""The one guard of every list that comes in pages: each page leads somewhere new, or the walk ends in words."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from connectors.base import ConnectorError


class StuckError(ConnectorError):
    """A list whose pages lead nowhere new: it says which list, and where it stood."""


@dataclass
class Pages:
    """The pages of one list so far. `what`: the list, as a person would look it up; `begun_at`: its first cursor."""

    what: str
    begun_at: Hashable = None
    cursors: set[Hashable] = field(default_factory=set)
    contents: Counter[int] = field(default_factory=Counter)

    def take(self, rows: Iterable[Hashable], after: Hashable, is_last: bool) -> None:
        """Look at a page and the cursor behind it. Raises StuckError when the next page could be none but a known one.

        `rows`: what tells each row from others. A row alone on its page may come twice, because rows move while a list
        is read; a longer page that comes twice is that of a server that does not go on.
        """
        content = tuple(rows)
        if content and self.contents[hash(content)] > (len(content) == 1):
            raise self._stuck(after, "the same page came again")
        self.contents[hash(content)] += 1
        if is_last:
            return
        if not content:
            raise self._stuck(after, "an empty page promises more")
        if after is None:
            raise self._stuck(after, "a page promises more and does not say where")
        if after == self.begun_at or after in self.cursors:
            raise self._stuck(after, "the same cursor came again")
        self.cursors.add(after)

    def _stuck(self, after: Hashable, words: str) -> StuckError:
        return StuckError(
            f"{self.what}: the list does not advance: {words} (cursor {after!r}); what was stored is kept,"
            " and the next sync tries again"
        )
