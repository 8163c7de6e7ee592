"""The style sheets say nothing by accident and nothing to nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tinycss2

from synth.views.markup import STATIC

SHEETS = sorted(STATIC.glob("*.css"))
TOKENS = re.compile(r"--synth-[\w-]+")


def rules(nodes: list[tinycss2.ast.Node]) -> list[tinycss2.ast.QualifiedRule]:
    """All rules, those for a medium too."""
    found = []
    for node in nodes:
        if node.type == "qualified-rule":
            found.append(node)
        elif node.type == "at-rule" and node.lower_at_keyword in ("media", "supports"):
            found += rules(tinycss2.parse_rule_list(node.content, skip_whitespace=True))
    return found


def written(sheet: Path) -> list[tinycss2.ast.QualifiedRule]:
    nodes = tinycss2.parse_stylesheet(sheet.read_text("utf-8"), skip_whitespace=True)
    assert [node.message for node in nodes if node.type == "error"] == []
    return rules(nodes)


def joined(rule: tinycss2.ast.QualifiedRule) -> bool:
    """Whether a comment stands between its selectors, as where a rule has lost its end."""
    inside = tinycss2.serialize(rule.prelude).strip()
    return "/*" in inside or "\n\n" in inside or inside.endswith(",")


def slips(rule: tinycss2.ast.QualifiedRule) -> list[str]:
    """What a browser would pass over, and what is said twice in one rule."""
    declared = tinycss2.parse_blocks_contents(
        rule.content, skip_comments=True, skip_whitespace=True
    )
    names = [one.name for one in declared if one.type == "declaration"]
    # A browser that does not know a value keeps the one before.
    twice = {name for name in names if names.count(name) > 1} - {"content"}
    other = [one.type for one in declared if one.type != "declaration"]
    return [*sorted(twice), *other]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_has_lost_its_body(sheet: Path) -> None:
    """Two rules become one, without a word from a browser, where the first has lost its body."""
    found = written(sheet)
    assert found
    assert [tinycss2.serialize(rule.prelude) for rule in found if joined(rule)] == []
    assert [rule.serialize() for rule in found if slips(rule)] == []


def test_a_rule_without_its_body_is_seen() -> None:
    (one,) = rules(tinycss2.parse_stylesheet(".a:hover, /* the next */ .b { color: red; }"))
    assert joined(one)
    (two,) = rules(tinycss2.parse_stylesheet(".a { color: red; color: blue; .b }"))
    assert slips(two) == ["color", "error"]


def test_every_token_is_defined_and_used(root: Path) -> None:
    """A name that is defined nowhere draws nothing, or the fallback for notebooks, everywhere."""
    styles = "\n".join(sheet.read_text("utf-8") for sheet in SHEETS)
    code = "\n".join(
        path.read_text("utf-8")
        for path in sorted((root / "src" / "synth").rglob("*"))
        if path.suffix in (".py", ".js", ".html", ".svg") and path.is_file()
    )
    defined = set(re.findall(r"(--synth-[\w-]+)\s*:", styles + code))
    asked = {name for name in re.findall(r"var\((--[\w-]+)", styles + code) if TOKENS.match(name)}
    assert len(defined) > 30
    assert asked - defined == set()
    assert {name for name in defined if (styles + code).count(name) == 1} == set()
