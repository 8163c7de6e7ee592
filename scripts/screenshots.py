"""Takes pictures of every page of the built book, for a person to look through.

    scripts/screenshots.py _build/html _build/screenshots [PAGE …]
    scripts/screenshots.py _build/html docs/home.png         the picture of README.md

Each page at a desk, on a phone 360 pixels wide, in the dark, and as it is printed; index.html in
the folder shows them side by side. Whole pages, however long; nothing is asked of a network.
"""

from __future__ import annotations

import argparse
import html
import sys
from pathlib import Path
from typing import Any

from book_pdf import ARGUMENTS, chromium, read_pages

READERS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "print": {"viewport": {"width": 720, "height": 1020}, "color_scheme": "light"},
}
TALLEST = 12_000
"""Pixels; below that a picture shows nothing new and the browser's own limit is near."""

SEE_ALL = """async () => {
    for (let y = 0; y < document.body.scrollHeight && y < 12000; y += innerHeight) {
        scrollTo(0, y);
        await new Promise((painted) => setTimeout(painted, 30));
    }
    scrollTo(0, 0);
}"""


def main() -> int:
    """Take the pictures the command line asks for."""
    parser = argparse.ArgumentParser(description="Takes pictures of the built book.")
    parser.add_argument("html", type=Path, help="folder of the built book")
    parser.add_argument("pictures", type=Path, help="folder the pictures go to")
    parser.add_argument("only", nargs="*", help="names of pages, such as intro; all if none")
    asked = parser.parse_args()
    pages = [page for page in read_pages(asked.html) if page.name in asked.only or not asked.only]
    if not pages:
        print(f"screenshots: no such page in {asked.html}: run 'make book' first.", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    if asked.pictures.suffix == ".png":
        with sync_playwright() as playwright:
            front(playwright, pages[0].path, asked.pictures)
        return 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for reader, options in READERS.items():
            (asked.pictures / reader).mkdir(parents=True, exist_ok=True)
            context = browser.new_context(**options, reduced_motion="reduce")
            context.route("http*://**/*", lambda route: route.abort())
            tab = context.new_page()
            for page in pages:
                tab.emulate_media(media="screen")
                tab.goto(page.path.as_uri())
                # Charts and explorers fetch what they need when they come into view.
                tab.evaluate(SEE_ALL)
                tab.wait_for_load_state("networkidle")
                if reader == "print":
                    tab.emulate_media(media="print")
                tall = tab.evaluate("document.documentElement.scrollHeight")
                tab.screenshot(
                    path=asked.pictures / reader / f"{page.name}.png",
                    full_page=tall <= TALLEST,
                )
            context.close()
        browser.close()
    taken = {page.name for page in read_pages(asked.html)}
    (asked.pictures / "index.html").write_text(side_by_side(asked.pictures, sorted(taken)), "utf-8")
    print(f"{len(pages) * len(READERS)} pictures; look through {asked.pictures / 'index.html'}")
    return 0


def front(playwright: Any, page: Path, picture: Path) -> None:
    """The book's first page where it shows the review at a glance."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    tab = browser.new_page(viewport={"width": 1160, "height": 800}, color_scheme="light")
    tab.goto(page.as_uri())
    tab.wait_for_load_state("networkidle")
    figure = tab.locator("article figure").first
    figure.evaluate("(it) => scrollTo(0, it.closest('section').getBoundingClientRect().top - 60)")
    tab.wait_for_timeout(300)
    tab.screenshot(path=picture)
    browser.close()
    print(f"{picture}: {picture.stat().st_size / 1e3:.0f} KB")


def side_by_side(folder: Path, names: list[str]) -> str:
    """A page that shows the pictures of each page of the book in a row."""
    rows = []
    for name in names:
        shown = [
            f'<figure><a href="{reader}/{name}.png"><img loading="lazy" src="{reader}/{name}.png" '
            f'alt="{html.escape(name)}, {reader}"></a><figcaption>{reader}</figcaption></figure>'
            for reader in READERS
            if (folder / reader / f"{name}.png").is_file()
        ]
        if shown:
            rows.append(f"<h2>{html.escape(name)}</h2><div>{''.join(shown)}</div>")
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Pictures of the book</title>'
        "<style>body { font: 14px sans-serif; } div { display: flex; gap: 1rem; } "
        "figure { margin: 0; flex: 1; } img { width: 100%; max-height: 80vh; object-fit: cover; "
        f"object-position: top; border: 1px solid #999; }}</style>{''.join(rows)}</html>\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
