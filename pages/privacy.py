"""What is stored of people and why, for everybody who is measured."""

from pages.ui import privacy
from pages.ui.frame import title

view = title(
    "What is stored of people", "For everybody whose work is counted here: what is kept, why, and how to be erased."
)
privacy.show(view)
