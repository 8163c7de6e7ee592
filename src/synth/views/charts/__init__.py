"""Charts of a review: when, where, who and how, each a finding in words with its numbers beside it.

A chart is aggregated before it is drawn, so that it carries no more than it shows; it stands in the
page as a picture first, and its specification stays under 10 KB.
"""

from synth.views.charts.chart import Chart, specification, theme_config, vegalite_mime
from synth.views.charts.when import by_year
from synth.views.charts.where import by_country, by_design, by_facet, by_place
from synth.views.charts.who import both_ways, designs_by_theme, single_support, theme_by_study
from synth.views.figure import Figure

__all__ = [
    "Chart",
    "Figure",
    "both_ways",
    "by_country",
    "by_design",
    "by_facet",
    "by_place",
    "by_year",
    "designs_by_theme",
    "single_support",
    "specification",
    "theme_by_study",
    "theme_config",
    "vegalite_mime",
]
