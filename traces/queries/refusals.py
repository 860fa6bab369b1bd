"""Why a command cannot be given, in the language of the page: the vocabulary knows English alone."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from deliberation.vocabulary import ObservedState
from traces.queries.spoken import spoken

KNOWN = (
    _("nothing holds the run"),
    _("no supervisor owns its process; stop asks the program itself"),
    _("the run is asked to die already"),
    _("the run is asked to stop already"),
)
"""What `deliberation.vocabulary.control.applies` says; a test holds the two together."""


def tell_refusal(why: str, state: ObservedState) -> str:
    """Return the sentence with which `applies` refused a command in a state."""
    if state.is_terminal:
        return gettext("the run has ended: {observed_state}").format(
            observed_state=spoken(state.value)
        )
    return gettext(why)
