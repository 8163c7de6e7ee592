"""How works are cited: author and year in the text, an APA-like reference in the list.

The forms follow the Publication Manual of the American Psychological Association (7th edition,
chapters 8 to 10) as far as a bibliography's fields carry them. The same parts make plain text, HTML
and the nodes of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Literal
from urllib.parse import quote
from xml.etree import ElementTree

from synth.references.names import Name
from synth.references.work import MONTHS, Reference
from synth.text import fold_words

Part = tuple[Literal["", "em", "link"], str]
"""A piece of a reference: plain, set off, or an address; and its text."""

# Longer lists of authors are cut: APA names nineteen and the last.
_MOST_AUTHORS = 20


# --- in the text --------------------------------------------------------------------------------


def author_year(reference: Reference) -> str:
    """A citation as it stands in brackets.

    >>> author_year(
    ...     Reference(
    ...         "gates2007", "article", {"author": "Gates, L. and Akabas, S.", "year": "2007"}
    ...     )
    ... )
    'Gates & Akabas, 2007'
    """
    return f"{people(reference, '&')}, {year(reference)}"


def narrative(reference: Reference) -> str:
    """A citation as part of a sentence.

    >>> narrative(
    ...     Reference("otte2020a", "article", {"author": "Otte, I. and others", "year": "2020"})
    ... )
    'Otte et al. (2020a)'
    """
    return f"{people(reference, 'and')} ({year(reference)})"


def year(reference: Reference) -> str:
    """The year with the letter that tells works of one author and year apart.

    Before it stands the year of the first edition of a work that came out again.

    >>> year(Reference("covidence", "misc")), year(Reference("lee", "book", {"year": "2018/2019"}))
    ('n.d.', '2018–2019')
    """
    first = f"{reference.date.original}/" if reference.date.original else ""
    return first + _own_year(reference)


def _own_year(reference: Reference) -> str:
    return f"{reference.year_text}{reference.suffix if reference.year is not None else ''}"


def people(reference: Reference, conjunction: str = "&") -> str:
    """The authors of a citation: one, two, or the first with "et al."; a title without authors."""
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


def bracket(references: Sequence[Reference]) -> list[tuple[str, str]]:
    """What to print before and for each work of a bracket: a later work of the same is a year only.

    "Otte et al., 2020a" is followed by ", 2020b"; another author's by "; Pratt, 2012".
    """
    labels: list[tuple[str, str]] = []
    before = ""
    for work in references:
        authors = people(work)
        if authors == before:
            labels.append((", ", year(work)))
        else:
            labels.append(("; " if labels else "", author_year(work)))
        before = authors
    return labels


def group(references: Iterable[Reference]) -> list[Reference]:
    """Works in the order a bracket and a list of references name them: by authors, then by year."""
    return sorted(references, key=_order)


_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)


def _order(reference: Reference) -> tuple[tuple[tuple[str, str], ...], int, str, str, str]:
    names = reference.authors or reference.editors
    # "de la Croix" stands under d (APA 9.44 keeps particles with the name); letter by letter, so
    # that spaces and hyphens do not count. An author alone comes before the same with others.
    by = tuple(map(_by_name, names))
    title = _ARTICLE.sub("", reference.title)
    # Undated works come before dated ones, what is in press after them (APA 9.46).
    date = reference.date
    when = date.year or (0 if date.words in ("", "n.d.") else 10_000)
    return by or ((_letters(title), ""),), when, reference.suffix, _letters(title), reference.key


@lru_cache(maxsize=1 << 16)
def _by_name(name: Name) -> tuple[str, str]:
    """The same for a name, wherever it is cited."""
    return _letters(name.family), fold_words(name.initials)


def filed_under(reference: Reference) -> str:
    """The letters a list of references files a work under: its first name's, or its title's."""
    return _order(reference)[0][0][0]


def _letters(text: str) -> str:
    return fold_words(text).replace(" ", "")


# --- in the list --------------------------------------------------------------------------------


def reference_text(reference: Reference, *, note: bool = False) -> str:
    """A work as an entry of a list of references, without marks.

    Parameters
    ----------
    reference : the work.
    note : add what the bibliography says of the entry itself, in square brackets.
    """
    return "".join(text for _, text in reference_parts(reference, note=note))


def reference_html(reference: Reference, *, note: bool = False) -> str:
    """A work as an entry of a list of references, with its title set off and its link.

    Parameters
    ----------
    reference : the work.
    note : add what the bibliography says of the entry itself, in square brackets.
    """
    pieces = []
    for mark, text in reference_parts(reference, note=note):
        if mark not in ("em", "link"):
            pieces.append(escape(text, quote=False))
            continue
        piece = ElementTree.Element("a" if mark == "link" else mark)
        if mark == "link":
            piece.set("href", address(text))
        piece.text = text
        pieces.append(ElementTree.tostring(piece, encoding="unicode"))
    return "".join(pieces)


def address(link: str) -> str:
    """A link with what may not stand in an address written as ``%``-codes.

    >>> address("https://doi.org/10.1002/(sici)1<1::aid>3.0")
    'https://doi.org/10.1002/(sici)1%3C1::aid%3E3.0'
    """
    return quote(link, safe=":/?#[]@!$&'()*+,;=%-._~")


def reference_parts(reference: Reference, *, note: bool = False) -> list[Part]:
    """The reference as pieces of text: plain, set off (``"em"``) or an address (``"link"``).

    Parameters
    ----------
    reference : the work.
    note : add what the bibliography says of the entry itself, in square brackets.
    """
    parts: list[Part] = []
    title = _title(reference)
    if reference.authors:
        parts.append(("", _list(reference.authors, reference.and_others)))
    elif reference.editors and not reference.is_in_book:
        role = "Ed." if len(reference.editors) == 1 and not reference.and_others else "Eds."
        parts.append(("", f"{_list(reference.editors, reference.and_others)} ({role})."))
    else:
        # Without authors the title takes their place (APA 9.12).
        parts += _stopped(title)
        title = []
    parts.append(("", f" ({_when(reference)})."))
    if title:
        parts += [("", " "), *_stopped(title)]
    parts += _book(reference) if reference.is_in_book else _container(reference)
    if reference.link:
        parts += [("", " "), ("link", reference.link)]
    if first := reference.date.original:
        parts.append(("", f" (Original work published {first})"))
    if note and reference.note:
        parts.append(("", f" [{reference.note}]"))
    return [part for part in parts if part[1]]


def _when(reference: Reference) -> str:
    """The date: a year, and the day of what appears day by day."""
    date = reference.date
    daily = ("article-magazine", "article-newspaper", "webpage", "speech")
    kind = reference.csl_type
    held = kind == "paper-conference" and not reference.container
    # Of a film only the year is shown; what is put online has a day.
    online = kind in ("motion_picture", "song", "document") and reference.url and not reference.doi
    if not date.month or not (held or online or kind in daily):
        return _own_year(reference)
    day = f" {date.day}" if date.day else ""
    return f"{_own_year(reference)}, {MONTHS[date.month - 1][1]}{day}"


# What a work is, in brackets behind its title, where the title alone does not say it (APA 9.22).
_FORMS = {
    "dataset": "Data set",
    "software": "Computer software",
    "manuscript": "Unpublished manuscript",
    "motion_picture": "Video",
    "song": "Audio recording",
    "speech": "",
}
_OWN_FORMS = frozenset(["manuscript", "motion_picture", "song", "speech"])
"""Kinds of which an entry may say more: a film, a podcast, a poster."""


_NUMBERED = {"patent": "Patent", "standard": "Standard"}
"""What stands before the number of a kind of work (APA 11.8)."""


def _title(reference: Reference) -> list[Part]:
    """The title: set off when the work stands alone, plain when it is part of another."""
    alone = not reference.container
    roles = []
    if alone and reference.authors and reference.editors:
        role = "Ed." if len(reference.editors) == 1 and not reference.and_other_editors else "Eds."
        roles.append(f"{_upright_list(reference.editors, reference.and_other_editors)}, {role}")
    if reference.translators:
        roles.append(f"{_upright_list(reference.translators)}, Trans.")
    # Crossref has titles whose subtitle went lost and whose colon did not.
    title = reference.title.rstrip(" :") or reference.title or reference.key
    parts: list[Part] = [("em" if alone else "", title)]
    kind = reference.csl_type
    details = []
    if alone and (edition := _edition(reference.text("edition"))):
        details.append(edition)
    if kind == "report" and reference.number:
        genre = re.sub(r"\b[a-z](?=\w{3})", lambda m: m[0].upper(), reference.genre or "Report")
        details.append(f"{genre} No. {reference.number}")
    if kind == "thesis" and (number := reference.number) and re.search(r"\d", number):
        details.append(f"Publication No. {number}")
    if kind == "article" and reference.article_number:
        details.append(reference.article_number)
    if alone and kind == "book" and reference.volume:
        details.append(f"Vol. {reference.volume}")
    elif alone and kind == "book" and re.fullmatch(r"[2-9]|\d\d", reference.text("volumes")):
        details.append(f"Vols. 1–{reference.text('volumes')}")
    if number := reference.number if kind in _NUMBERED else "":
        details.append(f"{_NUMBERED[kind]} No. {number}")
    if alone and kind in ("software", "dataset") and (version := reference.text("version")):
        details.append(f"Version {version.removeprefix('v')}")
    if alone and reference.is_in_book:
        # A part without a title of its own, as BibTeX's @inbook has it: the title is the book's.
        chapter = reference.text("chapter")
        details += [f"Chapter {chapter}"] if chapter else []
        details += _pages(reference)
    if bracket := "; ".join([*roles, *([", ".join(details)] if details else [])]):
        parts.append(("", f" ({bracket})"))
    if kind == "legislation" and reference.number:
        parts.append(("", f", {reference.number}"))
    if kind == "thesis":
        school = reference.text("school", "institution", "publisher")
        said = [reference.genre or "Thesis", *([school] if school else [])]
        parts.append(("", f" [{', '.join(said)}]"))
    elif form := (reference.genre if kind in _OWN_FORMS else "") or _FORMS.get(kind, ""):
        parts.append(("", f" [{form[0].upper()}{form[1:]}]"))
    elif kind == "periodical" and not alone:
        parts.append(("", " [Special issue]"))
    elif kind == "report" and reference.genre and not reference.number:
        parts.append(("", f" [{reference.genre}]"))
    elif kind == "paper-conference" and alone:
        parts.append(("", " [Paper presentation]"))
    return parts


_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), 1
    )
}


def _edition(written: str) -> str:
    """An edition as a reference shows it; nothing for the first.

    >>> (
    ...     _edition("2"),
    ...     _edition("Third edition"),
    ...     _edition("Rev. ed."),
    ...     _edition("10th"),
    ...     _edition("1"),
    ... )
    ('2nd ed.', '3rd ed.', 'Rev. ed.', '10th ed.', '')
    """
    said = re.sub(r"[\s,]*\b(?:edition|edn|ed)\b\.?$", "", written.strip(), flags=re.IGNORECASE)
    number = re.match(r"(\d+)(?:st|nd|rd|th)?\.?$", _NUMBERS.get(said.lower(), said))
    if not said or (number and number[1] == "1"):
        return ""
    if not number:
        return f"{said} ed."
    whole = int(number[1])
    ending = "th" if 10 < whole % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending} ed."


def _container(reference: Reference) -> list[Part]:
    """Journal with volume, issue and pages; or the body that published the work."""
    if not reference.container:
        # The school of a thesis already stands beside its title.
        thesis = reference.csl_type == "thesis"
        body = reference.text("publisher") if thesis else reference.publisher
        if thesis and body and not reference.text("school", "institution"):
            body = ""
        # A body that is its own author is not named twice (APA 9.29).
        by = [fold_words(name.family) for name in reference.authors or reference.editors]
        return [("", f" {body}{_stop(body)}")] if body and fold_words(body) not in by else []
    parts: list[Part] = [("", " "), ("em", reference.container)]
    last = reference.container
    if reference.volume:
        parts += [("", ", "), ("em", reference.volume)]
    if number := reference.issue:
        parts.append(("", f"({number})" if reference.volume else f", ({number})"))
    # Where articles are counted, pages begin anew with each (APA 9.27).
    if reference.article_number:
        parts.append(("", f", Article {reference.article_number}"))
    elif reference.pages:
        parts.append(("", f", {reference.pages}"))
    if len(parts) > 2:
        last = parts[-1][1]
    return [*parts, ("", _stop(last))]


def _book(reference: Reference) -> list[Part]:
    """The book a chapter stands in."""
    if not reference.container:
        return _container(reference)
    parts: list[Part] = [("", " In ")]
    if reference.editors:
        role = "Ed." if len(reference.editors) == 1 and not reference.and_other_editors else "Eds."
        listed = _upright_list(reference.editors, reference.and_other_editors)
        parts.append(("", f"{listed} ({role}), "))
    parts.append(("em", reference.container))
    details = []
    if edition := _edition(reference.text("edition")):
        details.append(edition)
    if reference.volume:
        details.append(f"Vol. {reference.volume}")
    number = reference.article_number
    details += [f"Article {number}"] if number else _pages(reference)
    if details:
        parts.append(("", f" ({', '.join(details)})"))
    publisher = reference.publisher
    stop = "." if details else _stop(reference.container)
    after = f" {publisher}{_stop(publisher)}" if publisher else ""
    return [*parts, ("", stop + after)]


def _pages(reference: Reference) -> list[str]:
    """The pages of a part of a book, with what stands before them."""
    pages = reference.pages
    return [f"{'pp.' if '–' in pages or ',' in pages else 'p.'} {pages}"] if pages else []


_QUOTED = re.compile(r"(?:^|[\s(])(?:“[^”]*”|‘.*’|\"[^\"]*\")$")


def _stopped(parts: Sequence[Part]) -> list[Part]:
    """A title with its full stop, within the quotation marks it ends in (APA 6.9)."""
    *before, (mark, last) = parts
    stop = _stop(last)
    if stop and _QUOTED.search(last):
        return [*before, (mark, f"{last[:-1]}{stop}{last[-1]}")]
    return [*parts, ("", stop)]


def _stop(text: str) -> str:
    """The full stop a text still needs: none behind another one, a question or an exclamation."""
    return "" if text.rstrip("”’\"'»").endswith((".", "?", "!", "…")) else "."


_SUFFIXES = {"Jr": "Jr.", "Sr": "Sr.", "2nd": "II", "3rd": "III", "4th": "IV"}
"""Suffixes of names as databases write them, and as APA does (9.8)."""


def _suffix(name: Name) -> str:
    return _SUFFIXES.get(name.jr, name.jr)


def _upright(name: Name) -> str:
    return " ".join(part for part in (name.initials, name.family, _suffix(name)) if part)


def _upright_list(names: Sequence[Name], and_others: bool = False) -> str:
    listed = [_upright(name) for name in names]
    return f"{', '.join(listed)}, et al." if and_others else _joined(listed)


def _list(names: Sequence[Name], and_others: bool) -> str:
    listed = [
        ", ".join(part for part in (name.family, name.initials, _suffix(name)) if part)
        for name in names
    ]
    if len(listed) > _MOST_AUTHORS:
        text = f"{', '.join(listed[: _MOST_AUTHORS - 1])}, … {listed[-1]}"
        return f"{text}, et al." if and_others else text + _stop(text)
    if and_others:
        return f"{', '.join(listed)}, et al."
    text = _joined(listed, ",")
    return text if text.endswith(".") else text + "."


def _joined(names: Sequence[str], before_last: str = "") -> str:
    """Names as one text; APA puts a comma before the last of a list of inverted names."""
    if len(names) == 1:
        return names[0]
    comma = before_last or ("," if len(names) > 2 else "")
    return f"{', '.join(names[:-1])}{comma} & {names[-1]}"
