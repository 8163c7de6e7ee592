"""Whole references typed in a cell or a list, as APA, Harvard, Vancouver, IEEE or MLA have it.

What can be told apart is: who, when, what, and where it appeared. A text that has another form is
none, rather than a reference with wrong parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from synth.references.matching import AND_OTHERS
from synth.references.names import inverted, read_name, read_names
from synth.references.work import DOI, bare_doi, full_range

_YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)[a-z]?"
_QUOTES = "\"“”„‟«»‘’'"
_QUOTED = r"[\"“„«‘'](?P<title>.{8,400}?)[,.]?[\"”“»’'](?=[\s,.])"
_STOP = r"(?:[?!]|(?<![A-Z])\.)(?=\s|$)"
# A line that begins with "2019." goes on with the title behind a year.
_NUMBER = re.compile(
    r"^\s*(?:\[\d{1,4}\]|(?!\(?(?:1[6-9]|20)\d\d)(?:\(\d{1,4}\)|\d{1,4}[.)])|[•◦▪●‣∙·*–—-])\s+(?=\D)"
)
_ADDRESS = re.compile(
    r"\s*(?:available (?:at|from):?\s*|retrieved from\s*|doi:?\s*)?(?:https?://\S+|\bdoi:?\s*10\.\S+)",
    re.IGNORECASE,
)
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        # Lee, A., & Roux, B. (2019). Title. Journal, 3(2), 1-9.  (2019) 'Title', Journal, ...
        rf"(?P<names>[^()\d]{{2,600}}?)\s*(?:\(Eds?\.\)\.?,?\s*)?\({_YEAR}(?:,[^()]*)?\)[.,:]?\s+"
        rf"(?:{_QUOTED}|(?P<plain>.{{8,400}}?){_STOP})[,.]?\s*(?P<rest>.*)",
        # Lee A, Roux B. Title. J Gard. 2019 Mar;3(2):1-9.
        r"(?P<names>[^.()\d]{2,600}?(?:\.?,? et al)?)\.\s+(?P<plain>\S.{2,400}?)(?:[?!]|\.)\s+"
        rf"(?P<rest>[^;]{{2,200}}?[.,:\s]\s*{_YEAR}(?:\s+[A-Z][a-z]{{2}}[a-z]*\.?(?:[\s-]+[\w-]+)?)?"
        r"\s*;\s*(?P<numbers>\d.*)?)",
        # Lee A. Title. London: Press; 2019.
        r"(?P<names>[^.()\d]{2,600}?(?:\.?,? et al)?)\.\s+(?P<plain>\S.{2,400}?)(?:[?!]|\.)\s+"
        rf"(?P<book>[^.:;]{{2,60}}: ?[^.;]{{2,80}});\s*{_YEAR}\.?",
        # A. Lee and B. Roux, "Title," Journal, vol. 3, no. 2, pp. 1-9, 2019.
        rf"(?P<names>[^\d\"“]{{2,600}}?)[,.]\s+[\"“](?P<title>.{{8,400}}?)[,.]?[\"”],?\s+"
        rf"(?P<rest>(?:.{{3,200}})?\b{_YEAR}\b.*)",
        # Lee, A., Roux, B., 2019. Title. Journal 3, 1-9.
        rf"(?P<names>[^()\d]{{2,600}}?)[,.]\s+{_YEAR}\.\s+"
        rf"(?:{_QUOTED}|(?P<plain>.{{8,400}}?){_STOP})[,.]?\s*(?P<rest>\S.{{3,}})",
    )
)
_CHAPTER = re.compile(
    r"in:?\s+(?:(?P<editors>[^()]{2,300}?),?\s+\((?:eds?|hrsg)\.?\)[.,:]?\s+)?(?P<book>[^()]{3,300}?)\s*"
    r"\((?:[^()]*?[,;]\s*)?pp?\.\s*(?P<pages>\w+(?:\s*[-–]\s*\w+)?)[^()]*\)[.,:]?\s*(?P<press>.*)",
    re.DOTALL | re.IGNORECASE,
)
_WHERE = re.compile(
    r"(?:in:?\s+)?(?P<journal>[^\d]{2,150}?)[,.;]?\s*(?:(?:1[6-9]|20)\d\d[^;]{0,20};\s*)?"
    r"(?:vol(?:ume)?\.?\s*|,\s*)?(?P<volume>\d{1,4})\s*(?:\(\s*(?P<issue>[^()]{1,20})\)|"
    r",?\s*(?:no|issue|nr)\.?\s*(?P<number>\w{1,8}))?"
    r"(?:\s*[,:]?\s*(?:(?:1[6-9]|20)\d\d\s*,\s*)?(?:pp?\.?\s*)?"
    r"(?P<pages>[A-Za-z]?\d+(?:\s*[-–]\s*[A-Za-z]?\d+)?))?.*",
    re.DOTALL | re.IGNORECASE,
)


# "Lee A. Roux B. On sheds. [Review] J Gard. 3(2):1-9, 2019 Mar." of Ovid.
_OVID = re.compile(
    r"(?P<names>(?:[^\W\d_][^.;,\d]{0,40} [A-Z]{1,4}\. )+|[^.:\d]+\. )(?P<title>\S.*?[.?!])\.? "
    r"(?:\[[^\]]+\]\.? )*(?P<journal>[^\W\d][^\d:]*?)\. "
    r"(?P<numbers>\d+(?: ?\([^)]*\))?:[\w-]+), (?P<year>\d{4})\b[^:;]*"
)


def _from_ovid(text: str) -> str:
    """A reference in the order that other styles have: the year before the volume."""
    found = _OVID.fullmatch(text)
    if not found:
        return text
    names = re.sub(r"(?<= [A-Z])([A-Z]*)\. (?=\S)", r"\1, ", found["names"]).rstrip(". ,")
    return f"{names}. {found['title']} {found['journal']}. {found['year']};{found['numbers']}."


@lru_cache(maxsize=4096)
def typed_reference(text: str) -> tuple[tuple[str, str], ...]:
    """The parts of a whole reference; nothing if the text is none.

    Parameters
    ----------
    text : a cell of a table.

    Returns
    -------
    Pairs of a part (``author``, ``year``, ``title``, ``journal``, ``volume``, ``issue``, ``pages``,
    ``doi``, ``url``; of a chapter ``book``, ``editor`` and ``publisher``) and what it says; people
    as ``Family, Given`` with semicolons between them.

    >>> said = typed_reference("Lee A, Roux B. On sheds: a study. J Gard. 2019 Mar;3(2):1-9.")
    >>> [value for _, value in said]
    ['Lee, A; Roux, B', '2019', 'On sheds: a study', 'J Gard', '3', '2', '1–9']
    >>> typed_reference("Lee & Roux (2019) Study 2"), typed_reference("Sheds in the 2019 flood.")
    ((), ())
    """
    text = " ".join(text.split())
    if not 30 <= len(text) <= 1500 or not re.search(r"(?:1[6-9]|20)\d\d", text):
        return ()
    doi = DOI.search(bare_doi(text)) if "10." in text else None
    bare = _from_ovid(_NUMBER.sub("", _ADDRESS.sub("", text), count=1).strip())
    for form in _FORMS:
        found = form.fullmatch(bare)
        said = found.groupdict() if found else {}
        title = (said.get("title") or said.get("plain") or "").strip(" ,.")
        title = re.sub(r"\.\s*\d(?:st|nd|rd|th) ed$", "", title)
        where = (said.get("rest") or "").strip()
        chapter = _CHAPTER.fullmatch(where)
        place = None if said.get("book") or chapter else _WHERE.fullmatch(where)
        names = _names(said.get("names") or "", alone=place is not None)
        whole = where or said.get("book") or bare.endswith(("].", "]"))
        if not title or not names or not whole or _ET_AL.match(title):
            continue
        told = {"author": names, "year": said["year"], "title": title}
        end = found.end("plain") if found and said.get("plain") else -1
        asked = bare[end] if end > 0 and bare[end : end + 1] in ("?", "!") else ""
        told["title"] += asked
        if place:
            journal = place["journal"]
            if asked and (more := re.match(r"(.+\w{4,})\. ", journal)):
                # What follows a question is the rest of the title.
                told["title"] += f" {more[1]}"
                journal = journal[more.end() :]
            told["journal"] = journal.strip(f" ,.;:{_QUOTES}")
            told["volume"] = place["volume"]
            told["issue"] = place["issue"] or place["number"] or ""
            told["pages"] = full_range((place["pages"] or "").replace(" ", ""))
        if chapter:
            told["book"], told["publisher"] = chapter["book"], chapter["press"].strip(" .")
            told["pages"] = full_range(chapter["pages"].replace(" ", ""))
            people = read_names(re.sub(r"\s+&\s+", " and ", chapter["editors"] or "")).people
            told["editor"] = "; ".join(inverted(name) for name in people)
        told["doi"] = doi[0].rstrip(".,;)") if doi else ""
        address = re.search(r"https?://\S+", text)
        told["url"] = address[0].rstrip(".,;)") if address and not doi else ""
        return tuple((part, value) for part, value in told.items() if value)
    return ()


def typed_list(text: str) -> tuple[dict[int, tuple[tuple[str, str], ...]], dict[int, str]]:
    r"""The references of a list that somebody typed: numbered, a paragraph each, or a line each.

    Parameters
    ----------
    text : with plain line ends.

    Returns
    -------
    The parts of each reference by the line it begins on, as :func:`typed_reference` has them, and
    what is none by its line. A text of which less than half are references is no such list.

    >>> list(typed_list("[1] Lee A. On sheds. J Gard. 2019;3:1-9.\n[2] Lee A (in prep)")[1])
    [2]
    """
    read: dict[int, tuple[tuple[str, str], ...]] = {}
    unread: dict[int, str] = {}
    for line, one in _entries(text.lstrip("\ufeff").split("\n")):
        said = typed_reference(one)
        if said:
            read[line] = said
        else:
            unread[line] = one
    return (read, unread) if len(read) >= len(unread) else ({}, {})


def _entries(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The entries of a list, each with its line; its heading is none."""
    lines = ["" if _HEADING.fullmatch(line) else line for line in lines]
    full = [line for line in lines if line.strip()]
    numbered = sum(bool(_NUMBER.match(line)) for line in full)
    alone = sum(bool(typed_reference(line)) for line in full)
    entries: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            # What ends a paragraph ends an entry, but for a list that numbers them.
            fresh = fresh or numbered < 2
            continue
        whole = bool(typed_reference(line))
        begins = bool(_NUMBER.match(line)) or whole if numbered > 1 else 2 * alone >= len(full)
        if fresh or begins or not entries:
            entries.append((number, []))
        entries[-1][1].append(line.strip())
        fresh = False
    return [(number, " ".join(parts)) for number, parts in entries]


_HEADING = re.compile(
    r"\W*(?:references?|reference list|bibliography|works cited|literature|sources|"
    r"included studies)\W*",
    re.IGNORECASE,
)


_ET_AL = re.compile(r"\bet\.? al\b", re.IGNORECASE)


def _names(text: str, *, alone: bool) -> str:
    """Names with semicolons between them; nothing if the text does not read as names.

    Parameters
    ----------
    text : what stands before the year or the title.
    alone : whether one family name is enough, because all else is sure.
    """
    text = re.sub(r",?\s*(?:…|\.\s?\.\s?\.)\s*&?\s*", ", ", text)
    text = re.sub(r",?\s*\(?\b(?:editors?|[Ee]ds?)\b\.?\)?,?", "", text).strip(" ,:;")
    text = text if re.search(r"\b[A-Z]\.$", text) else text.rstrip(".")
    if not text[:1].isalpha() or "\\" in text:
        return ""
    # What follows "et al." is the title, which has a year in brackets too.
    if (end := _ET_AL.search(text)) and text[end.end() :].strip(" .,;:"):
        return ""
    if "," not in text and not re.search(r"\b[A-Z]\.", text) and read_name(text)[1] != "initials":
        families = re.split(r"\s+(?:&|and|et)\s+", AND_OTHERS.sub("", text).strip())
        words = [len(family.split()) for family in families]
        if len(words) == 1 and words[0] > 1:
            small = re.findall(r"(?<![\w'’])[a-zà-ÿ]{4,}", text)
            return text if words[0] <= 12 and text[0].isupper() and not small else ""
        others = ["et al."] if AND_OTHERS.search(text) else []
        return "; ".join([*families, *others]) if alone and max(words) <= 3 else ""
    people, others_too, _ = read_names(text)
    given = [name.first for name in people]
    if not people or not all(given) or not all(name.last for name in people):
        return ""
    if any(len(first.split()) > 4 for first in given):
        return ""
    return "; ".join([*(inverted(name) for name in people), *(["et al."] if others_too else [])])
