"""The formats of a report: each a module with `write(report) -> bytes`, imported when it is first asked for."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.content import Report


@dataclass(frozen=True)
class Format:
    """A format by its ending."""

    ending: str
    module: str
    name: str
    media: str


FORMATS = {
    one.ending: one
    for one in (
        Format("html", "reports.html", "Web page", "text/html"),
        Format("pdf", "reports.pdf", "PDF", "application/pdf"),
        Format(
            "pptx",
            "reports.pptx",
            "Slides",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        Format("xlsx", "reports.xlsx", "Workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Format("md", "reports.markdown", "Markdown", "text/markdown"),
    )
}
ALL = ",".join(FORMATS)


def write(report: "Report", ending: str) -> bytes:
    """The report in a format: the same report, the same bytes."""
    written: bytes = import_module(FORMATS[ending].module).write(report)
    return written


def file_name(report: "Report", ending: str) -> str:
    """What the file of a report is called: engineering-report-2026-10.html."""
    return f"engineering-report-{report.period}.{ending}"
