"""The guide: connect one's own sources, see what is reached, and sync."""

from pages.ui import guide
from pages.ui.frame import title

view = title("Connect your own", "From the demonstration to your organisation: say what to read, check, sync.")
guide.show(view)
