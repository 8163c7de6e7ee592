"""LaTeX and HTML in the fields of a bibliography, as the text that readers see, and back.

Only what a bibliography holds is understood: accents, signs, fonts, short mathematics, and the tags
and entities that databases put into titles. A command that is not known stays as it was written, so
that a check can name it; nothing is dropped.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# --- signs and commands -------------------------------------------------------------------------

_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "d": "\u0323",
    "b": "\u0331",
    "r": "\u030a",
    "k": "\u0328",
    "t": "\u0361",
}
_SIGNS = {
    **{sign: sign for sign in "&%$#_@"},
    "\\": " ",
    " ": " ",
    "\n": " ",
    ",": " ",
    ";": " ",
    ":": " ",
    "/": "",
    "-": "",
    "!": "",
    # A brace that is meant must outlive the braces that only group.
    "{": "\x01",
    "}": "\x02",
    "(": "",
    ")": "",
    "[": "",
    "]": "",
}
_WORDS = {
    "ss": "ß", "oe": "œ", "OE": "Œ", "ae": "æ", "AE": "Æ", "aa": "å", "AA": "Å", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "DH": "Ð", "dh": "ð", "TH": "Þ",
    "th": "þ", "DJ": "Đ", "dj": "đ", "NG": "Ŋ", "ng": "ŋ", "SS": "ẞ",
    "textless": "<", "textgreater": ">", "textbar": "|", "textbackslash": "\\",
    "textbraceleft": "\x01", "textbraceright": "\x02", "lbrace": "\x01", "rbrace": "\x02",
    "textasciitilde": "\x03", "textasciicircum": "^", "textasciigrave": "\x04", "sim": "\x03",
    "textquotesingle": "\x05", "textunderscore": "_", "textdollar": "$", "textquotedbl": '"',
    "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘",
    "textquoteright": "’", "textendash": "–", "textemdash": "—", "guillemotleft": "«",
    "guillemotright": "»", "quotedblbase": "„", "quotesinglbase": "‚", "guilsinglleft": "‹",
    "guilsinglright": "›", "lq": "‘", "rq": "’", "ldots": "…", "dots": "…", "textellipsis": "…",
    "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "textdegree": "°", "degree": "°", "textmu": "µ", "micro": "µ", "pounds": "£",
    "textsterling": "£", "euro": "€", "texteuro": "€", "textyen": "¥", "S": "§", "P": "¶",
    "textsection": "§", "textparagraph": "¶", "dag": "†", "ddag": "‡", "textbullet": "•",
    "textperiodcentered": "·", "textonehalf": "½", "textonequarter": "¼", "texttimes": "×",
    "textpm": "±", "textdiv": "÷", "textordfeminine": "ª", "textordmasculine": "º",
    "textexclamdown": "¡", "textquestiondown": "¿", "textnumero": "№", "slash": "/",
    "textminus": "−", "textrightarrow": "→", "textleftarrow": "←", "textonesuperior": "¹",
    "texttwosuperior": "²", "textthreesuperior": "³", "lt": "<", "gt": ">", "le": "≤",
    "ge": "≥", "leq": "≤", "geq": "≥", "times": "×", "pm": "±", "infty": "∞", "sqrt": "√",
    "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "log": "log", "ln": "ln", "exp": "exp",
    "quad": " ", "qquad": " ", "newline": " ", "space": " ", "nobreakspace": " ",
    "circ": "°", "prime": "′", "percent": "%", "textpercent": "%", "textperthousand": "‰",
}  # fmt: skip
# Fonts, sizes and other instructions to a typesetter: what they apply to is kept.
_SILENT = frozenset(
    word
    for line in """
    emph textit textbf textsc textrm texttt textsf textsl textup textmd textnormal text mbox hbox
    underline uline enquote mkbibquote mkbibemph mkbibitalic mkbibbold NoCaseChange url nolinkurl
    path ensuremath mathrm mathit mathbf mathsf mathcal mathbb mathfrak mathnormal boldsymbol bm
    operatorname uppercase lowercase MakeUppercase MakeLowercase protect relax em it bf sc
    rm tt sf sl itshape bfseries scshape upshape rmfamily small footnotesize normalsize large Large
    left right displaystyle textstyle limits nolimits bibstring mkbibparens unskip ignorespaces
    break allowbreak hspace vspace hskip selectlanguage foreignlanguage bgroup egroup xspace
    texorpdfstring
    """.splitlines()
    for word in line.split()
)

_COMMAND = re.compile(
    r"""\\(?:
        (?P<mark>['`^"~=.])\s*(?:\{\s*(?P<m1>\\[ij]|[^\W\d_])?\s*\}|(?P<m2>\\[ij](?![A-Za-z])|[^\W\d_]))
      | (?P<hook>[uvHcdbrkt])(?:\s*\{\s*(?P<h1>\\[ij]|[^\W\d_])\s*\}|[ ]+(?P<h2>[^\W\d_]))
      | (?P<word>[A-Za-z]+)\*?(?:\{\}|[ \t]+|(?=[^A-Za-z]|$))
      | (?P<sign>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_UNKNOWN = re.compile(r"(\\[A-Za-z]+)\{([^{}]*)\}")
_RAISED = re.compile(r"\\text(super|sub)script\s*(?:\{([^{}]*)\}|\{\{([^{}]*)\}\})")
_FORMULA = re.compile(r"\\ensuremath\s*\{((?:[^{}]|\{[^{}]*\})*)\}|\\\((.+?)\\\)", re.DOTALL)
_LETTERING = re.compile(
    r"\\(?:text|math)?(?:rm|it|bf|sf|normal|text)\s*\{([^{}]*)\}|\\text\s*\{([^{}]*)\}"
)
_FRACTION = re.compile(r"\\d?t?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_LINKED = re.compile(r"\\href\s*\{[^{}]*\}\s*(?=\{)")
# Quotation marks that a program escaped, which LaTeX would take for two dots on a letter.
_QUOTED = re.compile(r"(?<![\w{\\])\\\"(?!\{)([^\"\\{}]*[\w.!?])\\\"(?![\w{])")
# Commands whose first argument is no text, such as the sign that works are sorted by.
_LANGUAGE = re.compile(
    r"\\(?:foreignlanguage|selectlanguage|textcolor|color|hspace|vspace|noopsort|SortNoop)"
    r"\s*\{[^{}]*\}"
)
# An accent on a letter that has one, as in Vietnamese: the inner one is read first.
_MARK = r"\\(?:['`^\"~=.]|[uvHcdbrkt](?=[\s{]))\s*"
_NESTED = re.compile(
    rf"({_MARK})\{{\s*\{{?\s*({_MARK}(?:\{{\s*[^\W\d_]\s*\}}|[^\W\d_]))\s*\}}?\s*\}}"
)
_EITHER = re.compile(r"\\texorpdfstring\s*\{[^{}]*\}\s*(?=\{)")
# Pandoc's rule, so that prices are no formulas: no space inside the marks, no digit behind them,
# unless a sign or a command shows that it is a formula: "$\\geq$65".
_MATHS = re.compile(
    r"(?<![\\$])\$(?![\s$])((?=[<>=]+\$|[^$\s]{0,9}\\[A-Za-z]+[^$\\]{0,9}\$(?=\d))[^$]+|"
    r"(?:[^$\\]|\\.)*?(?<!\s)(?=\$(?!\d)))\$",
    re.DOTALL,
)
_SINGLE_QUOTED = re.compile(r"(?<![`\\\w])`(?=[^\W_])([^`'\n]{1,80})'(?![\w'])")
_POWER = re.compile(r"(?<!\\)([\^_])\s*(?:\{([^{}]*)\}|(\\[A-Za-z]+|[^\s\\{}]))")
_LATEX = re.compile(r"[\\{}~$`\x00-\x1f]|--|''|,,")
_MARKUP = re.compile(r"&[#\w]+;|</?[A-Za-z]")


def decode(text: str) -> str:
    r"""Text of a ``.bib`` field as readers see it.

    >>> decode(r"G{\"o}del \& {Na{\"\i}ve} {DNA}, p {\textless} $10^{-2}$")
    'Gödel & Naïve DNA, p < 10⁻²'
    """
    if "\n" in text or "  " in text or "\t" in text:
        text = " ".join(text.split())
    if _LATEX.search(text):
        return _decoded(text)
    return plain(text)


def decode_address(text: str) -> str:
    r"""A DOI or address as it is meant: escapes undone, everything else as it stands.

    >>> decode_address(r"https://example.org/a{\_}b?c=1\&d={\~{}}e--f")
    'https://example.org/a_b?c=1&d=~e--f'
    """
    text = "".join(text.split())
    if "&" in text:
        text = html.unescape(text) if re.search(r"&(?:amp|lt|gt|quot|#\d+);", text) else text
    if "\\" not in text and "{" not in text and "$" not in text:
        return text
    text = re.sub(r"\\~(?:\{\})?", "~", text)
    text = re.sub(r"\$\\sim\$", "~", text)
    return _restored(_COMMAND.sub(_spoken, text).replace("{", "").replace("}", ""))


@lru_cache(maxsize=16384)
def _decoded(text: str) -> str:
    if "$" in text:
        text = _MATHS.sub(lambda found: _formula(found[1]), text)
    if "\\" in text:
        text = _FORMULA.sub(lambda found: _formula(found[1] or found[2] or ""), text)
        for pattern in (_LINKED, _LANGUAGE, _EITHER):
            text = pattern.sub("", text)
        text = _QUOTED.sub("“\\1”", text)
        text = _FRACTION.sub(r"\1/\2", text)
        text = _RAISED.sub(lambda found: _shifted(found[1], found[2] or found[3] or ""), text)
        text = _NESTED.sub(_inner_first, text)
        text = _COMMAND.sub(_spoken, text)
        # What nobody knows stays as it was written, with its braces.
        text = _UNKNOWN.sub("\\1\x01\\2\x02", text)
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    text = _SINGLE_QUOTED.sub("‘\\1’", text)
    text = text.replace("``", "“").replace("''", "”").replace(",,", "„")
    text = text.replace("~", "\N{NO-BREAK SPACE}").replace("{", "").replace("}", "")
    return plain(_restored(text))


def _inner_first(found: re.Match[str]) -> str:
    return f"{found[1]}{{{_COMMAND.sub(_spoken, found[2]).replace('{', '').replace('}', '')}}}"


def _restored(text: str) -> str:
    return text.translate(_HELD)


_HELD = str.maketrans({"\x01": "{", "\x02": "}", "\x03": "~", "\x04": "`", "\x05": "'"})


def _spoken(found: re.Match[str]) -> str:
    """What a command stands for; itself when nobody knows it."""
    mark = found["mark"] or found["hook"]
    if mark:
        letter = found["m1"] or found["m2"] or found["h1"] or found["h2"] or ""
        if not letter:  # \~{} and \^{} are the signs themselves
            return {"~": "\x03", "`": "\x04", "'": "\x05"}.get(mark, mark)
        if letter[0] == "\\":
            letter = letter[1:]
        return unicodedata.normalize("NFC", letter + _ACCENTS[mark])
    word = found["word"]
    if word is None:
        return _SIGNS.get(found["sign"], found[0])
    if word in _WORDS:
        return _WORDS[word]
    if word in _SILENT:
        return ""
    return _symbol(word) or found[0]


@lru_cache(maxsize=1024)
def _symbol(word: str) -> str:
    """A sign by its name in LaTeX; empty when there is none."""
    greek = word.removeprefix("text")
    for name in (f"GREEK SMALL LETTER {greek}", f"GREEK CAPITAL LETTER {greek}"):
        if greek and greek[0].isupper() == ("CAPITAL" in name):
            try:
                return unicodedata.lookup(name.upper().replace("LAMBDA", "LAMDA"))
            except KeyError:
                continue
    from pylatexenc.latex2text import get_default_latex_context_db

    known = get_default_latex_context_db().get_macro_spec(word)
    sign = getattr(known, "simplify_repl", None)
    # What it has for a citation is a placeholder, "<cit.>".
    known = isinstance(sign, str) and not re.search(r"[%\\]|<\w", sign)
    return str(sign) if known else ""


def unknown_commands(text: str) -> list[str]:
    r"""The LaTeX commands of a field that nobody here knows and that stay as written.

    >>> unknown_commands(r"A \textless{} B \gloss{here}")
    ['\\gloss']
    """
    if "\\" not in text:
        return []
    unknown: dict[str, None] = {}
    text = _NESTED.sub(_inner_first, _FRACTION.sub(r"\1\2", _LANGUAGE.sub("", text)))
    for found in _COMMAND.finditer(_EITHER.sub("", _LINKED.sub("", _RAISED.sub("", text)))):
        if _spoken(found) == found[0]:
            unknown["\\" + (found["word"] or found["sign"] or "")] = None
    return list(unknown)


def _formula(inner: str) -> str:
    inner = _LETTERING.sub(lambda found: found[1] or found[2] or "", inner)
    raised = _POWER.sub(
        lambda found: _shifted(
            "super" if found[1] == "^" else "sub",
            _COMMAND.sub(_spoken, found[2] if found[2] is not None else found[3]),
        ),
        _FRACTION.sub(r"\1/\2", " ".join(inner.split())),
    )
    return _COMMAND.sub(_spoken, raised)


_SUPER = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUB = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def _shifted(way: str, text: str) -> str:
    """Raised or lowered text, with the signs Unicode has for it, else in words that keep it.

    >>> _shifted("sub", "2"), _shifted("super", "th"), _shifted("super", "x+1")
    ('₂', 'th', '^x+1')
    """
    table = _SUPER if way == "super" else _SUB
    text = text.replace("--", "-")
    if text and all(ord(sign) in table for sign in text):
        return text.translate(table)
    # "°" and "*" are up there anyway.
    high = text.isalpha() or re.fullmatch(r"[^\w+=-]", text)
    return f"^{text}" if way == "super" and text and not high else text


# --- HTML ---------------------------------------------------------------------------------------

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAGS = (
    "i|b|u|em|strong|it|italic|bold|sc|scp|small|span|font|inf|sub|sup|p|div|title|sec|"
    "tt|code|strike|s|a|"
    "mml:[a-z]+|jats:[a-z-]+"
)
_PAIRED = re.compile(
    rf"<({_TAGS})(?:\s[^<>]*)?>((?:(?!<\1[\s>]).)*?)</\1\s*>", re.IGNORECASE | re.DOTALL
)
_SINGLE = re.compile(r"<(?:br|hr|p|wbr)\s*/?>", re.IGNORECASE)


def plain(text: str) -> str:
    """Text without the entities and tags of HTML that databases leave in it.

    >>> plain("Smith &amp; Sons: <i>in vitro</i>, CO<sub>2</sub>, p < 0.05")
    'Smith & Sons: in vitro, CO₂, p < 0.05'
    """
    if not _MARKUP.search(text):
        return text
    for _ in range(3):  # &amp;lt;i&amp;gt; was escaped twice
        before = text
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        text = _SINGLE.sub(" ", text)
        while (bare := _PAIRED.sub(_untagged, text)) != text:
            text = bare
        if text == before:
            break
    return " ".join(text.split(" ")) if "\n" not in text else " ".join(text.split())


def _untagged(found: re.Match[str]) -> str:
    name = found[1].lower().rpartition(":")[2]
    if name in ("sub", "inf"):
        return _shifted("sub", found[2])
    return _shifted("super", found[2]) if name == "sup" else found[2]


# --- the other way ------------------------------------------------------------------------------

_ESCAPES = {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\N{NO-BREAK SPACE}": "~",
    **{sign: "\\" + sign for sign in "&%$#_"},
}
_SPECIAL = re.compile("[\\\\{}~^&%$#_\N{NO-BREAK SPACE}]")
_LIGATURE = re.compile(r"-(?=-)|`(?=`)|'(?=')|,(?=,)")


def encode(text: str) -> str:
    r"""Text as a field of BibTeX holds it; :func:`decode` gives it back.

    >>> encode("50 % of A & B"), decode(encode("a_b -- {c} $5"))
    ('50 \\% of A \\& B', 'a_b -- {c} $5')
    """
    return _LIGATURE.sub(r"\g<0>{}", _SPECIAL.sub(lambda sign: _ESCAPES[sign[0]], text))
