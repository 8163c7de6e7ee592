"""Prints the built book: every page as a PDF, and the whole book as one with page numbers.

    scripts/book_pdf.py _build/html _build/pdf

The whole book is one document before it is printed, so that its pages are numbered through, its
links lead to places inside it, and the browser writes its bookmarks. Nothing is asked of a network.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
# Letters are not set to whole pixels, which a browser without a window would do.
ARGUMENTS += ["--disable-component-update", "--no-first-run", "--font-render-hinting=none"]
PAGE = {"prefer_css_page_size": True, "print_background": True, "tagged": True, "outline": True}

_ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_STYLE = re.compile(r'<link(?=[^>]*rel="stylesheet")[^>]*href="([^"?]*)')
_REFERS = re.compile(r' (for|headers|aria-(?:labelledby|describedby|controls|details))="([^"]*)"')


@dataclass(frozen=True)
class Page:
    """A page of the book: its file, the names of the anchors on it, and its text."""

    path: Path
    name: str
    article: str


def main() -> int:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description="Prints the built book as PDF.")
    parser.add_argument("html", type=Path, help="folder of the built book")
    parser.add_argument("pdf", type=Path, help="folder the PDFs go to")
    parser.add_argument("--book-only", action="store_true", help="not every page on its own")
    asked = parser.parse_args()
    pages = read_pages(asked.html)
    if not pages:
        print(f"book_pdf: no built book in {asked.html}: run 'make book' first.", file=sys.stderr)
        return 1
    asked.pdf.mkdir(parents=True, exist_ok=True)
    # As if it stood beside the pages, so that their pictures and styles are found.
    sheet = pages[0].path.parent / "to-print.html"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        # Without scripts a page is its stored text, pictures and tables: what paper can hold.
        context = browser.new_context(java_script_enabled=False, offline=True)
        # The whole book is one long page: on a busy machine it takes its time.
        context.set_default_timeout(600_000)
        if not asked.book_only:
            for page in pages:
                text = for_paper(page.path.read_text("utf-8"))
                printed(context, sheet, text, asked.pdf / f"{page.name}.pdf")
        target = asked.pdf / "book.pdf"
        printed(context, sheet, for_paper(one_document(pages)), target)
        browser.close()
    print(f"The book is printed to {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


def chromium() -> str:
    """The browser of the machine."""
    found = subprocess.run(
        [ROOT / "scripts" / "browser"], capture_output=True, text=True, check=True, env=os.environ
    )
    return found.stdout.strip()


def printed(context: Any, place: Path, text: str, target: Path) -> None:
    """Print one html text as if it were a file at a place; the built book is not touched."""
    page = context.new_page()
    page.emulate_media(media="print", color_scheme="light")
    address = place.resolve().as_uri()
    page.route(address, lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(address, wait_until="load")
    page.pdf(path=target, **PAGE)
    page.close()


# --- for paper --------------------------------------------------------------------------------

# The printed book has its list of references, and needs none below each page.
_PAPER = (
    "summary { list-style: none; } summary::marker { content: none; }"
    ".synth-print-references > :not(.bd-footer-content) { display: none !important; }"
)


def for_paper(text: str) -> str:
    """A page without what only a screen needs."""
    head, body = text.split("<body", 1)
    body = re.sub(r"<noscript>.*?</noscript>", "", body, flags=re.DOTALL)
    return head.replace("</head>", f"<style>{_PAPER}</style></head>") + "<body" + body


# --- one document -----------------------------------------------------------------------------


def read_pages(folder: Path) -> list[Page]:
    """The pages in the order of the book, from the contents at the side of its first page."""
    redirect = folder / "index.html"
    if not redirect.is_file():
        return []
    first = re.search(r"url=([^\"']+)", redirect.read_text("utf-8"))
    if first is None:
        return []
    start = folder / first[1].strip()
    text = start.read_text("utf-8")
    contents = re.search(r'<nav class="bd-links.*?</nav>', text, re.DOTALL)
    links = re.findall(r'<a class="reference internal" href="([^"#]+)"', contents[0])
    paths = [start, *((start.parent / unquote(link)).resolve() for link in links)]
    unique = dict.fromkeys(path.resolve() for path in paths)
    return [
        Page(path, path.stem, _ARTICLE.search(path.read_text("utf-8"))[1])
        for path in unique
        if path.is_file()
    ]


def one_document(pages: list[Page]) -> str:
    """All pages one after the other, each beginning a new sheet, after a page of contents."""
    styles: dict[str, None] = {}
    for page in pages:
        for link in _STYLE.findall(page.path.read_text("utf-8")):
            styles[link] = None
    listed = "".join(
        f'<li><a href="#{page.name}">{_plain(_TITLE.search(page.article)[1])}</a></li>'
        for page in pages[1:]
    )
    contents = (
        f'<section class="sheet"><h1>Contents</h1><ol class="contents">{listed}</ol></section>'
    )
    names = {page.path: page.name for page in pages}
    first, *rest = (
        f'<section class="sheet" id="{page.name}">{with_own_anchors(page, names)}</section>'
        for page in pages
    )
    head = re.search(r"<html[^>]*>", pages[0].path.read_text("utf-8"))[0]
    linked = "".join(f'<link rel="stylesheet" href="{style}">' for style in styles)
    title = html.escape(_plain(_TITLE.search(pages[0].article)[1]))
    return (
        f'<!DOCTYPE html>\n{head}<head><meta charset="utf-8"><title>{title}</title>{linked}'
        "<style>.sheet + .sheet { break-before: page; } "
        ".contents li { margin: 0 0 1.5mm; }</style></head>\n"
        '<body class="synth-whole"><main class="bd-main"><article class="bd-article">'
        f"{first}{contents}{''.join(rest)}</article></main></body></html>\n"
    )


def with_own_anchors(page: Page, names: dict[Path, str]) -> str:
    """A page's text with anchors no other page has, and links to where they now stand."""

    def link(found: re.Match[str]) -> str:
        address, _, anchor = found[2].partition("#")
        # On paper a view of the explorer is its page: nothing there follows filters.
        address = address.partition("?")[0]
        if re.match(r"[a-z]+:|//", address):
            return found[0]
        target = page.path if not address else (page.path.parent / unquote(address)).resolve()
        if target not in names:
            return found[0]
        inside = f"{names[target]}--{anchor}" if anchor else names[target]
        return f'{found[1]}"#{inside}"'

    text = re.sub(r'( id=")([^"]+)"', rf'\g<1>{page.name}--\g<2>"', page.article)
    text = re.sub(r"url\((['\"]?)#", rf"url(\g<1>#{page.name}--", text)
    text = _REFERS.sub(
        lambda found: (
            f' {found[1]}="{" ".join(f"{page.name}--{name}" for name in found[2].split())}"'
        ),
        text,
    )
    return re.sub(r'((?:xlink:)?href=)"([^"]*)"', link, text)


def _plain(title: str) -> str:
    without_link = re.sub(r'<a class="headerlink".*?</a>', "", title, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", without_link)).strip()


if __name__ == "__main__":
    raise SystemExit(main())
