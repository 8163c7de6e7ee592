"""How texts are compared, named, counted, listed and shortened: each once for the whole library."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

ALIKE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys("’‘ʼʻ", "'"),
        **dict.fromkeys("‐–—−", "-"),
        "ß": "ss",
        "ς": "σ",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)
"""Letters that one reader types and another does not, in lower case, and what stands for them.

The build writes this table into the evidence of the explorer, whose script folds by it."""

SPELLINGS = (
    ("practi", "s", "c", "(?:e|es|ed|ing)"),
    ("[a-z]{2,}", "is", "iz", "(?:e|es|ed|er|ers|ing|ation|ations|ational)"),
    ("[a-z]{3,}", "our", "or", "(?:s|ed|ing|al|able|ably|er|ers|ist|ists|ism)?"),
    ("cent|theat|fib|lit|met", "re", "er", "[sd]?"),
    ("program", "me", "", "s?"),
    ("counsel|model|label|travel|cancel|level|signal", "l", "", "(?:ed|ing|er|ers|or|ors)"),
    ("defen|licen|offen|preten", "c", "s", "(?:e|es|ed)"),
    ("ag|judg|acknowledg", "e", "", "(?:ing|ment|ments)"),
)
"""How English spells one word in two ways: beginning, British and American middle, ending.

Both searches of a book go by this table, in Python and in the browser."""

_SPELLED = tuple(
    (re.compile(f"^({head}){one}({tail})$"), rf"\g<1>{other}\g<2>")
    for head, british, american, tail in SPELLINGS
    for one, other in ((british, american), (american, british))
)


def spelled(word: str) -> tuple[str, ...]:
    """A folded word as it stands, and how else English spells it.

    A word that only looks British or American gets a second form as well, which nothing holds.

    Parameters
    ----------
    word : folded, as :func:`fold` gives it.

    >>> spelled("organisations"), spelled("labor"), spelled("peer")
    (('organisations', 'organizations'), ('labor', 'labour'), ('peer',))
    """
    forms = (pattern.sub(put, word) for pattern, put in _SPELLED)
    return tuple(dict.fromkeys((word, *forms)))


def is_english(language: str) -> bool:
    """Whether a language tag, such as ``en-GB``, is English; an empty one is.

    >>> is_english("en_GB"), is_english(""), is_english("de")
    (True, True, False)
    """
    return re.split("[-_]", language or "en")[0] == "en"


_ALIKE = str.maketrans(dict(ALIKE))
_WHITE = re.compile(r"[\s\ufeff]+")


def fold(text: str) -> str:
    """Write a text the way it is compared: no accents, no capitals, plain spaces.

    Parameters
    ----------
    text : in any script.

    >>> fold("Señor  ŁUKASZ’s Straße"), fold("Østby") == fold("ostby")
    ("senor lukasz's strasse", True)
    >>> fold("Þórður Guð"), fold("Hawaiʻi")
    ('thordur gud', "hawai'i")
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
        text = text.lower().translate(_ALIKE)
    return _WHITE.sub(" ", text).strip().lower()


def unmarked(text: str) -> str:
    """A text without capitals and without the marks of its letters; its signs stay.

    Parameters
    ----------
    text : in any script.

    >>> unmarked("Não relatado."), unmarked("Åkesson & Roux")
    ('nao relatado.', 'akesson & roux')
    """
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in text if not unicodedata.combining(sign))


def unique(stem: str, taken: Iterable[str], joint: str = "-") -> str:
    """A name that is not taken yet: the stem, or the stem with a number.

    >>> unique("pay", ["pay", "pay-2"]), unique("Pay", {"Pay"}, " ")
    ('pay-3', 'Pay 2')
    """
    # Copied only where it must be: one copy a name would make many names slow.
    held = taken if isinstance(taken, set | frozenset | dict) else set(taken)
    name, number = stem, 2
    while name in held:
        name, number = f"{stem}{joint}{number}", number + 1
    return name


def slug(text: str, fallback: str = "", *, most: int = 60) -> str:
    """Turn a text into an id: lower-case letters and digits in parts joined by single hyphens.

    Parameters
    ----------
    text : in any script; letters without a Latin form are left out.
    fallback : the id of a text of which nothing is left.
    most : length at which further words are left out.

    >>> slug("Pay & working hours"), slug("Straße"), slug("報酬", "code")
    ('pay-working-hours', 'strasse', 'code')
    """
    name = ""
    for word in re.findall(r"[a-z0-9]+", fold(text).encode("ascii", "ignore").decode()):
        if name and len(name) + len(word) > most:
            break
        name = f"{name}-{word[:most]}" if name else word[:most]
    return name or fallback


def shorten(text: str, most: int) -> str:
    """Cut a text at a word, with an ellipsis; a single long word is cut inside.

    Parameters
    ----------
    text : what may be too long.
    most : number of characters that may be left, the ellipsis among them.

    >>> shorten("Organizational leadership", 20), shorten("Leadership", 10)
    ('Organizational…', 'Leadership')
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    if " " in cut[most // 2 :]:
        cut = cut[: cut.rindex(" ")]
    return f"{cut.rstrip(' ,;:')}…"


def quoted(value: str, most: int = 60) -> str:
    """Quote a value of an author's file in a message, cut when it is long.

    >>> quoted("barier")
    "'barier'"
    """
    return repr(value if len(value) <= most else f"{value[: most - 1]}…")


def column_letters(position: int) -> str:
    """How a spreadsheet calls a column.

    >>> column_letters(0), column_letters(27), column_letters(16383)
    ('A', 'AB', 'XFD')
    """
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def counted(number: int, one: str, many: str = "") -> str:
    """Give a number with its noun.

    Parameters
    ----------
    number : how many.
    one, many : the noun for one and for several; the plural ends in ``s`` unless given.

    >>> counted(1, "study", "studies"), counted(0, "finding"), counted(1200, "finding")
    ('1 study', '0 findings', '1,200 findings')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Give words as a list in running text.

    Parameters
    ----------
    words : in their order.
    last : what stands before the last one.

    >>> listed(["Kenya", "Norway", "China"])
    'Kenya, Norway and China'
    """
    parts = list(words)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


_WORD = re.compile(r"[^\W_]+")
_INSIDE = re.compile("['\u00ad\u200b-\u200f\u2060]")


def fold_words(text: str) -> str:
    """Fold a text to its bare words, so that titles and names are equal whatever their signs.

    >>> fold_words("Åkesson & O’Brien-Østby (2019): “CO₂”")
    'akesson obrien ostby 2019 co2'
    """
    return " ".join(_WORD.findall(_INSIDE.sub("", fold(text))))
