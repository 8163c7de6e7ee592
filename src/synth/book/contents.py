"""``_toc.yml`` and ``_config.yml`` as they are written, with what is wrong told by its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from sphinx.util.matching import Matcher
from sphinx_external_toc.parsing import MalformedError, parse_toc_data

from synth.errors import Problem, ReviewError, did_you_mean
from synth.reading.textio import conflict
from synth.text import listed, shorten

TOC_FILE = "_toc.yml"
CONFIG_FILE = "_config.yml"


def contents(root: Path) -> dict[str, int]:
    """The pages of the table of contents, in its order, each with its line.

    Parameters
    ----------
    root : folder of the review.

    Raises
    ------
    ReviewError : there is no ``_toc.yml``, or it cannot be read.
    """
    if not (root / TOC_FILE).is_file():
        raise ReviewError([Problem("toc-missing", TOC_FILE)])
    text, written = _yaml(root, TOC_FILE, "toc-malformed")
    try:
        names = list(parse_toc_data(written))
    except (MalformedError, AttributeError, TypeError) as error:
        raise ReviewError([_misshapen(str(error), text)]) from error
    return {name: _line_of(name, text) for name in names}


def check_config(root: Path, language: str = "") -> list[Problem]:
    """What is wrong with ``_config.yml``: whatever would end the build, or that nobody would see.

    A folder without table of contents has no book, and needs none; nor does one whose settings
    stand in ``conf.py``, where Sphinx alone looks for them.

    Parameters
    ----------
    root : folder of the review.
    language : that of the review, as ``review.toml`` says; empty if it says none.
    """
    if not (root / CONFIG_FILE).is_file():
        missed = (root / TOC_FILE).is_file() and not (root / "conf.py").is_file()
        return [Problem("config-missing", CONFIG_FILE)] if missed else []
    try:
        text, written = _yaml(root, CONFIG_FILE, "config-malformed")
    except ReviewError as error:
        return list(error.problems)
    if not isinstance(written, dict):
        return [Problem("config-malformed", CONFIG_FILE, 1, reason="it holds no settings")]
    found = list(_misfits(written, _declared(), text))
    if any(one.code == "config-setting-wrong" for one in found):
        return found
    if not written.get("title"):
        found.append(Problem("config-without-title", CONFIG_FILE))
    execute = written.get("execute") or {}
    runs = execute.get("execute_notebooks", "auto") not in (False, "off")
    if runs and not any(dict(one.fields).get("value") in execute for one in found):
        found.append(Problem("config-executes", CONFIG_FILE, _setting_line(text, "execute")))
    sphinx = written.get("sphinx") or {}
    named = sphinx.get("extra_extensions")
    extensions = [str(one) for one in named] if isinstance(named, list) else [str(named or "")]
    line = _setting_line(text, "sphinx", "extra_extensions")
    if "synth.book" not in extensions:
        near = next((one for one in extensions if did_you_mean(one, ["synth.book"])), "")
        asked = f"Did you mean 'synth.book' by {near!r}?" if near else ""
        found.append(Problem("config-without-synth", CONFIG_FILE, line, near=asked))
        extensions = [one for one in extensions if one not in ("", near)]
    local = sphinx.get("local_extensions") or {}
    for name in (one for one in extensions if one not in local and not _installed(one)):
        reason = f"the extension {name!r} is not installed"
        found.append(_wrong(text, ("sphinx", "extra_extensions"), reason, _INSTALL))
    theme = (sphinx.get("config") or {}).get("html_theme", _THEME)
    if theme != _THEME and theme not in (themes := _themes()):
        mend = did_you_mean(str(theme), themes) or f"The book is made for {_THEME}."
        reason = f"there is no theme {theme!r} installed"
        found.append(_wrong(text, ("sphinx", "config", "html_theme"), reason, mend))
    spoken = _setting(written, ("sphinx", "config", "language")) or "en"
    if language and spoken.replace("_", "-").lower() != language.lower():
        line = _setting_line(text, "sphinx", "config", "language")
        shown = {"value": spoken, "meant": language, "sphinx": language.replace("-", "_")}
        found.append(Problem("config-language", CONFIG_FILE, line, **shown))
    for path in (("logo",), ("html", "favicon")):
        name = _setting(written, path)
        if name and not (root / name).is_file():
            mend = "Paths begin at the folder of this file; small letters and capitals differ."
            found.append(_wrong(text, path, f"there is no file {name!r}", mend))
    return [*found, *_left_out(root, written, text)]


_THEME = "sphinx_book_theme"
_INSTALL = "Install it, with a line in requirements.txt, or take it out."
_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a text; put it in quotation marks"),
    "boolean": (bool, "true or false"),
    "number": ((int, float), "a number"),
    "array": (list, "a list, as in [one, two]"),
    "object": (dict, "settings of its own, each on a line below it and indented"),
    "null": (type(None), ""),
}
"""For each word of a declaration what YAML makes of such a value, and how it is told."""


def _misfits(
    given: Any, declared: dict[str, Any], text: str, path: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """Settings with values that Jupyter Book cannot take, and names that nobody reads.

    It passes over a name it does not know; one that is near a known one is a slip.
    """
    kinds = declared.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    words = declared.get("enum", [])
    fits = any(isinstance(given, _KINDS[kind][0]) for kind in kinds) or not kinds
    # One name stands for a list of one.
    fits = fits or (path == ("sphinx", "extra_extensions") and isinstance(given, str))
    if given is None and path in _MAY_BE_EMPTY:
        return
    if not fits or (words and given not in words):
        allowed = sorted(map(str, words)) or [_KINDS[kind][1] for kind in kinds if _KINDS[kind][1]]
        said = shorten(" ".join(str(given).split()), 40)
        reason = f"{said!r} cannot be its value"
        yield _wrong(text, path, reason, f"It is {listed(allowed, 'or')}.")
        return
    known = declared.get("properties", {})
    for name in given if known and isinstance(given, dict) else ():
        if name in known:
            yield from _misfits(given[name], known[name], text, (*path, name))
        elif name not in _ALSO_READ and (near := did_you_mean(str(name), known)):
            line = _setting_line(text, *path, str(name))
            yield Problem("config-setting-unknown", CONFIG_FILE, line, value=name, near=near)


_MAY_BE_EMPTY = tuple((name,) for name in ("html", "parse", "execute", "latex", "sphinx"))
_ALSO_READ = ("use_multitoc_numbering", "only_build_toc_files", "project", "use_download_button")
"""What Jupyter Book reads and its declaration of the settings leaves out."""


def _declared() -> dict[str, Any]:
    """How Jupyter Book declares its settings; read without importing it, which takes long."""
    found = find_spec("jupyter_book")
    if found is None or found.origin is None:
        return {}
    text = Path(found.origin).with_name("config_schema.json").read_text("utf-8")
    declared: dict[str, Any] = json.loads(text)
    return declared


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _themes() -> list[str]:
    """The names of the themes that Sphinx finds."""
    own = find_spec("sphinx")
    there = Path(own.origin).parent / "themes" if own is not None and own.origin else Path()
    stock = [path.parent.name for path in there.glob("*/theme.*")]
    return sorted({*stock, *(one.name for one in entry_points(group="sphinx.html_themes"))})


def _left_out(root: Path, written: dict[str, Any], text: str) -> Iterator[Problem]:
    """Patterns that keep pages of the table of contents out of the build."""
    try:
        pages = contents(root)
    except ReviewError:
        return  # told where the pages are read
    for pattern in written.get("exclude_patterns") or ():
        found = [name for name in pages if _pages_left_out(pattern, name)]
        if found:
            reason = f"{pattern!r} leaves out {found[0]!r}, a page of {TOC_FILE}"
            mend = "Take it out, or make it narrower."
            yield _wrong(text, ("exclude_patterns",), reason, mend)


def _pages_left_out(pattern: str, name: str) -> bool:
    match = Matcher([pattern])
    # Sphinx leaves out a folder, or a file with its ending.
    above = (one.as_posix() for one in PurePosixPath(name).parents if one.name)
    return any(match(one) for one in (name, f"{name}.md", f"{name}.ipynb", *above))


def _setting(written: Any, path: Iterable[str]) -> str:
    for step in path:
        written = (written or {}).get(step)
    return str(written or "")


def _wrong(text: str, path: Sequence[str], reason: str, mend: str) -> Problem:
    line = _setting_line(text, *path)
    name = ".".join(path)
    return Problem(
        "config-setting-wrong", CONFIG_FILE, line, setting=name, reason=reason, mend=mend
    )


def _setting_line(text: str, *path: str) -> int:
    """The line of the name of a setting; that of the nearest above it that is there; else 0."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 0
    for step in path:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next((pair for pair in node.value if pair[0].value == step), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _yaml(root: Path, file: str, code: str) -> tuple[str, Any]:
    """The text of a file of YAML and what it says."""
    try:
        text = (root / file).read_bytes().decode("utf-8-sig")
        mark = conflict(text, file)
        if mark is not None:
            raise ReviewError([mark])
        return text, yaml.safe_load(text)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = "a letter is not UTF-8"
    except yaml.YAMLError as error:
        line, reason = yaml_slip(error)
    raise ReviewError([Problem(code, file, line, reason=reason)])


def yaml_slip(error: yaml.YAMLError) -> tuple[int, str]:
    """Line, counted from 1, and reason of what YAML could not read; line 0 if it says none."""
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", "") or "it is no YAML")
    if "\\t" in reason:
        reason = "a tab stands where only blanks may"
    elif reason.startswith(("could not find expected ':'", "expected <block end>")):
        reason = "this line, or the one above it, is indented otherwise or lacks a colon"
    elif reason.startswith("mapping values are not allowed"):
        reason = "a second colon stands in this line, or it is indented otherwise"
    elif reason.startswith("found unexpected end of stream"):
        reason = "a quotation mark or bracket is not closed"
    return (mark.line + 1 if mark is not None else 0), reason


_SAID = (
    ("not a mapping: NoneType", "it is empty"),
    ("entry not a mapping type", "this entry lacks a colon, as in '- file: book/name'"),
    ("entry does not contain one of", "this entry says neither 'file:' nor 'url:'"),
    ('"root" key not found', "no line 'root: book/name' says which page is the first"),
    ('entry not a mapping containing "chapters"', "this part has no 'chapters:'"),
)
_TWICE = re.compile(r"document file used multiple times: '(?P<name>.+)'")


def _misshapen(said: str, text: str) -> Problem:
    """What the reader of the table of contents says of its shape, at the line it means."""
    twice = _TWICE.match(said)
    if twice:
        reason = f"the page {twice['name']!r} stands in it twice"
        line = _line_of(twice["name"], text, last=True)
        return Problem("toc-malformed", TOC_FILE, line, reason=reason)
    reason, _, path = said.partition(" @ ")
    path, _, more = path.strip("'").partition("': ")
    reason = f"{reason}: {more}" if more else reason
    # A set of words is listed in another order each time.
    reason = re.sub(r"\{([^{}]*)\}", lambda one: " or ".join(sorted(one[1].split(", "))), reason)
    reason = re.sub(r"<class '(\w+)'>", r"\1", reason).replace("'", '"').partition(":\n")[0]
    reason = next((ours for theirs, ours in _SAID if theirs in reason), reason).rstrip(".")
    return Problem("toc-malformed", TOC_FILE, _line_at(path, text), reason=reason)


def _line_at(path: str, text: str) -> int:
    """The line of what a path such as ``/parts/3/chapters/0`` leads to, as far as it leads."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in path.strip("/").split("/"):
        if isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == step]
        elif isinstance(node, yaml.SequenceNode) and step.isdigit():
            found = node.value[int(step) : int(step) + 1]
        else:
            break
        if not found:
            break
        node = found[0]
    return node.start_mark.line + 1 if node is not None else 1


def _line_of(name: str, text: str, *, last: bool = False) -> int:
    """The line that names a page."""
    word = re.compile(rf"(?:file|root):\s*[\"']?{re.escape(name)}(?:\.\w+)?[\"']?\s*(?:#|$)")
    lines = [n for n, row in enumerate(text.splitlines(), 1) if word.search(row)]
    return lines[-1 if last else 0] if lines else 0
