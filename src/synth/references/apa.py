"""How works are cited: author and year in the text, an APA-like reference in the list.

The forms follow the Publication Manual of the American Psychological Association (7th edition,
chapters 8 and 9) as far as a bibliography's fields carry them. The same parts make plain text, HTML
and, for pages built by Sphinx, the style of sphinxcontrib-bibtex.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from synth.references.names import Name
from synth.references.work import Reference

STYLE = "synth_apa"
"""Name of the two styles in ``_config.yml``: of the list and of citations in the text."""

# Longer lists of authors are cut: APA names nineteen and the last.
_MOST_AUTHORS = 20


def author_year(reference: Reference) -> str:
    """A citation as it stands in brackets.

    >>> author_year(
    ...     Reference(
    ...         "gates2007", "article", {"author": "Gates, L. and Akabas, S.", "year": "2007"}
    ...     )
    ... )
    'Gates & Akabas, 2007'
    """
    return f"{_people(reference, '&')}, {year(reference)}"


def narrative(reference: Reference) -> str:
    """A citation as part of a sentence.

    >>> narrative(
    ...     Reference("otte2020a", "article", {"author": "Otte, I. and others", "year": "2020"})
    ... )
    'Otte et al. (2020a)'
    """
    return f"{_people(reference, 'and')} ({year(reference)})"


def year(reference: Reference) -> str:
    """The year with the letter that tells works of one author and year apart.

    >>> year(Reference("covidence", "misc"))
    'n.d.'
    """
    if reference.year is not None:
        return f"{reference.year}{reference.suffix}"
    return reference.fields.get("year", "").strip().lower() or "n.d."


def group(references: Iterable[Reference]) -> list[Reference]:
    """Works in the order a bracket and a list of references name them: by authors, then by year."""
    return sorted(references, key=_order)


def reference_text(reference: Reference, *, note: bool = False) -> str:
    """A work as an entry of a list of references, without marks.

    Parameters
    ----------
    reference : the work.
    note : add what the bibliography says of the entry itself, in square brackets.
    """
    return "".join(text for _, text in _parts(reference, note))


def reference_html(reference: Reference, *, note: bool = False) -> str:
    """A work as an entry of a list of references, with its title set off and its link.

    Parameters
    ----------
    reference : the work.
    note : add what the bibliography says of the entry itself, in square brackets.
    """
    pieces = []
    for mark, text in _parts(reference, note):
        shown = escape(text, quote=False)
        if mark == "em":
            shown = f"<em>{shown}</em>"
        elif mark == "link":
            shown = f'<a href="{escape(address(text))}">{shown}</a>'
        pieces.append(shown)
    return "".join(pieces)


def address(link: str) -> str:
    """A link with what may not stand in an address written as ``%``-codes.

    >>> address("https://doi.org/10.1002/(sici)1<1::aid>3.0")
    'https://doi.org/10.1002/(sici)1%3C1::aid%3E3.0'
    """
    return quote(link, safe=":/?#[]@!$&'()*+,;=%-._~")


# --- parts ------------------------------------------------------------------------------------


def _people(reference: Reference, conjunction: str) -> str:
    names = reference.authors or reference.editors
    if not names:
        return _short_title(reference)
    first = names[0].family
    if len(names) > 2 or reference.and_others:
        return f"{first} et al."
    return f"{first} {conjunction} {names[1].family}" if len(names) == 2 else first


def _short_title(reference: Reference) -> str:
    """What stands for the authors of a work that names none: the first words of its title."""
    words = (reference.title or reference.key).split()
    return " ".join(words) if len(words) <= 5 else " ".join(words[:4]).rstrip(",:;") + " …"


def _order(reference: Reference) -> tuple[str, int, str, str]:
    people = reference.authors or reference.editors
    # "de la Croix" stands under d (APA 9.44 keeps particles with the name).
    names = " ".join(f"{name.family} {name.initials}" for name in people) or reference.title
    # Undated works come before dated ones (APA 9.46).
    return (_folded(names), reference.year or 0, reference.suffix, reference.key)


def _folded(text: str) -> str:
    """Letters without their accents, in lower case: Ø and ø stand with o."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


_LETTERS = str.maketrans(
    {"Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Æ": "AE", "æ": "ae"}
)


def _parts(reference: Reference, note: bool) -> list[tuple[str, str]]:
    """The reference as pieces of text: ``""`` plain, ``"em"`` set off, ``"link"`` an address."""
    parts: list[tuple[str, str]] = []
    people = reference.authors
    title = _title(reference)
    in_book = reference.kind in ("incollection", "inbook", "inproceedings", "conference")
    if people:
        parts.append(("", _list(people, reference.and_others)))
    elif reference.editors and not in_book:
        role = "Ed." if len(reference.editors) == 1 else "Eds."
        parts.append(("", f"{_list(reference.editors, reference.and_others)} ({role})."))
    else:
        # Without authors the title takes their place (APA 9.12).
        parts += [*title, ("", ".")]
        title = []
    parts.append(("", f" ({year(reference)})."))
    if title:
        parts += [("", " "), *title, ("", _stop(title[-1][1]))]
    parts += _book(reference) if in_book else _container(reference)
    if reference.link:
        parts += [("", " "), ("link", reference.link)]
    if note and reference.note:
        parts.append(("", f" [{reference.note}]"))
    return parts


def _title(reference: Reference) -> list[tuple[str, str]]:
    """The title: set off when the work stands alone, plain when it is part of another."""
    alone = not reference.container
    parts = [("em" if alone else "", reference.title or reference.key)]
    details = []
    if alone and reference.fields.get("edition"):
        edition = reference.text("edition")
        details.append(f"{_ordinal(edition)} ed.")
    if reference.kind in ("techreport", "report") and reference.fields.get("number"):
        details.append(f"{reference.text('type') or 'Report'} No. {reference.text('number')}")
    if details:
        parts.append(("", f" ({', '.join(details)})"))
    thesis = {"phdthesis": "Doctoral dissertation", "mastersthesis": "Master’s thesis"}.get(
        reference.kind
    )
    if thesis or reference.kind == "thesis":
        school = reference.text("school") or reference.text("institution")
        said = [thesis or reference.text("type") or "Thesis", *([school] if school else [])]
        parts.append(("", f" [{', '.join(said)}]"))
    return parts


def _ordinal(edition: str) -> str:
    """An edition's number as it is written before ``ed.``; words are kept."""
    if not edition.isdigit():
        return edition
    number = int(edition)
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _container(reference: Reference) -> list[tuple[str, str]]:
    """Journal with volume, issue and pages; or the body that published the work."""
    if not reference.container:
        # The school of a thesis already stands beside its title.
        thesis = reference.kind in ("phdthesis", "mastersthesis", "thesis")
        bodies = ("publisher", "institution", "organization", "howpublished")
        names = bodies[:1] if thesis else bodies
        body = next((text for name in names if (text := reference.text(name))), "")
        # A body that is its own author is not named twice (APA 9.29).
        by = [name.family for name in reference.authors]
        return [("", f" {body}{_stop(body)}")] if body and body not in by else []
    parts: list[tuple[str, str]] = [("", " "), ("em", reference.container)]
    volume, number, pages = (reference.text(name) for name in ("volume", "number", "pages"))
    if volume:
        parts += [("", ", "), ("em", volume)]
    if number or (number := reference.text("issue")):
        parts.append(("", f"({number})" if volume else f", ({number})"))
    if pages:
        parts.append(("", f", {_range(pages)}"))
    elif reference.fields.get("eid"):
        parts.append(("", f", Article {reference.text('eid')}"))
    return [*parts, ("", ".")]


def _book(reference: Reference) -> list[tuple[str, str]]:
    """The book a chapter stands in."""
    if not reference.container:
        return _container(reference)
    parts = [("", " In ")]
    if reference.editors:
        names = [f"{name.initials} {name.family}".strip() for name in reference.editors]
        role = "Ed." if len(names) == 1 else "Eds."
        parts.append(("", f"{_joined(names)} ({role}), "))
    parts.append(("em", reference.container))
    details = []
    if reference.fields.get("edition"):
        details.append(f"{_ordinal(reference.text('edition'))} ed.")
    if reference.fields.get("volume"):
        details.append(f"Vol. {reference.text('volume')}")
    if pages := _range(reference.text("pages")):
        details.append(f"{'pp.' if '–' in pages else 'p.'} {pages}")
    if details:
        parts.append(("", f" ({', '.join(details)})"))
    publisher = reference.text("publisher")
    return [*parts, ("", f". {publisher}{_stop(publisher)}" if publisher else ".")]


def _range(pages: str) -> str:
    return re.sub(r"(?<=\d)-(?=\d)", "–", pages)


def _stop(text: str) -> str:
    return "" if text.endswith((".", "?", "!")) else "."


def _list(people: Sequence[Name], and_others: bool) -> str:
    names = [
        ", ".join(part for part in (name.family, name.initials, name.jr) if part) for name in people
    ]
    if len(names) > _MOST_AUTHORS:
        return f"{', '.join(names[: _MOST_AUTHORS - 1])}, … {names[-1]}"
    if and_others:
        return f"{', '.join(names)}, et al."
    text = _joined(names, ",")
    return text if text.endswith(".") else text + "."


def _joined(names: Sequence[str], before_last: str = "") -> str:
    """Names as one text; APA puts a comma before the last of a list of inverted names."""
    if len(names) == 1:
        return names[0]
    comma = before_last or ("," if len(names) > 2 else "")
    return f"{', '.join(names[:-1])}{comma} & {names[-1]}"


# --- the styles of sphinxcontrib-bibtex -------------------------------------------------------


def register_styles() -> None:
    """Make ``synth_apa`` known to pybtex (the list) and to sphinxcontrib-bibtex (the citations).

    Called by the Sphinx extension; pybtex is imported here so that reading tables needs none of it.
    """
    from dataclasses import dataclass

    from pybtex.plugin import register_plugin
    from pybtex.richtext import HRef, Tag, Text
    from pybtex.style.formatting import BaseStyle
    from pybtex.style.labels import BaseLabelStyle
    from pybtex.style.sorting import BaseSortingStyle
    from pybtex.style.template import node
    from sphinxcontrib.bibtex import plugin
    from sphinxcontrib.bibtex.style.referencing import BaseReferenceStyle
    from sphinxcontrib.bibtex.style.template import join
    from sphinxcontrib.bibtex.style.template import reference as linked

    class Labels(BaseLabelStyle):  # type: ignore[misc]
        """Labels are the citations themselves."""

        def format_labels(self, sorted_entries: Iterable[Any]) -> Iterable[str]:
            return [author_year(from_pybtex(entry)) for entry in sorted_entries]

    class Order(BaseSortingStyle):  # type: ignore[misc]
        """The order of :func:`group`."""

        def sorting_key(self, entry: Any) -> tuple[str, int, str, str]:
            return _order(from_pybtex(entry))

    class References(BaseStyle):  # type: ignore[misc]
        """The list of references."""

        default_label_style = Labels
        default_sorting_style = Order

        def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> Any:
            from pybtex.style import FormattedEntry

            pieces: list[Any] = []
            for mark, text in _parts(from_pybtex(entry), note=True):
                if mark == "em":
                    pieces.append(Tag("em", text))
                elif mark == "link":
                    pieces.append(HRef(address(text), text))
                else:
                    pieces.append(text)
            return FormattedEntry(entry.key, Text(*pieces), label)

    @node  # type: ignore[untyped-decorator]
    def citation(_children: Any, data: Any, form: str) -> Any:
        work = from_pybtex(data["entry"])
        text = {"p": author_year, "t": narrative, "year": year, "author": _authors_only}[form](work)
        return linked[text].format_data(data)

    @dataclass
    class Citations(BaseReferenceStyle):
        """Citations in brackets (p), in the sentence (t), or only their year or author."""

        def role_names(self) -> Iterable[str]:
            return ["p", "t", "year", "author"]

        def outer(self, role_name: str, children: list[Any]) -> Any:
            listed = join(sep="; " if role_name == "p" else ", ")[children]
            return join["(", listed, ")"] if role_name == "p" else listed

        def inner(self, role_name: str) -> Any:
            return citation(form=role_name)

    register_plugin("pybtex.style.formatting", STYLE, References)
    plugin.register_plugin("sphinxcontrib.bibtex.style.referencing", STYLE, Citations)


def from_pybtex(entry: Any) -> Reference:
    """An entry as pybtex reads it, as a work of this library."""
    fields = {name.lower(): value for name, value in entry.fields.items()}
    for role, persons in entry.persons.items():
        fields[role.lower()] = " and ".join(str(person) for person in persons)
    return Reference(entry.key, entry.type.lower(), fields)


def _authors_only(reference: Reference) -> str:
    return _people(reference, "and")
