"""The catalogue: what each indicator means, what it is made of, what is aimed at and how it is misread."""

from pages.ui import catalogue
from pages.ui.frame import title

view = title("Indicators", "What each figure means, the tables it is made of, its target, and how it is misread.")
catalogue.show(view)
