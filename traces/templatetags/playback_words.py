"""The words that the playback's script says: one table of them, in the language of the page."""

from __future__ import annotations

import json

from django import template
from django.utils.translation import gettext as _

from deliberation.vocabulary import Dimension
from traces.playback.sentences import SENTENCES
from traces.templatetags.budget_words import dimension_word

register = template.Library()


@register.simple_tag
def playback_words() -> str:
    """JSON: sentences by the kind of an entry, names of what can be limited, and what the player says of itself."""
    words = {
        "entries": {kind.KIND: str(sentence) for kind, sentence in SENTENCES.items()},
        "limits": {each.value: str(dimension_word(each)) for each in Dimension},
        "rules": {
            "votes": _("most votes so far"),
            "value": _("highest value so far"),
            "latest": _("the latest so far"),
        },
        "play": _("Play"),
        "pause": _("Pause"),
        "selected": _("Answer chosen"),
        "best": _("Best answer so far"),
        "none": _("none yet"),
        "unknown": _("not recorded"),
        "reading": _("reading the record: {read} of {all} entries"),
        "entry": _("entry {seq} of {last}"),
        "after": _("{time} after the start"),
        "before": _("{time} before the start"),
        "no_limit": _("no limit"),
        "of": _("{spent} of {limit}"),
    }
    return json.dumps(words)
