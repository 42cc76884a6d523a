"""What may be asked for, and by whom; whatever is not listed is for nobody."""

import sys
from dataclasses import dataclass

from pages.ui.visitors import Role


@dataclass(frozen=True)
class Rule:
    """A path below the base path, or all below it when it ends with a slash; None: nobody, whoever asks."""

    path: str
    least: Role | None
    why: str

    def holds(self, path: str) -> bool:
        """Whether it speaks of a path."""
        return path == self.path or (self.path.endswith("/") and path.startswith(self.path))


MONITORING, FILES = "monitoring/metrics", "media/"
RULES = (  # the first that holds decides
    Rule("health", Role.NOBODY, "a state for watchmen; times and reasons only from viewers up"),
    Rule(MONITORING, Role.VIEWER, "or with the token of [monitoring] token_env"),
    Rule("auth/login", Role.NOBODY, "the way in"),
    Rule("auth/logout", Role.NOBODY, "the way out"),
    Rule("oauth2callback", Role.NOBODY, "the way back from the provider"),
    Rule("_stcore/health", Role.NOBODY, "one word: whether the server runs"),
    Rule("_stcore/host-config", Role.VIEWER, "the page asks for it"),
    Rule("_stcore/stream", Role.VIEWER, "the websocket of every page and action"),
    Rule("_stcore/", None, "uploads, metrics and interfaces of the framework: nothing here needs them"),
    Rule("component/", None, "no page has components of others"),
    Rule("app/", None, "the app serves no files of its own folder"),
    Rule(FILES, Role.VIEWER, "downloads: only to whom they were offered"),
    Rule("static/", Role.VIEWER, "scripts and fonts"),
)
PAGE = Rule("", Role.VIEWER, "a page; strangers are shown the way to sign in")
METHODS = ("GET", "HEAD")  # whatever else is asked is for nobody: actions come by the websocket


def below(path: str, base: str) -> str | None:
    """A path without the base path and the first slash; None when it lies elsewhere."""
    base = f"/{base.strip('/')}" if base.strip("/") else ""
    if path == base:
        return ""
    return path.removeprefix(f"{base}/") if path.startswith(f"{base}/") else None


def rule_of(path: str, base: str = "") -> Rule:
    """The rule of a path; the routes of this app that are beside the base path too have the same as those below it."""
    inner = below(path, base)
    if inner is None:
        inner = path.removeprefix("/")
        return next((rule for rule in RULES[:2] if rule.holds(inner)), Rule(inner, None, "beside the base path"))
    return next((rule for rule in RULES if rule.holds(inner)), PAGE)


def page() -> str:
    """The rules as a page: python -m pages.ui.routes > docs/access.md."""
    rows = [_row(rule) for rule in (*RULES, PAGE)]
    head = ("path", *PEOPLE, "why")
    return "\n".join([TEXT, *(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)), ""])


def _row(rule: Rule) -> list[str]:
    path = f"`/{rule.path}{'…' if rule.path.endswith('/') or rule is PAGE else ''}`"
    return [
        path,
        *("yes" if rule.least is not None and role >= rule.least else "" for role in PEOPLE.values()),
        rule.why,
    ]


PEOPLE = {"anybody": Role.NOBODY, "viewer": Role.VIEWER, "lead": Role.LEAD, "administrator": Role.ADMIN}
TEXT = """# Who may ask for what

Made from `pages/ui/routes.py` by `python -m pages.ui.routes > docs/access.md`; the first line that holds decides, and
`tests/test_access.py` asks a running server for each of its own routes as each of these people. *Anybody* is who has no
cookie, a forged one, one that was signed out or is too old, or no role. A page of another origin and every method but
GET and HEAD get nothing. Below a base path the same holds. Without a sign-in the machine's own user is an administrator
and whoever comes from elsewhere gets nothing at all. What is done over the websocket asks for a role again: notes,
decisions, overrides and reports for a lead, syncs and the configuration for an administrator.
"""


if __name__ == "__main__":
    sys.stdout.write(page())
