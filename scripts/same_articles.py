"""Say whether two built books have the same pages with the same text.

python scripts/same_articles.py _build/html _build/future/html
"""

from __future__ import annotations

import argparse
import difflib
import sys
from html.parser import HTMLParser
from pathlib import Path


class Article(HTMLParser):
    """Gathers the words of a page's article, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.hidden = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self.depth += 1
        if tag in ("script", "style"):
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.depth -= 1
        if tag in ("script", "style"):
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if self.depth and not self.hidden:
            self.words += data.split()


def article(path: Path) -> list[str]:
    parser = Article()
    parser.feed(path.read_text("utf-8"))
    return parser.words


def main(first: Path, second: Path) -> int:
    pages = [
        sorted(path.relative_to(book) for path in (book / "book").rglob("*.html"))
        for book in (first, second)
    ]
    if pages[0] != pages[1]:
        alone = sorted(map(str, {*pages[0]} ^ {*pages[1]}))
        print(f"Pages of one book only: {', '.join(alone)}")
        return 1
    if not pages[0]:
        print(f"Neither {first} nor {second} holds a page: nothing was compared.")
        return 1
    other = 0
    for page in pages[0]:
        one, two = article(first / page), article(second / page)
        if not one:
            print(f"{page}: no article was found")
            other += 1
        if one != two:
            other += 1
            print(f"{page}: other words")
            for line in list(difflib.unified_diff(one, two, lineterm="", n=2))[2:22]:
                print(f"  {line}")
    print(f"{len(pages[0]) - other} of {len(pages[0])} articles have the same text.")
    return 1 if other else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("first", type=Path, help="a built book, as _build/html")
    parser.add_argument("second", type=Path, help="the other one")
    given = parser.parse_args()
    sys.exit(main(given.first, given.second))
