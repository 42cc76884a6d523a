"""Pictures of every screen of the demonstration organisation: python benchmarks/screens.py [folder, else docs/screens].

Each is 1400 pixels wide, light, with few colours so that it stays small.
"""

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "builders"))

from app_server import Server, chromium, settled

ROOT = Path(__file__).parent.parent
NOW = "2026-11-21T12:00:00+00:00"
DRAWN = "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(one => one.querySelector('.main-svg'))"
SCREENS = {
    "weekly": ("", 1500),
    "objectives": ("objectives?objective=project_success", 1300),
    "bottlenecks": ("bottlenecks?team=dispatch", 1500),
    "bottlenecks-stages": ("bottlenecks?team=dispatch&part=Stages", 1100),
    "bottlenecks-come-and-go": ("bottlenecks?team=dispatch&part=Come+and+go", 1250),
    "delivery": ("delivery", 1000),
    "delivery-services": ("delivery?part=Services&measure=Deployment+frequency", 1150),
    "code-review": ("code_review", 1250),
    "tech-debt": ("tech_debt", 1500),
    "forecasts": ("forecasts", 1300),
    "monthly-report": ("monthly_report", 1400),
    "coverage": ("coverage", 1000),
    "indicators": ("indicators", 1000),
    "figure": ("figure?indicator=time_to_first_review", 1500),
    "connect": ("connect", 1100),
}


def main(folder: Path) -> None:
    """Load the demonstration, open every screen, keep its picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        server = Server(Path(place), now=NOW)
        for browser in chromium():
            _loaded(browser, server.url)
            for name, (path, height) in SCREENS.items():
                _keep(_picture(browser, f"{server.url}/{path}", height), folder / f"{name}.png")
        server.stop()


def _loaded(browser: Any, url: str) -> None:
    """Wait until the demonstration has come whole."""
    page = browser.new_page()
    page.goto(f"{url}/coverage")
    page.get_by_text("complete.").first.wait_for(timeout=600_000)
    page.close()


def _picture(browser: Any, address: str, height: int) -> bytes:
    page = browser.new_page(viewport={"width": 1400, "height": height}, color_scheme="light")
    page.goto(address)
    settled(page).wait_for_function(DRAWN, timeout=120_000)
    page.wait_for_timeout(1000)
    taken: bytes = page.screenshot()
    page.close()
    return taken


def _keep(taken: bytes, file: Path) -> None:
    picture = Image.open(BytesIO(taken)).convert("RGB").quantize(128, method=Image.Quantize.MEDIANCUT, dither=0)
    picture.save(file, optimize=True)
    print(f"{file} {file.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens")
