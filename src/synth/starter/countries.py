"""Countries as people write them, also in lists and in other languages, to one name each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

from synth.starter.lists import pieces
from synth.starter.values import bare, unknown

# Names are looked up in English first; an older meaning is never overwritten by a later language.
_LANGUAGES = (
    *("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu"),
    *("ro", "el", "tr", "ru", "uk", "bg", "hr", "sr", "sl", "ca", "eu", "gl", "et", "lv", "lt"),
    *("ar", "he", "fa", "hi", "bn", "ta", "th", "vi", "id", "ms", "ko", "ja", "zh", "zh_Hant"),
)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """The English common name by each way of writing it."""
    from babel import Locale
    from babel.core import get_global

    file = resources.files("synth.starter") / "files" / "countries.toml"
    ours = tomllib.loads(file.read_text(encoding="utf-8"))
    english = {
        code: name
        for code, name in Locale("en").territories.items()
        if re.fullmatch(r"[A-Z]{2}", code) and code not in _NO_COUNTRIES
    }
    common = {**{code: name.replace("’", "'") for code, name in english.items()}, **ours["common"]}
    names: dict[str, str] = {}
    for code, name in common.items():
        names.setdefault(_key(name), name)
        names.setdefault(_key(english[code]), name)
    for code, aliases in ours["aliases"].items():
        for alias in aliases:
            names.setdefault(_key(alias), common[code])
    for language in _LANGUAGES[1:]:
        for code, name in Locale.parse(language).territories.items():
            if code in common:
                names.setdefault(_key(name), common[code])
    for three, found in get_global("territory_aliases").items():
        if re.fullmatch(r"[A-Z]{3}", three) and len(found) == 1 and found[0] in common:
            names.setdefault(_key(three), common[found[0]])
    return names


# Codes of CLDR that are no countries: outlying oceans, unions, tests of programs.
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    from babel import Locale

    names = _names()
    return {
        code: names[_key(name)]
        for code, name in Locale("en").territories.items()
        if re.fullmatch(r"[A-Z]{2}", code) and _key(name) in names
    }


def _key(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", bare(name).replace("&", " and ").replace("’", "'")))


_BETWEEN = r"[,/+|]|\s(?:and|und|et|y|e|en|og|och|&)\s|&"


@lru_cache(maxsize=8192)
def country(name: str) -> str:
    """The English common name of a country; empty if the words are none that is known.

    >>> country("U.S.A."), country("Deutschland"), country("Viet Nam"), country("GB")
    ('United States', 'Germany', 'Vietnam', 'United Kingdom')
    >>> country("Wonderland")
    ''
    """
    known = _names()
    # "Other: Chad" is what a form keeps of a country that is not in its list.
    name = re.sub(r"^(?:others?|autres?|andere|otros?|outros?)\s*:\s*", "", name, flags=re.I)
    text = re.sub(r"\s*\((?:n\s*=\s*)?[\d.,% ]+\)", "", name).strip()
    if text in _codes():
        return _codes()[text]
    found = known.get(_key(text), "")
    within = re.search(r"\(([^()]+)\)", text)
    if not found and within and not re.search(_BETWEEN, text.replace(within[0], " ")):
        # "Ontario (Canada)" and "Georgia (USA)": the country is in the brackets.
        outside = known.get(_key(text.replace(within[0], " ")), "")
        inside = country(within[1])
        found = inside if not outside or outside == "Georgia" else ""
    if not found and "(" in text:
        # "Canada (Ontario)": the place in brackets says where in the country.
        found = known.get(_key(re.sub(r"\([^()]*\)", " ", text)), "")
    return found or known.get(re.sub(r"^the ", "", _key(text)), "")


def codes_like_words(cells: Iterable[str]) -> dict[str, str]:
    """In a column of two-letter codes the countries whose code is also a word for nothing.

    >>> codes_like_words(["NO", "SE", "DK; NA"]), codes_like_words(["no", "Peru", "NO"])
    ({'NO': 'Norway', 'NA': 'Namibia'}, {})
    """
    parts = dict.fromkeys(part.strip() for cell in cells for part in re.split(r"[;,/\n]", cell))
    codes = [part for part in parts if re.fullmatch("[A-Z]{2}", part) and country(part)]
    surely = [part for part in parts if part and not unknown(part, nothing=True)]
    if not surely or not all(part in codes for part in surely):
        return {}
    return {part: country(part) for part in codes if part not in ("NR", *surely)}


@lru_cache(maxsize=8192)
def countries(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The countries that a cell names, and the parts of it that are none.

    A comma, ``and``, ``&``, ``/`` and ``+`` separate countries unless they belong to a name.

    >>> countries("USA and Canada"), countries("Bosnia and Herzegovina; UK, Peru")
    ((('United States', 'Canada'), ()), (('Bosnia and Herzegovina', 'United Kingdom', 'Peru'), ()))
    >>> countries("Peru, Wonderland"), countries("UK (Scotland) and Ireland")
    ((('Peru',), ('Wonderland',)), (('United Kingdom', 'Ireland'), ()))
    >>> countries("Europe (Germany, France)")
    (('Germany', 'France'), ('Europe',))
    >>> countries("Kenya (Nairobi, Kisumu) and Uganda"), countries("USA: Texas, Ohio")
    ((('Kenya', 'Uganda'), ()), (('United States',), ('Texas', 'Ohio')))
    """
    named: list[str] = []
    odd: list[str] = []
    for part in pieces(cell, ";\n"):
        whole = country(part)
        if whole:
            named.append(whole)
            continue
        # "Toronto, Canada" is one place, "Peru, Canada" two: every part has to be a country.
        if not country(part.partition(":")[2]) and (whole := country(part.partition(":")[0])):
            # "USA: Texas, Ohio" says where in the country.
            named.append(whole)
            odd += [place.strip() for place in part.partition(":")[2].split(",")]
            continue
        group = re.fullmatch(r"([^()]+)\(([^()]+)\)", part)
        named_so = group and re.search(r"[^\W\d_]", group[1]) and not country(group[1])
        if group and named_so and (inside := countries(group[2]))[0] and not inside[1]:
            # "EU (Germany, France)" names the countries of a group.
            named += inside[0]
            odd.append(group[1].strip())
            continue
        for signs in (r"[,/+|]", _BETWEEN):
            # A comma in brackets, as in "Kenya (Nairobi, Kisumu)", separates no countries.
            outside = r"(?![^()]*\))" if ")" in part else ""
            split = re.split(rf"(?:{signs}){outside}", part)
            split = [piece.strip() for piece in split if piece.strip()]
            split = [re.sub(r"^(?:and|&)\s+", "", piece) for piece in split]
            if all(country(piece) for piece in split):
                named += [country(piece) for piece in split]
                break
        else:
            named += [country(piece) for piece in split if country(piece)]
            odd += [piece for piece in split if not country(piece)]
        if "United States" in named and "Georgia" in named and "," in part:
            named.remove("Georgia")  # "Atlanta, Georgia, USA" is in the state of that name
            odd.append("Georgia")
    return tuple(dict.fromkeys(named)), tuple(dict.fromkeys(odd))
