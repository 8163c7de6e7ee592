"""What readers take along: the data in the forms other programs read, the whole book as a zip.

The files are written with every build from the records the pages are drawn from, so that none is
older than the page that offers it.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from markupsafe import Markup
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from synth.book.assets import DATA, write_if_changed
from synth.book.context import (
    CITES_BOOK,
    depend_on_data,
    render,
    review_of,
    root_of,
    settings_of,
    words_of,
)
from synth.book.data_package import (
    GROUPS,
    TakeawayFile,
    archive,
    cite_book,
    how_to_cite,
    licence_address,
    takeaway,
)
from synth.book.domain import evidence_domain
from synth.book.explorers import finding_address, places_of, published
from synth.book.processes import AT_HOME
from synth.errors import ReviewError
from synth.text import slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils.nodes import Node
    from sphinx.application import Sphinx

    from synth.messages import Words
    from synth.model import Settings
    from synth.reading.records import Records

BOOK = "book.zip"
_OFFERS_BOOK = "synth_offers_book"
# Written before the archive is; filled in after, and differently in the archive itself.
_BOOK_ROW = re.compile(r"<!-- book -->.*?<!-- end of book -->", re.DOTALL)
_BOOK_SIZE = re.compile(r'(?<=class="n">)[^<]*')
# Of no use to a reader: Sphinx's notes to itself.
_NOT_PACKED = re.compile(r"(?:^|/)\.(?:buildinfo|doctrees|nojekyll)|^book\.zip$")


def setup(app: Sphinx) -> None:
    """Write the files with every build; let a page list them."""
    app.add_directive("downloads", DownloadsDirective)
    app.add_directive("cite-book", CiteBookDirective)
    app.add_directive_to_domain("synth", "cite-book", CiteBookDirective)
    app.add_post_transform(ListDownloads)
    app.connect("build-finished", write_files)
    # The last of all: the archive holds what the others leave.
    app.connect("build-finished", write_book, priority=990)


def files_of(app: Sphinx) -> tuple[TakeawayFile, ...]:
    """The files to take along, made once a build; none where the review cannot be read.

    They hold the addresses of findings, so all pages must have been read.
    """
    known: dict[str, tuple[TakeawayFile, ...]] = app.__dict__.setdefault("synth_takeaway", {})
    if "files" not in known:
        try:
            review = review_of(app)
        except ReviewError:
            # Said already, with every line, by the part that needs the review for its pages.
            review = None
        files = takeaway(review.records, finding_address(app.env)) if review else ()
        known["files"] = (*files, *_explorer_file(app, review.records)) if review else ()
    return known["files"]


def _explorer_file(app: Sphinx, records: Records) -> Iterator[TakeawayFile]:
    """The explorer as one file, where the book has an explorer and a mail can carry it."""
    from synth.book.explorer_file import NAME, explorer_file

    if not evidence_domain(app.env).data["explorers"]:
        return
    if page := explorer_file(records, places_of(app.env), published(app.env)):
        holds = words_of(app)["one_file_holds"]
        yield TakeawayFile(NAME, "everything", holds, "text/html", page)


# --- the list of files ------------------------------------------------------------------------


class DownloadsDirective(SphinxDirective):
    """The files a reader can take along, each with its size; their licence and how to cite them."""

    def run(self) -> list[Node]:
        """Draw a table for each kind of file."""
        depend_on_data(self.env)
        settings = settings_of(self.env.app)
        if settings is None:
            return []
        about = self.env.metadata[self.env.docname]
        # The files are written after all pages, by the process that knows them then.
        about[_OFFERS_BOOK] = about[AT_HOME] = "yes"
        return [Downloads()]


class CiteBookDirective(SphinxDirective):
    """How to cite the book: as text, and for two kinds of reference managers, each to copy."""

    def run(self) -> list[Node]:
        """Draw the three forms."""
        depend_on_data(self.env)
        settings = settings_of(self.env.app)
        if settings is None:
            return []
        self.env.metadata[self.env.docname][CITES_BOOK] = "yes"
        forms = cite_book(settings)
        html = render("cite_book.html", forms=forms, words=words_of(self.env.app))
        return [nodes.raw("", str(html), format="html")]


class Downloads(nodes.Element):
    """Place of the list of files."""


class ListDownloads(SphinxPostTransform):
    """Write the list where it belongs, once every page was read."""

    default_priority = 10

    def run(self, **kwargs: Any) -> None:
        """Draw the tables of the page."""
        places = list(self.document.findall(Downloads))
        settings = settings_of(self.app)
        if not places or settings is None:
            return
        here = self.app.builder.get_target_uri(self.env.docname)
        root = "../" * here.count("/")
        drawn = download_list(files_of(self.app), settings, words_of(self.app), root)
        for place in places:
            place.replace_self(nodes.raw("", drawn, format="html"))


def download_list(
    files: tuple[TakeawayFile, ...], settings: Settings, words: Words, root: str
) -> Markup:
    """The tables of files as HTML.

    Parameters
    ----------
    files : what can be taken along.
    settings : tells the licence and how to cite.
    words : of the interface.
    root : the way from the page to the book's first folder, empty or ending in ``/``.
    """
    groups = {group: [file for file in files if file.group == group] for group in GROUPS}
    return render(
        "downloads.html",
        groups={name: inside for name, inside in groups.items() if inside},
        folder=f"{root}{DATA}",
        book=f"{root}{BOOK}",
        book_name=BOOK,
        size_text=size_text,
        words=words,
        settings=settings,
        licence=licence_address(settings.licence),
        cite=how_to_cite(settings),
    )


def size_text(file: TakeawayFile | bytes) -> str:
    r"""How large a file is, as a reader wants to know it before taking it.

    >>> size_text(b"x" * 700), size_text(b"x" * 46_216), size_text(b"x" * 2_418_134)
    ('1\xa0KB', '46\xa0KB', '2.4\xa0MB')
    """
    size = len(file.content if isinstance(file, TakeawayFile) else file)
    return f"{size / 1e6:.1f}\xa0MB" if size >= 1e6 else f"{max(round(size / 1e3), 1)}\xa0KB"


# --- the files --------------------------------------------------------------------------------


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files, and remove those an earlier build offered."""
    if exception or app.builder.format != "html" or root_of(app) is None:
        return
    place = Path(app.outdir) / DATA
    files = files_of(app)
    for file in files:
        write_if_changed(place / file.name, file.content)
    if place.is_dir():
        for old in sorted(place.iterdir()):
            if old.name not in {file.name for file in files}:
                old.unlink()


def write_book(app: Sphinx, exception: Exception | None) -> None:
    """Pack the whole book and say on the page that offers it how large it is.

    Nothing is packed when no file changed since the last time.
    """
    if exception or app.builder.format != "html" or (settings := settings_of(app)) is None:
        return
    offering = sorted(page for page in app.env.metadata if _OFFERS_BOOK in app.env.metadata[page])
    outdir = Path(app.outdir)
    if not offering:
        (outdir / BOOK).unlink(missing_ok=True)
        return
    pages = {outdir / app.builder.get_target_uri(page) for page in offering}
    stamp = Path(app.doctreedir) / "synth-book.txt"
    state = _state(outdir)
    target = outdir / BOOK
    if not (target.is_file() and stamp.is_file() and stamp.read_text("utf-8") == state):
        words = words_of(app)
        first = app.builder.get_target_uri(app.config.root_doc)
        write_if_changed(target, packed_book(outdir, pages, first, settings, words))
    size = size_text(target.read_bytes())
    for page in sorted(pages):
        text = page.read_text("utf-8")
        filled = _BOOK_ROW.sub(lambda row: _BOOK_SIZE.sub(size, row[0]), text)
        write_if_changed(page, filled.encode())
    stamp.write_text(_state(outdir), "utf-8")


def packed_book(
    outdir: Path, offering: set[Path], first: str, settings: Settings, words: Words
) -> bytes:
    """The whole book as an archive of one folder, which opens with its ``index.html``.

    Parameters
    ----------
    outdir : the folder of the built book.
    offering : pages that offer the archive; in it they say that it is here.
    first : the way from there to the book's first page.
    settings : tells the folder's name and the date of its files.
    words : of the interface.
    """
    name = slug(settings.short_title or settings.title, "book")
    here = str(render("book_is_here.html", words=words))
    files = {}
    for path in _packed(outdir):
        content = path.read_bytes()
        if path in offering:
            content = _BOOK_ROW.sub(lambda _: here, content.decode()).encode()
        files[f"{name}/{path.relative_to(outdir).as_posix()}"] = content
    # Jupyter Book writes its own only after Sphinx has finished.
    index = render("index.html", settings=settings, first=first)
    files[f"{name}/index.html"] = f"{index}\n".encode()
    return archive(files, settings.date)


def _packed(outdir: Path) -> list[Path]:
    return [
        path
        for path in sorted(outdir.rglob("*"))
        if path.is_file() and not _NOT_PACKED.search(path.relative_to(outdir).as_posix())
    ]


def _state(outdir: Path) -> str:
    """A fingerprint of all files, by content: Sphinx writes some of them anew with every build."""
    index = outdir / "index.html"
    told = hashlib.sha256()
    for path in _packed(outdir):
        if path != index:
            content = path.read_bytes()
            name = path.relative_to(outdir).as_posix()
            told.update(f"{name} {len(content)}\n".encode() + content)
    return told.hexdigest()
