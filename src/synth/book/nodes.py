"""The nodes of document trees that are this library's own, until the build draws them."""

from __future__ import annotations

from docutils import nodes

# docutils names its nodes in small letters.


class finding_group(nodes.inline):  # noqa: N801
    """Citations of findings in one bracket, before their links are known."""


class evidence_link(nodes.reference):  # noqa: N801
    """A link with a preview: to a finding, a study, or the place of an argument in the review."""


class cited_names(nodes.inline):  # noqa: N801
    """The names of several works cited in one bracket: on a screen a count with a card."""


class evidence_line(nodes.General, nodes.Element):  # noqa: N801
    """Stands below a block of synthesis until the page of the explorer is known."""


class support_line(nodes.General, nodes.Element):  # noqa: N801
    """Stands where a page says what the synthesis of the whole book rests on."""


class view_node(nodes.General, nodes.Element):  # noqa: N801
    """Stands for a view until it is drawn, with what it shows and which anchors it brings."""


class study_entry(nodes.General, nodes.Element):  # noqa: N801
    """A study in the list of studies: its title for the search, its entry as it is drawn."""


class entry_title(nodes.title):  # noqa: N801
    """The name of a study, which the search lists; the entry draws it in its own line."""


class message_line(nodes.General, nodes.Element):  # noqa: N801
    """Stands in a message of the first page until it is known where its theme has its page."""
