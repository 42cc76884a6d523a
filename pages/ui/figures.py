"""Figures as HTML: each says what it is, where and over which time, and leads to its rows."""

from collections.abc import Sequence
from html import escape

from metrics.model import Point, Result
from pages.ui import filters, words
from pages.ui.address import Address
from pages.ui.plain_table import Markup, show

__all__ = ["anchor", "attributes", "beside", "linked", "of_result", "show"]

NAMES = ("indicator", "place", "from", "to", "value", "n")


def attributes(address: Address, point: Point) -> str:
    """What an element says of the figure that it shows."""
    pairs = zip(NAMES, address.values(point), strict=True)
    return "".join(f' data-{name}="{escape(value, quote=True)}"' for name, value in pairs)


def anchor(address: Address, said: str, title: str = "") -> str:
    """A link to the rows of a figure, with the weeks that are on screen."""
    weeks = {name: word for name, word in filters.in_url().items() if name == "weeks"}
    about = f' title="{escape(title, quote=True)}"' if title else ""
    return f'<a href="{escape(address.href(**weeks), quote=True)}" target="_self"{about}>{escape(said)}</a>'


def linked(address: Address, point: Point, said: str, title: str = "show rows") -> Markup:
    """A figure in words that lead to its rows."""
    return Markup(f"<span{attributes(address, point)}>{anchor(address, said, title)}</span>")


def of_result(result: Result, said: str, title: str = "show rows") -> Markup:
    """The total of a result in words that lead to its rows."""
    return linked(Address.of(result.indicator.id, result.scope), result.total, said, title)


def beside(guards: Sequence[Result]) -> str:
    """What a speed must not cost, as it is over the same time; nothing where nothing is named."""
    told = [of_result(one, f"{one.indicator.name.lower()} {words.figure(one.indicator, one.total)}") for one in guards]
    return f"read beside {', '.join(one.html for one in told)}" if told else ""
