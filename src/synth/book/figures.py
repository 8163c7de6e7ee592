"""Charts of notebooks as pictures that need no script, and values that only the build knows."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from markupsafe import Markup

from synth.book.context import render, words_of
from synth.book.role_syntax import count
from synth.errors import UnknownName
from synth.views.figure import values_of_study
from synth.views.view import totals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synth.review import Review

CHART = "application/vnd.vegalite.v6+json"
SVG = "image/svg+xml"
HAS_CHART = "synth_chart"
"""Key of a page's metadata that says it holds a chart, and of which Vega-Lite."""


# --- charts -----------------------------------------------------------------------------------


class VegaLiteMime:
    """Draws a chart of a notebook in the book: the stored picture, with its specification beside.

    The picture stands without any script. ``loader.js`` makes it interactive when it comes into
    view; what a screen reader hears stays the description that was stored with the chart.
    """

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = (("html", CHART, 5),)

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Give the nodes of a chart; ``None`` lets myst-nb go on with any other output."""
        if data.mime_type != CHART or inline:
            return None
        myst = renderer.renderer
        cell = myst.nb_client.notebook.cells[data.cell_index]
        picture = cell["outputs"][data.output_index]["data"].get(SVG, "")
        env = myst.sphinx_env
        env.metadata[env.docname][HAS_CHART] = vega_lite_version(data.content)
        return [
            nodes.raw(
                "",
                chart_html("".join(picture), data.content, words_of(env.app)["chart"]),
                format="html",
                classes=["output"],
            )
        ]


def chart_html(picture: str, spec: dict[str, Any], unnamed: str) -> str:
    """The figure of a chart: its picture with a name, and its specification for the loader.

    Parameters
    ----------
    picture : the chart as SVG.
    spec : the Vega-Lite specification; its ``description`` names the picture.
    unnamed : name of a chart without description or title.
    """
    title = spec.get("title", "")
    named = spec.get("description") or (title if isinstance(title, str) else title.get("text", ""))
    inner = picture[picture.index("<svg") :] if "<svg" in picture else ""
    return str(
        render("chart_figure.html", label=named or unnamed, picture=Markup(inner), spec=spec)
    )


def vega_lite_version(spec: dict[str, Any]) -> str:
    """Major and minor version of the Vega-Lite a specification was written for.

    >>> vega_lite_version({"$schema": "https://vega.github.io/schema/vega-lite/v6.4.1.json"})
    '6.4'
    """
    found = re.search(r"/v(\d+\.\d+)", str(spec.get("$schema", "")))
    return found[1] if found else ""


# --- late values ------------------------------------------------------------------------------


def late_value(name: str, review: Review) -> str:
    """A value of the whole review, worked out once however many pages say it.

    Parameters
    ----------
    name : ``studies`` (those whose findings were coded), ``works`` (all that are cited),
        ``findings``, ``statements``, ``countries``, ``influences``, ``title``,
        ``licence``, ``version`` or ``date``;
        or, after a colon, filters as in ``{count}``: ``studies:theme=wellbeing direction=barrier``.
    review : the review.

    Raises
    ------
    UnknownName : there is no such value or filter.
    """
    made: dict[str, str] = review.records.once("late values", dict)
    if name not in made:
        made[name] = _late_value(name, review)
    return made[name]


def _late_value(name: str, review: Review) -> str:
    what, _, filters = name.partition(":")
    if filters:
        chosen: dict[str, tuple[str, ...]] = {}
        for part in shlex.split(filters):
            facet, _, value = part.partition("=")
            chosen[facet] = (*chosen.get(facet, ()), value)
        facet, *others = chosen
        if what == "studies" and not others and review.settings.facet(facet) is not None:
            # A study counts where it was done, whatever country a finding of it is about.
            wanted, records = set(chosen[facet]), review.records
            done = (study.id for study in records.studies.values() if study.is_evidence)
            return str(
                sum(not wanted.isdisjoint(values_of_study(records, facet, name)) for name in done)
            )
        return str(count(review, what, chosen))
    known: dict[str, Callable[[], str]] = {
        **totals(review.records),
        "countries": lambda: str(review.evidence().count("countries")),
    }
    if what not in known:
        raise UnknownName("late value", what, known, f"There are: {', '.join(known)}.")
    return known[what]()
