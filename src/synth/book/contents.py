"""``_toc.yml`` and ``_config.yml`` as they are written, with what is wrong told by its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from sphinx_external_toc.parsing import MalformedError, parse_toc_data

from synth.errors import Problem, ReviewError, did_you_mean
from synth.reading.textio import conflict

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


def check_config(root: Path) -> list[Problem]:
    """What is wrong with ``_config.yml``: it is no YAML, or leaves the library out of the build.

    A book without one has none; what the other settings may be, Jupyter Book says when it builds.

    Parameters
    ----------
    root : folder of the review.
    """
    if not (root / CONFIG_FILE).is_file():
        return []
    try:
        text, written = _yaml(root, CONFIG_FILE, "config-malformed")
    except ReviewError as error:
        return list(error.problems)
    if not isinstance(written, dict):
        return [Problem("config-malformed", CONFIG_FILE, 1, reason="it holds no settings")]
    rows = text.split("\n")
    found: list[Problem] = []
    if not written.get("title"):
        found.append(Problem("config-without-title", CONFIG_FILE))
    execute = written.get("execute")
    runs = execute.get("execute_notebooks") if isinstance(execute, dict) else "auto"
    if runs not in (False, "off"):
        line = next((n for n, row in enumerate(rows, 1) if row.startswith("execute:")), 0)
        found.append(Problem("config-executes", CONFIG_FILE, line))
    sphinx = written.get("sphinx")
    named = sphinx.get("extra_extensions") if isinstance(sphinx, dict) else None
    listed = [str(one) for one in named] if isinstance(named, list) else [str(named or "")]
    if "synth.book" in listed:
        return found
    near = next((one for one in listed if did_you_mean(one, ["synth.book"])), "")
    asked = f"Did you mean 'synth.book' by {near!r}?" if near else ""
    line = next((n for n, row in enumerate(rows, 1) if "extra_extensions" in row), 0)
    return [*found, Problem("config-without-synth", CONFIG_FILE, line, near=asked)]


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
