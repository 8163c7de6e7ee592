"""Which rows are about the same study: by key, record, DOI, PubMed id, title, author and year.

Two studies never become one and one never becomes two without a word: rows that agree in one of
these and differ in another are kept apart or joined by a rule that is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations

from synth.references.matching import AND_OTHERS
from synth.references.typed import typed_reference
from synth.references.work import DOI
from synth.starter.columns.headings import STUDY_IDS, plain
from synth.starter.likeness import alike
from synth.starter.recipe import SheetRecipe
from synth.starter.sheet import Row
from synth.starter.spreadsheet import folded
from synth.starter.values import headings, unknown, without_marks, year_in

KINDS = ("key", "record", "doi", "pmid", "title", "label")
"""What tells a study, the surest first."""

_DETAILS = ("author", "year", "journal", "volume", "issue", "pages", "url")
_TELLING = ("key", "record", "doi", "pmid", "title", "study", *_DETAILS)
# Words of a name that begin with a small letter.
_PARTICLES = frozenset(
    (
        *("et", "al", "and", "und", "y", "e", "en", "og", "och", "&", "da", "di", "de", "del"),
        *("della", "der", "den", "des", "du", "van", "von", "zu", "la", "le", "el", "bin", "ibn"),
        *(
            "ter",
            "ten",
            "t",
            "s",
            "dos",
            "das",
            "do",
            "of",
            "for",
            "the",
            "on",
            "i",
            "colleagues",
            "others",
        ),
    )
)
_YEAR = re.compile(r"(?<!\d)((?:1[6-9]|20)\d\d)([a-z]?)(?!\d)")


@dataclass(frozen=True)
class Identity:
    """What a row says about which study it means; empty where it says nothing.

    Parameters
    ----------
    key, record, doi, pmid, title, label : what tells a study, as it is compared.
    details : the same and all else that a reference needs, as the team wrote it.
    space : the column the record id is from: numbers of two programs are not compared.
    """

    key: str = ""
    record: str = ""
    doi: str = ""
    pmid: str = ""
    title: str = ""
    label: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    space: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS)

    @property
    def shown(self) -> str:
        """What a team member recognises the study by."""
        told = self.details
        return next(
            (told[kind] for kind in ("label", "title", *KINDS) if told.get(kind)), "a study"
        )


# The number of a reference or a footnote: "Lee et al. [12]", "Lee and Roux3 (2011)".
_REFERENCE_MARK = re.compile(
    r"\s*\[\d{1,3}\]|(?<=[^\W\d_]{2})(?<!\d)\d{1,2}(?=[\s,(]|$)|(?<=al\.)\d{1,3}"
)


# "d'Arcy", "al-Masri" and "deVries": the particle stands in one word with the name.
_JOINED_PARTICLE = re.compile(
    r"\(?(?:[a-z]{1,5}['’ʼ‘`]|(?:al|el|ad|as|ibn|bin|abu|ben)[-‐‑]|"
    r"d[aeiu]|del|della|l[ae]|van|von|ter|ten)[^\W\d_a-zß-öø-ÿ]"
)


@lru_cache(maxsize=16384)
def author_and_year(label: str) -> tuple[str, str] | None:
    """The authors and the year that a label names, or nothing if it is a title or an id.

    >>> author_and_year("Lee & Roux (2019)"), author_and_year("Jansen, et al, (2025), J. of X")
    (('Lee & Roux', '2019'), ('Jansen, et al', '2025'))
    >>> author_and_year("Roux3 & Ek7 (2011)"), author_and_year("Lee et al. [12]")
    (('Roux & Ek', '2011'), ('Lee et al', ''))
    >>> author_and_year("Stigma and pay 2019"), author_and_year("PMID_31234567")
    (None, None)
    >>> author_and_year("O'Brien & d'Arcy 2011"), author_and_year("al-Masri and deVries, 2012")
    (("O'Brien & d'Arcy", '2011'), ('al-Masri and deVries', '2012'))
    """
    found = _YEAR.search(label[:300])
    if not found:
        if not AND_OTHERS.search(label) or len(label) > 60:
            return None
        names, year = label, ""
    else:
        names, year = label[: found.start()], found[1] + found[2]
    names = _REFERENCE_MARK.sub("", names).strip(" ,;:([_-.\t")
    words = [word for word in re.split(r"[\s,;/]+", names) if word]
    if not words or len(words) > 12 or any(sign.isdigit() for sign in names):
        return None
    for word in AND_OTHERS.sub(" ", names).split():
        first = next((sign for sign in word if sign.isalpha()), "")
        joined = _JOINED_PARTICLE.match(word)
        if first.islower() and not joined and word.strip(".'’()").casefold() not in _PARTICLES:
            return None
    if not any(sign.isalpha() for sign in names):
        return None
    return names, year


@lru_cache(maxsize=1)
def _title_headings() -> frozenset[str]:
    return frozenset(folded(word) for word in headings()["title"])


@lru_cache(maxsize=1)
def _author_headings() -> frozenset[str]:
    return frozenset(folded(word) for word in headings()["author"])


@lru_cache(maxsize=16384)
def spoken(label: str) -> str:
    """A label without what is written in one style of citing and not in another.

    >>> spoken("Lee et al. (2020)") == spoken("Lee, 2020")
    True
    """
    words = folded(AND_OTHERS.sub(" ", label)).split()
    return " ".join(word for word in words if word not in ("et", "al", "and", "und")) or " ".join(
        words
    )


def identity(row: Row, recipe: SheetRecipe, label: str | None = None) -> Identity:
    """What a row says about its study.

    Parameters
    ----------
    row : the row.
    recipe : what its columns are.
    label : what the study is called, where the cell names several.
    """
    told: dict[str, str] = {}
    for use, name in recipe.pairs(*_TELLING):
        cell = " ".join(row.cells.get(name, "").split())
        cell = recipe.values.get(name, {}).get(cell, cell)
        if use == "study" and _YEAR.search(cell):
            cell = _cited(cell)
        if cell and not unknown(cell):
            kind = "label" if use == "study" else use
            if use == "study" and folded(name) in _title_headings():
                kind = "title"
            if kind == "record" and kind not in told:
                told["space"] = folded(name)
            told.setdefault(kind, cell)
            if use == "study" and folded(name) in _author_headings() and not _YEAR.search(cell):
                told.setdefault("author", cell)
    if label is not None:
        # A cell with several studies: what else the row says is not told apart.
        said = recipe.values.get(recipe.one("study"), {})
        told = {"label": said.get(label, label)}
    return of_words(told)


def of_words(told: Mapping[str, str]) -> Identity:
    """An identity from what is written, each put where it belongs.

    A DOI, a number or a code in place of the name of a study is an id, not a name.

    >>> made = of_words({"label": "PMID_31234567", "title": "Stigma and pay", "year": "2019"})
    >>> made.pmid, made.label, made.title
    ('31234567', '', 'stigma and pay')
    """
    said = dict(told)
    if parts := dict(typed_reference(said.get("label", ""))):
        # A whole reference: what it says is told part by part, and the study by author and year.
        families = [name.split(",")[0] for name in parts["author"].split("; ")]
        more = families[1:2] if len(families) == 2 else []
        names = " & ".join([families[0], *more]) + (" et al." if len(families) > 2 else "")
        said = {**parts, **said, "label": f"{names} {parts['year']}", "typed": said["label"]}
    if year := year_in(said.get("year", "")):
        said["year"] = year
    if "label" in said:
        said["label"] = _FILE_ENDING.sub("", said["label"])
    named = _FILE_NAME.fullmatch(said.get("label", ""))
    if named and author_and_year(f"{named[1]} {named[2]}"):
        said["label"] = f"{named[1]} {named[2]}"
        said.setdefault("title", named[3])
    for kind in ("record", "label", "pmid"):
        if number := re.fullmatch(r"(\d+)\.0?", said.get(kind, "")):
            said[kind] = number[1]
    if pmc := re.fullmatch(r"(?:pmcid:?\s*)?(pmc\d{4,9})", said.get("pmid", ""), re.IGNORECASE):
        # A number of PubMed Central is none of PubMed.
        said.setdefault("url", f"https://www.ncbi.nlm.nih.gov/pmc/articles/{pmc[1].upper()}/")
        del said["pmid"]
    elif number := re.fullmatch(r"\D{0,8}(\d{4,9})", said.get("pmid", "")):
        said["pmid"] = number[1]
    label = said.get("label", "")
    if re.fullmatch(r"[(\[]\d{1,4}[)\]]", label):
        label = said["label"] = label.strip("()[]")
    elif label:
        label = said["label"] = without_marks(label)
    spelled = author_and_year(label)
    plain = re.sub(r"^(?:https?://)?(?:dx\.|www\.)?(?:doi\.org/|doi:\s*)", "", label.casefold())
    doi = DOI.search(plain[:500])
    if label and doi and len(doi[0]) * 2 > len(plain):
        said.setdefault("doi", doi[0])
        del said["label"]
    elif label and doi and "doi" not in said:
        said["doi"] = doi[0]  # a whole reference that ends in its DOI
    elif label and spelled is None and _is_id(label):
        pmid = re.fullmatch(r"pmid\D{0,3}(\d{4,9})", label, re.IGNORECASE)
        said.setdefault("pmid" if pmid else "record", pmid[1] if pmid else label)
        if pmid:
            said.setdefault("record", label)
        del said["label"]
    elif label and not spelled and "title" not in said and len(label.split()) > 3:
        said["title"] = label
    if "label" in said and "year" in said and not _YEAR.search(said["label"]):
        dated = f"{said['label']} {said['year']}"
        said["label"] = dated if author_and_year(dated) else said["label"]
    elif "label" not in said and "author" in said:
        first = re.split(r";|\band\b|&", said["author"])[0]
        said["label"] = f"{first.split(',')[0].strip()} {said.get('year', '')}".strip()
    found = DOI.search(said.get("doi", ""))
    number = re.search(r"\d{4,9}", said.get("pmid", ""))
    return Identity(
        key=said.get("key", "").casefold(),
        record=said.get("record", "").lstrip("#").casefold(),
        doi=found[0].casefold().rstrip(".,;") if found else "",
        pmid=number[0] if number else "",
        title=folded(said.get("title", "").replace("&", " and ")) or said.get("title", ""),
        label=spoken(said.get("label", "")) or said.get("label", ""),
        details=said,
        space=said.get("space", ""),
    )


_FILE_ENDING = re.compile(r"(?<=\w)\.(?:pdf|docx?|txt|rtf|odt|html?|md|epub)$", re.IGNORECASE)
# As Zotero names files: "Lee et al. - 2020 - Stigma and pay".
_FILE_NAME = re.compile(r"(.{2,60}?) - ((?:19|20)\d\d[a-z]?) - (.{3,})")
_ID = re.compile(
    r"#?\d+(?:\.0)?|[A-Za-z]{1,12}[\s_#:.-]{0,2}\d{1,12}|[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*|"
    r"(?i:rayyan-\d+|rid_?\d+)"
)


def _is_id(label: str) -> bool:
    """Whether a label is a number, a code such as ``S12`` or a hash."""
    return _ID.fullmatch(label) is not None


# --- studies ------------------------------------------------------------------------------------


@dataclass
class StudyRows:
    """A study in the making: everything its rows say of who it is, and where they stand.

    Parameters
    ----------
    said : by kind the different values, in the order they occur.
    details : what a reference needs, the first that is said of each.
    places : sheet and line of each row.
    names : what its rows call it.
    records : its record ids by the column they are from.
    """

    said: dict[str, dict[str, None]] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    places: list[tuple[int, int]] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    records: dict[str, set[str]] = field(default_factory=dict)

    def take(self, who: Identity, place: tuple[int, int] | None) -> None:
        """Add what a row says."""
        for kind in KINDS:
            if value := getattr(who, kind):
                self.said.setdefault(kind, {})[value] = None
        if who.record:
            self.records.setdefault(who.space, set()).add(who.record)
        for name, value in who.details.items():
            self.details.setdefault(name, value)
        if who.details.get("label"):
            self.names[who.details["label"]] = None
        if place is not None:
            self.places.append(place)

    @property
    def who(self) -> Identity:
        """The study as one identity."""
        first = {kind: next(iter(self.said.get(kind, {"": None}))) for kind in KINDS}
        return Identity(**first, details=self.details)

    @property
    def shown(self) -> str:
        """What a team member recognises the study by."""
        return self.who.shown


@dataclass
class Studies:
    """The studies that the rows of all tables are about.

    Parameters
    ----------
    groups : each study.
    of_row : for sheet, line and number within the cell, the index of the study.
    apart : what was kept apart or joined, and why: cause, and an example.
    unclear : rows whose study could be several: place and the studies.
    """

    groups: list[StudyRows] = field(default_factory=list)
    of_row: dict[tuple[int, int, int], int] = field(default_factory=dict)
    apart: dict[str, list[str]] = field(default_factory=dict)
    unclear: list[tuple[tuple[int, int], Identity, list[int]]] = field(default_factory=list)
    _index: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def tell(self, cause: str, example: str) -> None:
        """Remember something the team should know."""
        told = self.apart.setdefault(cause, [])
        if example not in told:
            told.append(example)

    def add(self, rows: Iterable[tuple[tuple[int, int, int], Identity]]) -> None:
        """Take rows in: first those that say more than a name, then those that say only that."""
        told = list(rows)
        for surely in (True, False):
            for place, who in told:
                if surely == any(getattr(who, kind) for kind in KINDS[:-1]):
                    self._place(place, who)

    def _place(self, place: tuple[int, int, int], who: Identity) -> None:
        found, candidates = self._find(who)
        if found is None and len(candidates) > 1:
            self.unclear.append((place[:2], who, candidates))
            return
        if found is None:
            found = len(self.groups)
            self.groups.append(StudyRows())
        group = self.groups[found]
        group.take(who, place[:2])
        for kind in KINDS:
            value = getattr(who, kind)
            if value and found not in self._index.setdefault((kind, value), []):
                self._index[kind, value].append(found)
        self.of_row[place] = found

    def _find(self, who: Identity) -> tuple[int | None, list[int]]:
        for kind in KINDS:
            value = getattr(who, kind)
            if not value:
                continue
            agreeing = []
            for index in self._index.get((kind, value), ()):
                reason = self._conflict(self.groups[index], who, kind)
                if not reason:
                    agreeing.append(index)
                    continue
                name = {"label": "name", "record": "record id", "pmid": "PubMed id"}.get(kind, kind)
                name = "DOI" if kind == "doi" else name
                self.tell(
                    f"the same {name} with another {reason} is another study",
                    f"{who.details.get(kind, value)!r}",
                )
            if len(agreeing) == 1:
                self._tell_joined(agreeing[0], who, kind)
                return agreeing[0], agreeing
            if len(agreeing) > 1:
                return None, agreeing
        return None, []

    def _conflict(self, group: StudyRows, who: Identity, kind: str) -> str:
        """What speaks against a row being about a study that agrees with it in one kind."""

        def differ(other: str) -> bool:
            value = getattr(who, other)
            if other == "record":
                return bool(value) and value not in group.records.get(who.space, {value})
            return bool(value and group.said.get(other) and value not in group.said[other])

        title = bool(who.title) and not self._alike(who.title, group.said.get("title", {}))
        if kind == "record" and who.space not in group.records and differ("label"):
            return "name"
        if kind in ("key", "record"):
            return "title" if title and not self._same_doi(group, who) else ""
        if kind in ("doi", "pmid"):
            return "title" if title and (differ("label") or not who.label) else ""
        if kind == "title":
            if differ("record") and differ("doi"):
                return "DOI"
            if differ("doi"):
                return "DOI" if not self._same_record(group, who) else ""
            if differ("pmid"):
                return "PubMed id"
            if differ("record"):
                return "record id"
            if differ("label") and differ_in_year(who, group):
                return "author and year"
            return ""
        for other, name in (("doi", "DOI"), ("pmid", "PubMed id"), ("record", "record id")):
            if differ(other):
                return name
        if title:
            return "title"
        if kind == "label" and not who.title and other_journal(who, group):
            return "journal"
        return "key" if differ("key") else ""

    @staticmethod
    def _same_doi(group: StudyRows, who: Identity) -> bool:
        return bool(who.doi) and who.doi in group.said.get("doi", {})

    @staticmethod
    def _same_record(group: StudyRows, who: Identity) -> bool:
        return bool(who.record) and who.record in group.said.get("record", {})

    @staticmethod
    def _alike(title: str, titles: Iterable[str]) -> bool:
        """Whether two titles can be the same one: cut short, or with a slip of the pen."""
        known = list(titles)
        if not known:
            return True
        for other in known:
            short, long = sorted((title[:300], other[:300]), key=len)
            if long.startswith(short) and len(short) >= min(20, len(long)):
                return True
            if difflib.SequenceMatcher(None, short, long).ratio() > 0.9:
                # "Part 1" and "Part 2" are alike in letters and are not the same.
                return re.findall(r"\d+", title) == re.findall(r"\d+", other)
        return False

    def _tell_joined(self, index: int, who: Identity, kind: str) -> None:
        """Say it where rows that spell a study differently are one study."""
        group = self.groups[index]
        if kind == "title" and who.label and who.label not in group.said.get("label", {}):
            if group.said.get("label"):
                other = next(iter(group.names), "")
                self.tell(
                    "rows of one title are one study, though its name is written differently",
                    f"{other!r} and {who.details.get('label')!r}",
                )
        elif who.title and group.said.get("title") and who.title not in group.said["title"]:
            self.tell(
                "titles that differ in a few letters are one study",
                f"{who.details.get('title')!r}",
            )
        elif kind == "label" and who.details.get("label") not in group.names:
            other = next(iter(group.names), "")
            self.tell(
                "names that differ only in the way of citing are one study",
                f"{other!r} and {who.details.get('label')!r}",
            )

    def nearly_alike(self) -> list[tuple[str, str]]:
        """Pairs of names that may be one study written in two ways."""
        names = [group.shown for group in self.groups]
        pairs: list[tuple[str, str]] = []
        by_year: dict[str, list[tuple[int, str]]] = {}
        for index, group in enumerate(self.groups):
            label = next(iter(group.said.get("label", {})), "")
            year = _YEAR.search(label)
            if year and len(label) < 200 and author_and_year(group.details.get("label", "")):
                by_year.setdefault(year[0], []).append((index, label))
        for listed in by_year.values():
            found = {*alike([label for _, label in listed])}
            by_author: dict[str, list[int]] = {}
            for at, (_, label) in enumerate(listed):
                by_author.setdefault(label.split()[0], []).append(at)
            for places in by_author.values():
                found.update(combinations(places, 2))
            for one, two in sorted(found):
                index, other = listed[one][0], listed[two][0]
                if not self._set_apart(index, other):
                    pairs.append((names[index], names[other]))
        return pairs

    def _set_apart(self, one: int, two: int) -> bool:
        """Whether title or DOI tell two studies apart, so that nobody has to ask."""
        first, second = self.groups[one].said, self.groups[two].said
        return any(
            first.get(kind) and second.get(kind) and not first[kind].keys() & second[kind].keys()
            for kind in ("doi", "pmid", "title", "key")
        )


def other_journal(who: Identity, group: StudyRows) -> bool:
    """Whether a study stood in another journal, not in the same one in a shorter spelling."""
    mine, theirs = (
        [word for word in folded(told.get("journal", "")).split() if word not in _PARTICLES]
        for told in (who.details, group.details)
    )
    if not mine or not theirs or mine[0][:2] == theirs[0][:2]:
        return False
    initials = ("".join(word[0] for word in words) for words in (mine, theirs))
    return not ({*initials} & {mine[0], theirs[0]}) and not {*mine} & {*theirs}


def differ_in_year(who: Identity, group: StudyRows) -> bool:
    """Whether author and year both speak for another study of the same title."""
    mine = author_and_year(who.details.get("label", ""))
    theirs = author_and_year(group.details.get("label", ""))
    if not mine or not theirs:
        return False
    return mine[1] != theirs[1] and spoken(mine[0]).split()[:1] != spoken(theirs[0]).split()[:1]


# Between "Lee 2020a" and the next study: the letter and the bracket belong to the first.
_BETWEEN = (
    r"(?:(?<=\d)|(?<=\d[a-z])|(?<=\d\))|(?<=\d[a-z]\)))"
    r"\s*(?:,|&|/|\+|\b(?:and|und|et|y|e|en|og|och)\b)\s*(?=[^\W\d_])"
)


_NEXT_BRACKET = re.compile(r"[\])]\s*[,;&]?\s*[\[(]")
_LAST = re.compile(
    r"(?<=[\d\])]),?\s*(?:&|\b(?:and|und|et|y|e|en|og|och|i|ve)\b)\s*(?=[\[(]?\w{0,4}\d)"
)
_PREFIX_OF_IDS = re.compile(r"[\[(]?([^\W\d_]{1,4}[-_ ]?)\d{1,3}(?!\d)")


def _numbers_of(cell: str) -> list[str]:
    """The numbers of a cell that cites by number, ranges written out; nothing if it is no list.

    >>> _numbers_of("[1-3, 5]"), _numbers_of("12"), _numbers_of("12-15"), _numbers_of("[2], [4]")
    (['1', '2', '3', '5'], [], [], ['2', '4'])
    >>> _numbers_of("S1, S3–S5 and S9"), _numbers_of("S1, T2")
    (['S1', 'S3', 'S4', 'S5', 'S9'], [])
    """
    cell = _LAST.sub(", ", _NEXT_BRACKET.sub(", ", cell))
    prefix = _PREFIX_OF_IDS.match(cell)
    if prefix and re.search(r"[,;–-]", cell):
        begin = prefix[1]
        plain = re.sub(rf"(?<![^\W\d_]){re.escape(begin)}(?=\d)", "", cell)
        return [f"{begin}{number}" for number in _numbers_of(f"[{plain.strip('[]() ')}]")]
    inner = cell.strip("[]() ")
    if not re.fullmatch(r"\d{1,4}(?:\s*[-–,;]\s*\d{1,4})+", inner):
        return []
    if inner == cell and not re.search(r"[,;]", inner):
        return []
    numbers: list[str] = []
    for part in re.split(r"\s*[,;]\s*", inner):
        first, *last = (int(number) for number in re.split(r"\s*[-–]\s*", part))
        if last and not first < last[0] <= first + 50:
            return []
        numbers += [str(number) for number in range(first, (last or [first])[0] + 1)]
    return [*dict.fromkeys(numbers)]


# Words before a study that belong to no name.
_LEADS = re.compile(
    r"(^|[;\n(])\s*(?:see(?: also)?|e\.g\.,?|i\.e\.,?|cf\.|compare|siehe(?: auch)?|vgl\.|"
    r"z\. ?B\.|voir(?: aussi)?|p\. ex\.|v[eé]ase)\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"(?P<names>[^;\n]*?[^\W\d_][^;\n\d]*?)(?P<first>(?<!\d)(?:19|20)\d\d[a-z]?)"
    r"(?P<rest>(?:\s*[,&/+]\s*(?:(?:19|20)\d\d[a-z]?|[a-z])(?![\w.]))+)(?=\)?\s*(?:[;\n]|$))"
)


@lru_cache(maxsize=16384)
def _cited(cell: str) -> str:
    """A cell without the brackets around all of it and words such as "see" before a study."""
    inner = cell.strip()
    if inner[:1] == "(" and inner[-1:] == ")" and not re.search(r"[()]", inner[1:-1]):
        inner = inner[1:-1]
    return _LEADS.sub(r"\1", inner)


@lru_cache(maxsize=16384)
def _years_apart(cell: str) -> str:
    """Several years of the same authors as a study for each: "Lee 2012a, b" names two."""

    def apart(found: re.Match[str]) -> str:
        names, first = found["names"], found["first"]
        if not author_and_year(f"{names}{first}"):
            return found[0]
        both = re.fullmatch(r"\s*/\s*((?:19|20)\d\d)", found["rest"])
        apart_by = int(both[1]) - int(first[:4]) if both else 0
        if apart_by == 1 or apart_by > 20:
            # First online, then in print; or a work of old that came out again.
            return found[0]
        close = ")" if names.rstrip().endswith("(") else ""
        listed = [first]
        for year in re.findall(r"(?:19|20)\d\d[a-z]?|[a-z]", found["rest"]):
            listed.append(year if year[0].isdigit() else f"{first[:4]}{year}")
        whole = "; ".join(f"{names}{year}{close}".strip() for year in listed)
        return whole.removesuffix(close)  # the last bracket is closed by what follows

    return _YEARS.sub(apart, cell)


def several_studies(cell: str, known: Sequence[str]) -> list[str]:
    """The studies of a cell that names several; one where it is a title or a single name.

    >>> several_studies("Lee 2020; Roux & Ek 2021", ()), several_studies("Pay; and hours", ())
    (['Lee 2020', 'Roux & Ek 2021'], ['Pay; and hours'])
    >>> several_studies("(see Lee, 2012a, 2012b; e.g. Ek 2019)", ())
    ['Lee, 2012a', 'Lee, 2012b', 'Ek 2019']
    >>> several_studies("Otte 1900/1953", ()), several_studies("Lee 2010/2015", ())
    (['Otte 1900/1953'], ['Lee 2010', 'Lee 2015'])
    """
    flat = " ".join(cell.split())
    if len(flat) > 1000:
        return [flat]
    if re.search(r"(?:19|20)\d\d", flat):
        cell = _years_apart(_cited(cell))
        flat = " ".join(cell.split())
    if listed := _numbers_of(flat):
        return listed
    for pattern in (r"\s*[;\n]\s*", _BETWEEN):
        parts = [" ".join(part.split()) for part in re.split(pattern, cell) if part.strip()]
        if len(parts) > 1:
            names = {spoken(name) for name in known}
            if all(
                (author_and_year(part) and _YEAR.search(part)) or spoken(part) in names
                for part in parts
            ):
                return parts
    return [flat] if flat else []


def without_row_numbers(rows: Sequence[Row], recipe: SheetRecipe) -> tuple[SheetRecipe, str]:
    """A recipe whose record ids tell studies; numbers of rows are kept as what they are.

    Parameters
    ----------
    rows : the rows of the table.
    recipe : what its columns are.

    Returns
    -------
    The recipe, and the column that only numbers the rows; empty if there is none.
    """
    record = recipe.one("record")
    others = recipe.of("study", "title", "doi", "pmid", "author")
    if not record or not others or recipe.rows != "codings" or plain(record) in STUDY_IDS:
        return recipe, ""
    numbers = [row.cells[record] for row in rows if row.cells[record]]
    if len(set(numbers)) < len(numbers):
        return recipe, ""
    named = [tuple(row.cells[name] for name in others) for row in rows]
    if len(set(named)) == len(named):
        return recipe, ""
    return replace(recipe, columns={**recipe.columns, record: "keep"}), record
