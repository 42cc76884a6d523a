"""Keys of issues in the text of commits and pull requests. Whether a key's project exists is asked when it is read."""

import re

KEY = re.compile(r"(?<![^\W_])[A-Z][A-Z0-9_]+-[1-9][0-9]{0,8}(?![^\W_]|\.[0-9])")
"""An underscore belongs to a key before its number, and to the text behind it: MY_PAY-12, and PAY-7 of PAY-7_cards."""
