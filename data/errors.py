"""What can be wrong with the store or the configuration, in words that say what to do."""

from data.redaction import redacted


class PlumblineError(Exception):
    """Something that the reader can mend; its text is one line that says what, where and what to do, and no secret."""

    exit_code = 2  # of a command that it ends

    def __str__(self) -> str:
        return redacted(super().__str__())


class StoreError(PlumblineError):
    """The store cannot be opened, read or written."""


class ConfigError(PlumblineError):
    """The configuration says something that cannot be."""
