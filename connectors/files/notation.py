"""How a file writes numbers and days: as its entry in the configuration declares it, never guessed from the cells."""

import re
from dataclasses import dataclass

NUMBER, DAY = "number", "day"
GROUPED = {".": r"\.", ",": ",", " ": "[ \u00a0\u202f]", "'": "['’]"}
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
ORDER = {
    "day.month.year": (r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", (3, 2, 1)),
    "day/month/year": (r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", (3, 2, 1)),
    "month/day/year": (r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", (3, 1, 2)),
}


@dataclass(frozen=True)
class Notation:
    """The encoding of a file, and how it writes numbers and days; `decimal` None: by a point, but not declared."""

    encoding: str = "utf-8"
    decimal: str | None = None
    thousands: str | None = None
    dates: str = "year-month-day"

    def plain(self, text: str, form: str) -> str:
        """A number with a point and nothing else, or a day as year-month-day; other text as it is.

        Raises ValueError that says what was expected.
        """
        if form == NUMBER:
            return self._number(text)
        return self._day(text) if form == DAY else text

    def _number(self, text: str) -> str:
        if self.decimal is None and self.thousands is None and AMBIGUOUS.fullmatch(text):
            raise ValueError(
                'a number that can be read in one way only: set decimal = "." or thousands = "." under [[files]]'
            )
        point = self.decimal or ("," if self.thousands == "." else ".")
        grouped = rf"[0-9]{{1,3}}(?:{GROUPED[self.thousands]}[0-9]{{3}})+|" if self.thousands else ""
        found = re.fullmatch(rf"({grouped}[0-9]+)(?:{re.escape(point)}([0-9]+))?", text)
        if found:
            return re.sub("[^0-9]", "", found[1]) + (f".{found[2]}" if found[2] else "")
        if point == ".":
            return text  # its column says what it expects
        raise ValueError(f"a number such as 12{point}5, as [[files]] declares it")

    def _day(self, text: str) -> str:
        if self.dates not in ORDER:
            return text
        pattern, places = ORDER[self.dates]
        if not (found := re.fullmatch(pattern, text)):
            raise ValueError(f"a day written as {self.dates}")
        year, month, day = (found[place] for place in places)
        return f"{year}-{month:0>2}-{day:0>2}"


USUAL = Notation()
