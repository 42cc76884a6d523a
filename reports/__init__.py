"""SEND: the same numbers as on the screens, as documents for people who do not open a dashboard."""
