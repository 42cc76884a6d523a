"""Coverage: what was synced, what is missing, how good the data is, and a button to sync now."""

from pages.ui import quality, syncing
from pages.ui.frame import title

view = title("Coverage", "What was synced and how far back, what is missing, and how good the data is.")
syncing.latest(view)
syncing.button(view)
syncing.streams(view.source.url)
quality.show(view)
quality.unmapped(view)
