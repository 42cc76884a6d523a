"""The catalogue: what each indicator means, what it is made of, what is aimed at and how it is misread."""

from metrics.catalogue import CATALOGUE
from pages.ui.catalogue import entry
from pages.ui.frame import title

view = title("Indicators", "What each figure means, the tables it is made of, its target, and how it is misread.")
for indicator in CATALOGUE:
    entry(view, indicator)
