"""Prints the whole built book as one PDF, in the order of its contents, with page numbers.

    python scripts/book_pdf.py [--book _build/html] [--to _build/book.pdf]

The pages are put into one document, each with its own anchors, so that links between pages become
links inside the file. Chromium prints it; the styles for paper are those of the pages themselves.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Contents(HTMLParser):
    """Addresses of the pages, in the order of the list of contents beside the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pages: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "nav" and "bd-links" in (values.get("class") or ""):
            self._inside = True
        address = values.get("href") or ""
        if self._inside and tag == "a" and not address.startswith(("http", "mailto")):
            self.pages.append(address.split("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav":
            self._inside = False


def pages_in_order(first: Path) -> list[Path]:
    """The files of the book, each once, from the first page's list of contents."""
    found = [first]
    for address in Contents(first.read_text("utf-8")).pages:
        path = (first.parent / address).resolve() if address else first
        if path not in found and path.is_file():
            found.append(path)
    return found


def text_of(page: str) -> str:
    """What stands between the controls of a page: its article."""
    return page[page.index('<article class="bd-article">') : page.index("</article>")]


def apart(article: str, name: str, names: set[str]) -> str:
    """Give a page's anchors its own name, and lead links between pages to them."""

    def link(found: re.Match[str]) -> str:
        page, _, anchor = found[1].partition("#")
        target = Path(page).stem if page else name
        if re.match(r"\w+:", found[1]) or target not in names:
            return found[0]
        return f'href="#{target}--{anchor}"' if anchor else f'href="#{target}--"'

    article = re.sub(r'(?<![\w-])href="([^"]*)"', link, article)
    for attribute in ("id", "for", "aria-labelledby", "aria-describedby", "aria-controls"):
        article = re.sub(rf'(?<![\w-]){attribute}="([^"]*)"', rf'{attribute}="{name}--\1"', article)
    # Drawings refer to their own parts by address.
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{name}--\1)", article)


def whole_book(first: Path) -> str:
    """One document with the text of every page, in order, each beginning on a new sheet."""
    paths = pages_in_order(first)
    names = {path.stem for path in paths}
    page = first.read_text("utf-8")
    head = page[: page.index("<body")]
    sheets = set(re.findall(r'<link rel="stylesheet"[^>]*>', head))
    parts = []
    for path in paths:
        text = path.read_text("utf-8")
        for sheet in re.findall(r'<link rel="stylesheet"[^>]*>', text):
            if sheet not in sheets:
                sheets.add(sheet)
                head = head.replace("</head>", f"{sheet}\n</head>")
        article = apart(text_of(text), path.stem, names)
        parts.append(f'<div class="synth-sheet" id="{path.stem}--">{article}</article></div>')
    foot = page[page.index('<footer class="bd-footer-content">') :]
    foot = foot[: foot.index("</footer>") + len("</footer>")]
    # Nothing is interactive on paper: the pages stand as they are without any script.
    head = re.sub(r"<script\b.*?</script>", "", head, flags=re.DOTALL)
    style = "<style>.synth-sheet + .synth-sheet { break-before: page; }</style>"
    head = head.replace("</head>", f"{style}\n</head>")
    main = '<main class="bd-main"><div class="bd-content"><div class="bd-article-container">'
    return f"{head}<body>{main}{''.join(parts)}</div></div></main>{foot}</body></html>"


def main() -> None:
    """Write the PDF and say where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--to", type=Path, default=ROOT / "_build" / "book.pdf")
    options = parser.parse_args()
    index = options.book / "index.html"
    if not index.is_file():
        sys.exit(f"There is no book at {options.book}. Build it first: make book")
    forward = re.search(r"url=([^\"]+)", index.read_text("utf-8"))
    first = (options.book / (forward[1] if forward else "index.html")).resolve()
    chromium = (
        os.environ.get("CHROME")
        or subprocess.run(
            [ROOT / "scripts" / "browser", "--find"], capture_output=True, text=True, check=False
        ).stdout.strip()
    )
    if not chromium:
        sys.exit("There is no Chromium on this machine; scripts/browser says how to get one.")
    options.to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", suffix=".html", dir=first.parent, encoding="utf-8", delete=False
    ) as sheet:
        sheet.write(whole_book(first))
    try:
        subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-pdf-header-footer",
                f"--print-to-pdf={options.to}",
                Path(sheet.name).as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    finally:
        Path(sheet.name).unlink()
    print(f"The book is printed to {options.to}")


if __name__ == "__main__":
    main()
