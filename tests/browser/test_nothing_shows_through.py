"""No dialog, menu, tooltip or bar that stays in view lets the text behind it show through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.page_at_rest import FRAMES

pytestmark = pytest.mark.browser

READERS = [
    pytest.param(width, scheme, id=f"{width} px, {scheme}")
    for width in (360, 820, 1440)
    for scheme in ("light", "dark")
]

SHOWN_THROUGH = r"""() => {
  // Everything that lies over the page now, the outermost of what is nested.
  const kinds = "dialog[open], [role=tooltip], .dropdown-menu.show, [popover]:popover-open";
  // What is folded away is not seen, nor what is in it; to ask how it looks would lay it out.
  const shown = (element) => element.matches("details:not([open]) > :not(summary:first-of-type)")
    ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT, shown);
  const every = [];
  while (walk.nextNode()) every.push(walk.currentNode);
  // Of thousands of elements few pass the first question; the others take longer to answer.
  const lies = (element) => {
    const style = getComputedStyle(element);
    return (["fixed", "sticky"].includes(style.position) || element.matches(kinds))
      && style.visibility === "visible" && element.getClientRects().length > 0;
  };
  const over = every.filter(lies);
  const inside = (element) => over.some((other) => other !== element && other.contains(element));
  const outer = over.filter((element) => !inside(element));
  const visible = { visibilityProperty: true, opacityProperty: true };
  // Part of what is behind an element that its own backgrounds, one over the other, let through.
  const clear = (element) => {
    const style = getComputedStyle(element);
    const colour = style.backgroundColor;
    const parts = colour.match(/[\d.]+(?=\s*\))/);
    const alpha = colour === "transparent" ? 0 : /rgba|\//.test(colour) ? Number(parts[0]) : 1;
    return 1 - alpha * Number(style.opacity);
  };
  const wrong = [];
  let looked = 0;
  for (const layer of outer) {
    const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      if (!text.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getClientRects()[0];
      const parent = text.parentElement;
      if (!box || !parent.checkVisibility(visible)) continue;
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const stack = document.elementsFromPoint(x, y);
      // Text that is itself hidden behind something, or outside the window, is not seen.
      if (!layer.contains(stack[0])) continue;
      if (!parent.contains(stack[0]) && !stack[0].contains(parent)) continue;
      looked += 1;
      let seen = 1;
      let index = 0;
      for (; layer.contains(stack[index] ?? null); index += 1) seen *= clear(stack[index]);
      // What is behind a modal dialog is inert and so not in the stack: it has to cover by itself.
      const beside = !layer.matches("dialog") && stack[index]?.contains(layer);
      if (seen > 0.01 && !beside)
        wrong.push(`${layer.tagName}#${layer.id} at "${text.data.trim().slice(0, 40)}"`);
    }
  }
  return { looked, layers: outer.length, wrong: [...new Set(wrong)] };
}"""
"""Looks behind each piece of text in all that lies over the page."""

WHILE_SCROLLING = f"""async () => {{
  const wrong = [];
  const height = document.documentElement.scrollHeight;
  for (let part = 0; part < 12; part += 1) {{
    scrollTo(0, 150 + Math.floor(part * height / 13));
    await ({FRAMES})();
    wrong.push(...({SHOWN_THROUGH})().wrong);
  }}
  return wrong;
}}"""
"""Looks at twelve places between the head of a page and its end, and says all that is wrong."""


def test_the_look_behind_sees_a_transparent_dialog(offline_page: Callable[..., Any]) -> None:
    page = offline_page().page
    page.set_content("<p>behind</p><dialog style='background: rgb(0 0 0 / .5)'>before</dialog>")
    page.evaluate("document.querySelector('dialog').showModal()")
    assert page.evaluate(SHOWN_THROUGH)["wrong"] == ['DIALOG# at "before"']
    page.evaluate("document.querySelector('dialog').style.background = 'white'")
    assert page.evaluate(SHOWN_THROUGH) == {"looked": 1, "layers": 1, "wrong": []}
    page.set_content(
        "<p>behind</p><details open><summary role=tooltip style='position: fixed; top: 0'>name"
        "</summary><b role=tooltip style='position: fixed; top: 1em'>folded</b></details>"
    )
    assert page.evaluate(SHOWN_THROUGH)["looked"] == 2
    page.evaluate("document.querySelector('details').open = false")
    assert page.evaluate(SHOWN_THROUGH)["looked"] == 1, "a summary stays in view"
    page.set_content(
        "<p style='position: sticky; top: 0; margin: 0'>bar</p><p style='margin: -1em 0'>text</p>"
    )
    assert page.evaluate(SHOWN_THROUGH)["wrong"] == ['P# at "bar"']
    page.set_content(
        "<p style='position: sticky; top: 0; margin: 0'>bar</p>" + "<p>text</p>" * 200,
    )
    assert set(page.evaluate(WHILE_SCROLLING)) == {'P# at "bar"'}


def looks(page: Any, what: str, *, at_least: int = 1) -> list[str]:
    """What shows through now, each with the thing that was just opened."""
    seen = page.evaluate(SHOWN_THROUGH)
    assert seen["looked"] >= at_least, f"{what}: nothing lies over the page"
    return [f"{what}: {place}" for place in seen["wrong"]]


@pytest.mark.parametrize(("width", "scheme"), READERS)
def test_menus_dialogs_and_tooltips_are_opaque(
    built_book: Path, offline_page: Callable[..., Any], width: int, scheme: str
) -> None:
    offline = offline_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = offline.open(built_book / "book" / "team-relationships.html")
    page.mouse.wheel(0, 900)
    wrong: list[str] = []
    for name, button in (
        ("the contents", ".synth-contents-button"),
        ("search", ".search-button__button"),
    ):
        control = page.locator(f"{button}:visible").first
        if control.count() == 0:
            continue
        control.click()
        page.mouse.move(0, 0)
        if name != "search":
            wrong += looks(page, name, at_least=3)
        else:
            assert (
                page.locator("dialog[open] form")
                .evaluate("form => getComputedStyle(form).backgroundColor")
                .startswith("rgb(")
            )
        page.keyboard.press("Escape")
        page.wait_for_function("!document.querySelector('dialog[open]')")
    citation = page.locator("article a.fc:not(.synth-names *)").first
    citation.scroll_into_view_if_needed()
    citation.focus()
    page.wait_for_selector("[role=tooltip]:visible")
    wrong += looks(page, "the preview of a citation")
    assert wrong == []


@pytest.fixture(scope="module")
def seen_by_day_and_night() -> dict[tuple[str, int], dict[str, set[str]]]:
    """What shows through on a page of some width, in the light and in the dark, once looked at."""
    return {}


def seen_while_scrolling(page: Any, name: str) -> set[str]:
    """What shows through anywhere between the head of a page and its end."""
    wrong = set(page.evaluate(WHILE_SCROLLING))
    if name == "explorer":
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_selector(".synth-explorer[data-ready=true]")
        parts = page.locator(".synth-explorer details").element_handles()
        before = [part.evaluate("part => part.open") for part in parts]
        for part in parts:
            if part.is_visible():
                part.evaluate("part => (part.open = true)")
                wrong |= set(page.evaluate(SHOWN_THROUGH)["wrong"])
        for part, open_ in zip(parts, before, strict=True):
            part.evaluate("(part, open) => (part.open = open)", open_)
    return wrong


@pytest.mark.parametrize(("width", "scheme"), READERS)
@pytest.mark.parametrize("name", ["framework", "explorer", "influences", "studies"])
def test_bars_that_stay_in_view_are_opaque(
    built_book: Path,
    offline_page: Callable[..., Any],
    seen_by_day_and_night: dict[tuple[str, int], dict[str, set[str]]],
    name: str,
    width: int,
    scheme: str,
) -> None:
    """One load serves both: night falls over a page as over a reader's."""
    if (name, width) not in seen_by_day_and_night:
        seen = seen_by_day_and_night[name, width] = {}
        offline = offline_page(
            viewport={"width": width, "height": 700}, color_scheme="light", reduced_motion="reduce"
        )
        page = offline.open(built_book / "book" / f"{name}.html")
        for now in ("light", "dark"):
            page.emulate_media(color_scheme=now)
            page.wait_for_function(f"document.documentElement.dataset.theme === '{now}'")
            seen[now] = seen_while_scrolling(page, name)
    assert seen_by_day_and_night[name, width][scheme] == set()
