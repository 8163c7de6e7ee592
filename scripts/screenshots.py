"""Takes a picture of every kind of page: at a desk, on a phone, in the dark, on paper.

python scripts/screenshots.py [--book _build/html] [--to _build/screenshots] [--pages intro ...]
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("intro", "framework", "explorer", "influences", "studies", "method", "references", "data")
READERS = {
    "desk": {"viewport": {"width": 1280, "height": 1000}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 1000}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 780}, "color_scheme": "light"},
    "contrast": {"viewport": {"width": 1280, "height": 1000}, "forced_colors": "active"},
}
LONGEST = 4000
"""Pixels of a page that are shown; beyond, a catalogue only repeats itself."""


def main() -> None:
    """Write a PNG a page and reader, and a PDF a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--to", type=Path, default=ROOT / "_build" / "screenshots")
    parser.add_argument("--pages", nargs="*", default=PAGES)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = subprocess.run(
        [ROOT / "scripts" / "browser", "--find"], capture_output=True, text=True, check=True
    ).stdout.strip()
    options.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for reader, how in READERS.items():
            page = browser.new_context(**how).new_page()
            width = how["viewport"]["width"]
            for name in options.pages:
                path = options.book / "book" / f"{name}.html"
                if not path.is_file():
                    print(f"{path} is not there")
                    continue
                page.set_viewport_size(how["viewport"])
                page.goto(path.resolve().as_uri())
                height = page.evaluate("document.documentElement.scrollHeight")
                # A tall window instead of a stitched picture: what is fixed stays where it is, and
                # everything is in view, so that charts and explorers have come alive.
                page.set_viewport_size({"width": width, "height": min(height, LONGEST)})
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(500)
                page.screenshot(path=options.to / f"{name}-{reader}.png")
                if reader == "desk":
                    page.pdf(path=options.to / f"{name}-paper.pdf", prefer_css_page_size=True)
        browser.close()
    print(f"The pictures are in {options.to}")


if __name__ == "__main__":
    main()
