"""The names of people and bodies, split once and in one place.

A list of authors is written in many ways: BibTeX's ``and``, biblatex's names in parts, the
``Moreau C.`` of databases, commas or semicolons. Each is understood; where that is not certain, it
is said what was understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from synth.references.latex import decode

_STOPS = "ʿʾʻʼʹ"
"""How Arabic and Hebrew names in Latin letters write the stops that these lack."""


class Name(NamedTuple):
    """A person or body, in the four parts that BibTeX knows.

    >>> Name("Arthur C.", "van", "Dijk").family
    'van Dijk'
    """

    first: str = ""
    von: str = ""
    last: str = ""
    jr: str = ""

    @property
    def family(self) -> str:
        """The name a citation shows."""
        return f"{self.von} {self.last}" if self.von else self.last

    @property
    def is_one_word(self) -> bool:
        """Whether the name has no parts: a body, or a person of one name."""
        return not (self.first or self.von or self.jr)

    @property
    def initials(self) -> str:
        """Initials of the given names, as a list of references shows them.

        >>> Name("Jean-Paul Édouard", "", "Roux").initials, Name("JP", "", "Moreau").initials
        ('J.-P. É.', 'J. P.')
        >>> Name("ʿAlī Ḥasan", "", "Roux").initials
        'ʿA. Ḥ.'
        >>> Name("ANN", "", "LEE").initials, Name("JKL", "", "LEE").initials
        ('A.', 'J. K. L.')
        """
        words = []
        capitals = len(self.last) > 2 and self.last.isupper()
        for word in re.sub(r"\.(?![-‐‑])", ". ", self.first).split():
            parts = [part for part in re.split(r"[-‐‑]", word.replace(".", "")) if part]
            if not parts:
                continue
            if word in _PARTICLES and len(word) > 1:
                words.append(word)  # "Ludwig van" of biblatex's "useprefix=false"
            elif not unicodedata.category(parts[0][0]).startswith("L"):
                continue
            elif parts[0][0] in _STOPS and parts[0][1:2].isupper():
                words.append(f"{parts[0][:2]}.")  # "ʿAlī": the sign belongs to the letter
            elif not parts[0][0].islower() and not parts[0][0].isupper():
                words.append(word)  # scripts without capitals have no initials
            elif capitals and re.fullmatch(r"(?=.*[AEIOUY])[^\W\d_]{3}", word):
                words.append(f"{word[0]}.")  # of a name that a database wrote in capitals
            elif len(parts) == 1 and is_initials(parts[0]) and len(parts[0]) > 1:
                words += [f"{letter}." for letter in parts[0]]
            else:
                words.append("-".join(f"{part[0].upper()}." for part in parts))
        return " ".join(words)


class Names(NamedTuple):
    """A list of names, as it was understood.

    ``others`` says whether it ends in "and others"; ``told`` says what was not certain.
    """

    people: tuple[Name, ...] = ()
    others: bool = False
    told: tuple[str, ...] = ()


_PARTICLES = frozenset(
    word
    for line in """
    van von de der den del della dem di da do dos du des d' la le les lo ter ten te zu zum zur vom
    af av el al bin ibn ben abu e y i und van't 't op 's
    """.splitlines()
    for word in line.split()
)
_SUFFIX = re.compile(
    r"(?:[JS]r|II|III|IV|2nd|3rd|4th|Jnr|Snr|Junior|Senior|Filho|Neto)\.?", re.IGNORECASE
)
# "JR" in capitals are the initials of somebody.
_SURE_SUFFIX = re.compile(r"[JjSs]n?r\.?|Junior|Senior")
_DEGREE = re.compile(
    r"(?:Ph\.?\s?D|M\.?D|R\.?N|M\.?Sc?|B\.?Sc?|M\.?A|B\.?A|M\.?P\.?H|M\.?S\.?W|"
    r"L\.?C\.?S\.?W|Psy\.?D|Dr|Prof|"
    r"D\.?Phil|M\.?B\.?A|Ed\.?D|FRCP|OT|PT|CPS)\.?",
)
_BODY = re.compile(
    r"\b(?:organi[sz]ations?|departments?|ministry|ministries|committee|council|commission|agency|"
    r"institutes?|institut|university|universität|université|universidad|college|school|hospital|"
    r"association|society|foundation|federation|centre|center|centers|bureau|office|administration|"
    r"authority|board|group|network|consortium|collaboration|alliance|trust|service|services|team|"
    r"task force|working group|government|nations|bank|union|academy|press|company|inc|ltd|gmbh|"
    r"programme|program|project|investigators|national|international|federal|royal|investigators|"
    r"health|library|initiative|guild)\b",
    re.IGNORECASE,
)
# Bodies whose last word a program took for a family name: "Organization, World Health" of Google
# Scholar, "Study, Pediat HIV Cohort" of Web of Science. Some of the words are families' names too.
_LAST_WORD = (
    r"Agency|Alliance|Association|Authority|Collaborati(?:on|ve)|Collaborators|Commission|"
    r"Committee|Consortium|Department|Federation|Foundation|Group|Initiative|Institutes?|"
    r"Investigators|Ministry|Network|Organi[sz]ation|Society|Study|Team|Trialists|University"
)
_LAST_WORD_OR_NAME = r"Bank|Board|Bureau|Centers?|Centre|Council|Force|Nations|Office|Service|Union"
_FIRST_WORD = re.compile(
    r"\b(?:European|Federal|Health|International|National|Research|Task|United|World)\b"
)
# "Brasil, Ministério da Saúde": a country and what it is governed by.
_GOVERNING = (
    r"Minist(?:ry|ério|erio|ero|ère|erium)\b|Departa?ment(?:o)? (?:of|for|de)\b|"
    r"Secretar(?:ia|ía|iat|y) (?:of|d[aeo])\b|Govern(?:ment|o) (?:of|d[aeo])\b"
)
_TURNED = re.compile(rf"(?:{_LAST_WORD}|(?P<perhaps>{_LAST_WORD_OR_NAME}))", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and\s+)*and\s+|\s+and$|^and\s+", re.IGNORECASE)
_ETAL = re.compile(
    r"(?:,?\s+|^)(?:et\.?\s+al\b\.?|u\.\s?a\.|and others|& others)\s*$", re.IGNORECASE
)
_AMPERSAND = re.compile(r"(,[^,{}]*?),?\s+\\?&\s+(?=[^,{}]+,)")
_OTHERS = re.compile(r"others|et\.?\s+al\.?|and\s+others", re.IGNORECASE)
# "Family, Given", perhaps with particles, with nothing that needs BibTeX's rules: nearly all names.
_PLAIN = re.compile(
    r"((?:(?:van|von|de|der|den|del|della|di|da|do|dos|du|des|la|le|ten|ter|zu|zum|el|al|af|av) )*)"
    r"([A-ZÀ-ÖØ-Þ][^\s,{}]*(?: (?=[^\s,]*[a-zß-öø-ÿ])[^\s,{}]+)*), ([^\s,{}](?:[^,{}]*[^,{}\s])?)"
    r"|\{([^{}]+)\}"
)
# Degrees that are no initials, behind the given names: "Lee, Ann PhD".
_BEHIND = re.compile(
    r"(?<=[\w.])[ ,]+(Ph\.?\s?D|M\.?Sc|B\.?Sc|M\.?P\.?H|M\.?S\.?W|L\.?C\.?S\.?W|Psy\.?D|Ed\.?D|"
    r"D\.?Phil|FRCP)\.?$"
)
_HARD = re.compile(
    r"[\\~;&<$=]|--|``|''| AND | And | and$| et al|[, ] ?(?:[JS]n?r|II|III|IV)\b|"
    r"Ph\.?\s?D\b|Sc\b|M\.?P\.?H\b|S\.?W\b|[yd]\.?D\b|D\.?Phil|FRCP|"
    rf"\b(?i:{_LAST_WORD}|{_LAST_WORD_OR_NAME}), |, (?:{_GOVERNING})"
)


def _body_in_parts(family: str, given: str) -> str:
    """A body that a program or a team divided as a person; nothing if it may be a person.

    >>> _body_in_parts("Organization", "World Health"), _body_in_parts("Board", "Ruth")
    ('World Health Organization', '')
    >>> _body_in_parts("Brasil", "Ministério da Saúde")
    'Brasil, Ministério da Saúde'
    """
    if found := _TURNED.fullmatch(family):
        return f"{given} {family}" if not found["perhaps"] or _FIRST_WORD.search(given) else ""
    if not re.match(_GOVERNING, given):
        return ""
    return f"{given} {family}" if re.search(r" (?:of|for|d[aeo])$", given) else f"{family}, {given}"


def _told_body(shown: str) -> str:
    return f"{shown!r} was taken for the name of a body"


_LETTER = (
    r"\\(?:['`^\"~=.](?:\{(?:[A-Za-z]|\\[ij])\}|\\[ij](?![A-Za-z])|[A-Za-z])"
    r"|[uvHcdbrkt]\{[A-Za-z]\}"
    r"|(?:ss|oe|OE|ae|AE|aa|AA|o|O|l|L)(?:\{\}|(?![A-Za-z ])))"
)
_LETTERS = re.compile(rf"\{{{_LETTER}\}}|{_LETTER}")
_PART = re.compile(
    r"^\s*(family|given|prefix|suffix|useprefix|[a-z]+-i)\s*=\s*(.*?)\s*$",
    re.IGNORECASE | re.DOTALL,
)


def is_initials(word: str) -> bool:
    """Whether a word is the initials of given names, as databases write them.

    >>> [is_initials(word) for word in ("C.", "JP", "J.-P.", "Li", "UNICEF")]
    [True, True, True, False, False]
    """
    letters = re.sub(r"[.\-‐‑]", "", word)
    return 1 <= len(letters) <= 3 and letters.isalpha() and letters.isupper()


def read_names(written: str) -> Names:
    r"""The names of a field of BibTeX, however a reference manager wrote them.

    Parameters
    ----------
    written : the field, with LaTeX as it stands in the file.

    >>> names = read_names(r"Lee, B. AND \O{}stergaard, Ida and others")
    >>> [name.family for name in names.people], names.others
    (['Lee', 'Østergaard'], True)
    >>> read_names("Kim, A.; Lee, B.").told
    ('The names are divided by semicolons, not by "and"; understood as: Kim, A. and Lee, B.',)
    """
    text = " ".join(written.split()) if "\n" in written or "  " in written else written
    if "\\" in text:
        # A letter with its accent divides no name: decoded first, most names are plain.
        text = _LETTERS.sub(_letter, text)
    if not _HARD.search(text):
        persons = text.split(" and ")
        # Programs protect the words as they protect a body.
        others = _OTHERS.fullmatch(persons[-1].strip("{}")) is not None
        names = []
        for person in persons[:-1] if others else persons:
            found = _PLAIN.fullmatch(person)
            if found is None:
                break
            particles, family, given, body = found.groups()
            names.append(Name("", "", body) if body else Name(given, particles.rstrip(), family))
        else:
            return Names(tuple(names), others)
    return _read(written)


def _letter(found: re.Match[str]) -> str:
    return _decoded_letter(found[0])


@lru_cache(maxsize=1024)
def _decoded_letter(written: str) -> str:
    return decode(written)


@lru_cache(maxsize=16384)
def _read(written: str) -> Names:
    text = " ".join(written.split())
    told: list[str] = []
    others = False
    bare = _ETAL.sub("", _masked(text))
    if len(bare) < len(text) and bare:
        text, others = text[: len(bare)].rstrip(" ,;"), True
    people: list[Name] = []
    initials: list[Name] = []
    how = ""
    if "&" in text:
        parted = _AMPERSAND.sub(r"\1 and ", text)
        how, text = "ampersands" if parted != text else "", parted
    persons = _with_bodies_whole(_divided(text, _AND))
    if any(";" in _masked(person) for person in persons):
        split = [part for person in persons for part in _divided(person, re.compile(r"\s*;\s*"))]
        how = "semicolons"
        persons = split
    for number, person in enumerate(persons):
        if _OTHERS.fullmatch(person.strip("{}")):
            if number == len(persons) - 1:
                others = True
                continue
            told.append('"others" stands between the names; it is understood only at their end')
            others = True
            continue
        found, kind = _persons(person)
        people += found
        if kind == "commas":
            how = how or "commas"
        elif kind == "initials":
            initials += found
        elif kind:
            told.append(kind)
    if how:
        shown = " and ".join(inverted(name) for name in people)
        told.insert(0, f'The names are divided by {how}, not by "and"; understood as: {shown}')
    elif initials:
        told.insert(0, told_initials(initials))
    return Names(tuple(people), others, tuple(dict.fromkeys(told)))


def told_initials(names: Sequence[Name]) -> str:
    """What is said of names such as ``Moreau C.``, whose parts were told apart by their look."""
    shown = "; ".join(inverted(name) for name in names)
    return f"Names without a comma were understood as family name and initials: {shown}"


def _with_bodies_whole(persons: list[str]) -> list[str]:
    """Bodies whose own "and" divided them, such as "Health, Education, and Welfare"."""
    whole: list[str] = []
    for person in persons:
        before = whole[-1] if whole else ""
        if before.endswith(",") and "," not in person and _BODY.search(before):
            whole[-1] = f"{before} and {person}"
        else:
            whole.append(person)
    return whole


def _masked(text: str) -> str:
    """The text with a mark for all that stands in braces, of the same length."""
    if "{" not in text and "\\" not in text:
        return text
    marked, depth, escaped = [], 0, False
    for sign in text:
        if escaped:
            marked.append("\0")
            escaped = False
            continue
        if sign == "\\":
            escaped = True
            marked.append("\0")
            continue
        depth += sign == "{"
        marked.append("\0" if depth > 0 or sign == "}" else sign)
        depth -= sign == "}" and depth > 0
    return "".join(marked)


def _divided(text: str, sign: re.Pattern[str]) -> list[str]:
    """The parts of a text between signs that stand outside of braces; empty ones left out."""
    parts, start = [], 0
    for found in sign.finditer(_masked(text)):
        parts.append(text[start : found.start()].strip())
        start = found.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


_COMMA = re.compile(r"\s*,\s*")
_SPACE = re.compile(r"[\s~]+")


def _persons(person: str) -> tuple[list[Name], str]:
    """One name between two ``and``, or several that commas divide; and what was not certain."""
    masked = _masked(person)
    if not masked.strip("\0"):
        return [Name("", "", decode(person))], ""  # all in braces: a body
    if "=" in masked and re.search(r"(?:^|,)\s*family\s*=", masked):
        return [_of_parts(person)], ""
    parts = [part for part in _divided(person, _COMMA) if _words(part)]
    if not parts:
        return [], "A name is empty"
    if len(parts) == 1:
        return _without_comma(parts[0])
    if len(parts) == 2:
        if all(_surname_first(part) for part in parts):
            return [_surname_first(part) or Name() for part in parts], "commas"
        if _is_whole(parts[0]) and _is_whole(parts[1]):
            return [_without_comma(part)[0][0] for part in parts], "commas"
        if _SURE_SUFFIX.fullmatch(parts[1]):
            name = _without_comma(parts[0])[0][0]
            return [Name(name.first, name.von, name.last, decode(parts[1]))], ""
        if body := _body_in_parts(decode(parts[0]), decode(parts[1])):
            return [Name("", "", body)], _told_body(body)
        if found := _BEHIND.search(parts[1]):
            name = _inverted(parts[0], parts[1][: found.start()])
            return [name], _told_degree(found[1], parts[0])
        return [_inverted(parts[0], *_suffix_behind(parts[1]))], ""
    if len(parts) == 3:
        if _SUFFIX.fullmatch(parts[1]):
            return [_inverted(parts[0], parts[2], parts[1])], ""
        if _SUFFIX.fullmatch(parts[2]):  # as RIS orders them
            return [_inverted(parts[0], parts[1], parts[2])], ""
    while (
        len(parts) > 2
        and _DEGREE.fullmatch(parts[-1])
        and not is_initials(parts[-1].replace(".", "")[:2] + "x")
    ):
        degree = parts.pop()
        if len(parts) == 2:
            return [_inverted(*parts)], _told_degree(degree, parts[0])
    return _by_commas(person, parts)


def _is_whole(part: str) -> bool:
    """Whether a part before or after a comma is a person with initials, then a family name."""
    *before, last = _words(part)
    return any(map(is_initials, before)) and len(last) > 2 and not is_initials(last)


def _told_degree(degree: str, family: str) -> str:
    name = decode(family)
    return f"{decode(degree)!r} was taken for a degree and left out of the name of {name}"


def _by_commas(person: str, parts: Sequence[str]) -> tuple[list[Name], str]:
    """Three or more parts between commas: people, or one body."""
    if all(_surname_first(part) for part in parts):
        return [_surname_first(part) or Name() for part in parts], "commas"
    if _BODY.search(decode(person)) and not any(is_initials(w) for p in parts for w in p.split()):
        shown = decode(person)
        return [Name("", "", shown)], _told_body(shown)
    people: list[Name] = []
    rest = list(parts)
    while rest:
        here = rest.pop(0)
        if alone := _surname_first(here):
            people.append(alone)
        elif rest and (all(is_initials(w) for w in rest[0].split()) or len(rest[0].split()) <= 2):
            given = rest.pop(0)
            suffix = rest.pop(0) if rest and _SUFFIX.fullmatch(rest[0]) else ""
            people.append(_inverted(here, given, suffix))
        else:
            people += _without_comma(here)[0]
    return people, "commas"


def _words(text: str) -> list[str]:
    return _divided(text, _SPACE)


def _lower(word: str) -> bool:
    """Whether a word of a name begins in lower case, as particles do; words in braces never do."""
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letters = decode(word).lstrip("'’`‘(")
    return bool(letters) and letters[0].islower()


def _inverted(left: str, given: str, suffix: str = "") -> Name:
    """``von Last, First``."""
    words = _words(left)
    if not suffix and len(words) > 1 and _LATE_SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()  # "Davis Jr, John", as Google Scholar has it
    end = 0
    while end < len(words) - 1 and _lower(words[end]):
        end += 1
    return Name(
        decode(given), decode(" ".join(words[:end])), decode(" ".join(words[end:])), decode(suffix)
    )


def _surname_first(text: str) -> Name | None:
    """``Moreau C.``, as databases write it; ``None`` for any other name."""
    words = _words(text)
    at = len(words)
    while at > 1 and is_initials(words[at - 1]) and not re.fullmatch(r"I{2,3}|IV", words[at - 1]):
        at -= 1
    family = words[:at]
    suffix = ""
    if at == len(words) and at > 2 and _SUFFIX.fullmatch(words[-1]) and is_initials(words[-2]):
        at, suffix = at - 2, words[-1]
        family = words[:at]
        given = words[at : at + 1]
    else:
        given = words[at:]
    if not given or not family or (is_initials(family[0]) and len(family[0].strip(".")) == 1):
        return None
    if len(family) > 3 or _BODY.search(decode(text)) or any(re.search(r"\d", w) for w in words):
        return None
    # "A. B. Lee" has its initials first; "UK NHS" is all capitals and stays a body.
    if any("." in word and is_initials(word) for word in family):
        return None
    if (
        len(words) == 2
        and words[0].isupper()
        and len(words[0]) <= 4
        and words[0].isascii()
        and "." not in words[1]
    ):
        return None
    return _inverted(" ".join(family), " ".join(given), suffix)


_OF_DBLP = re.compile(r"(?<=[^\W\d]) 0\d{3}$")


def _without_comma(text: str) -> tuple[list[Name], str]:
    # DBLP tells people of one name apart by a number.
    text = _OF_DBLP.sub("", text)
    words = _words(text)
    shown = decode(text)
    if not shown.strip():
        return [], "A name is empty"
    if len(words) == 1:
        return [Name("", "", shown)], ""
    if found := _surname_first(text):
        return [found], "initials"
    if (len(words) > 2 and _BODY.search(shown)) or (
        len(words) == 2 and _BODY.search(shown) and not is_initials(words[0])
    ):
        return [Name("", "", shown)], (
            f"{shown!r} was taken for the name of a body; two braces make it one for certain: "
            f"{{{{{shown}}}}}"
        )
    if unicodedata.name(shown[0], "").startswith(("CJK", "HANGUL", "HIRAGANA", "KATAKANA")):
        return [Name(decode(" ".join(words[1:])), "", decode(words[0]))], ""
    suffix = ""
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) and not is_initials(words[-1][:1] + "x"):
        suffix = words.pop()
    small = [n for n, word in enumerate(words[:-1]) if n and _lower(word)]
    if _lower(words[0]):
        small = [0, *small]
    if not small:
        return [Name(decode(" ".join(words[:-1])), "", decode(words[-1]), decode(suffix))], ""
    begin, end = small[0], small[-1] + 1
    return [
        Name(
            decode(" ".join(words[:begin])),
            decode(" ".join(words[begin:end])),
            decode(" ".join(words[end:])),
            decode(suffix),
        )
    ], ""


def _of_parts(person: str) -> Name:
    """Biblatex's ``family=Montes, given=Rosa, prefix=de, useprefix=true``."""
    said: dict[str, str] = {}
    for part in _divided(person, _COMMA):
        if found := _PART.match(part):
            said[found[1].lower()] = decode(found[2].strip("\"'"))
    prefix, given = said.get("prefix", ""), said.get("given", "")
    if prefix and said.get("useprefix", "").lower() == "false":
        given, prefix = f"{given} {prefix}".strip(), ""
    return Name(given, prefix, said.get("family", ""), said.get("suffix", ""))


# --- names of other formats ---------------------------------------------------------------------


def read_name(text: str) -> tuple[Name, str]:
    """A name as RIS and databases write it, without LaTeX; and what was not certain.

    What is told is ``"initials"`` for a name such as ``Moreau C.`` (:func:`told_initials` says it
    for all of an entry), else a sentence, else nothing.

    >>> read_name("Roberts, Sam, Jr.")[0]
    Name(first='Sam', von='', last='Roberts', jr='Jr.')
    >>> read_name("Moreau C.")[0].family, read_name("Guild of Gardeners")[0].family
    ('Moreau', 'Guild of Gardeners')
    """
    text = " ".join(text.split()).strip(" ;")
    if body := re.fullmatch(r"\{+([^{}]+)\}+", text):
        return Name("", "", body[1].strip()), ""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    degrees: list[str] = []
    while len(parts) > 2 and _DEGREE.fullmatch(parts[-1]) and not _SUFFIX.fullmatch(parts[-1]):
        degrees.insert(0, parts.pop())
    if degrees and len(parts) == 2:
        return _plain_inverted(*parts), _told_degree(", ".join(degrees), parts[0])
    if len(parts) == 1:
        text = parts[0]
        found = _surname_first(text)
        if found:
            return found, "initials"
        if " " not in text:
            return Name("", "", text), ""
        return Name("", "", text), (
            ""
            if _BODY.search(text)
            else f"{text!r} has no comma and was taken for the name of a body"
        )
    if len(parts) == 2:
        if _SURE_SUFFIX.fullmatch(parts[1]) and " " in parts[0]:
            return Name("", "", text), ""
        if turned := _body_in_parts(*parts):
            return Name("", "", turned), _told_body(turned)
        # "Department for Environment, Food and Rural Affairs": no family name is like that.
        given_words = parts[1].split()
        if (
            len(_BODY.findall(parts[0]))
            and " " in parts[0]
            and not all(map(is_initials, given_words))
        ):
            return Name("", "", text), _told_body(text)
        given, suffix = _suffix_behind(parts[1])
        if suffix:
            return _plain_inverted(parts[0], given, suffix), ""
        if behind := _BEHIND.search(parts[1]):
            name = _plain_inverted(parts[0], parts[1][: behind.start()])
            return name, _told_degree(behind[1], parts[0])
        return _plain_inverted(parts[0], parts[1]), ""
    if len(parts) == 3:
        # RIS has the suffix last; "IV" before it are initials.
        if _SUFFIX.fullmatch(parts[2]):
            return _plain_inverted(*parts), ""
        if _SUFFIX.fullmatch(parts[1]):
            return _plain_inverted(parts[0], parts[2], parts[1]), ""
    if not parts:
        return Name(), ""
    return Name("", "", text), _told_body(text)


def _suffix_behind(given: str) -> tuple[str, str]:
    """Given names, and the suffix that PubMed has after them: "King, Martin Luther Jr"."""
    *names, last = given.split()
    if names and _LATE_SUFFIX.fullmatch(last) and not (is_initials(last) and len(names) == 1):
        return " ".join(names), last
    return given, ""


_LATE_SUFFIX = re.compile(r"[JS]r\.?|2nd|3rd|4th|II|III|IV")


def several_names(text: str) -> tuple[Name, ...]:
    """The names of a line that holds several, though its format wants one on each; else none.

    >>> [name.family for name in several_names("Lee J, van Dijk K")]
    ['Lee', 'van Dijk']
    >>> [name.initials for name in several_names("Lee, J., Roux, K. L., & Ek, M.")]
    ['J.', 'K. L.', 'M.']
    >>> several_names("Lee, Ann, Jr."), several_names("Ministry of Work, Office of Pay, Wales")
    ((), ())
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    alone = [_surname_first(part) for part in parts]
    if len(parts) > 1 and all(alone):
        return tuple(name for name in alone if name)
    if not re.search(r"\s(?:and|&)\s", text) and len(parts) < 3:
        return ()
    if read_name(text)[0] != Name("", "", text):
        return ()
    people = read_names(text).people
    whole = len(people) > 1 and all(name.first and name.last for name in people)
    return people if whole and not _BODY.search(text) else ()


def _plain_inverted(left: str, given: str, suffix: str = "") -> Name:
    words = left.split()
    if not suffix and len(words) > 1 and _LATE_SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()  # "Davis Jr, John", as Google Scholar has it
    end = 0
    while end < len(words) - 1 and words[end].lstrip("'’")[:1].islower():
        end += 1
    return Name(given, " ".join(words[:end]), " ".join(words[end:]), suffix)


def name_of_csl(said: Mapping[str, object]) -> Name:
    """A name of CSL-JSON.

    >>> name_of_csl({"family": "Dijk", "given": "A.", "non-dropping-particle": "van"}).family
    'van Dijk'
    """

    def part(key: str) -> str:
        return " ".join(str(said.get(key) or "").split())

    if part("literal") or part("name"):
        return Name("", "", part("literal") or part("name"))
    given = " ".join(p for p in (part("given"), part("dropping-particle")) if p)
    if given and (body := _body_in_parts(part("family"), given)):
        return Name("", "", body)
    return Name(given, part("non-dropping-particle"), part("family"), part("suffix"))


def inverted(name: Name) -> str:
    """A name as ``van Dijk, Arthur, Jr.``."""
    return ", ".join(part for part in (name.family, name.first, name.jr) if part)
