"""Put tags on a run, or take some off. What a person says of a tag stands, whatever the program tells later."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from deliberation.events import TagsChanged
from traces.actions.conflict import Unfit
from traces.actions.say import Said, Speech, say
from traces.projection.runs import MAX_NAMES
from traces.projection.states import RunState

MAX_TAGS = 50
MAX_TAG_CHARS = 100


def change_tags(*, speech: Speech, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Said:
    """Change them; what is so already says nothing.

    Raises Unfit for a tag of no or more than 100 characters, or with characters that cannot be seen, for more than 50
    of them, and where the run would have more than 50.
    """
    wanted, unwanted = _read("add", add), _read("remove", remove)
    both = set(wanted) & set(unwanted)
    if both:
        sentence = gettext("hold {tag}, which is to be taken off too")
        raise Unfit("add", sentence.format(tag=repr(min(both))))

    def make(run: RunState, key: str) -> TagsChanged | None:
        added = [tag for tag in wanted if tag not in run.tags]
        removed = [tag for tag in unwanted if tag in run.tags]
        if not added and not removed:
            return None
        if added and len(run.tags) - len(removed) + len(added) > MAX_TAGS:
            sentence = gettext("are too many: a run has {most} tags at most, and this one {count}")
            raise Unfit("add", sentence.format(most=MAX_TAGS, count=len(run.tags)))
        if len({*run.tags_off, *removed}) > MAX_NAMES:
            sentence = gettext("are too many: {most} were taken off this run already")
            raise Unfit("remove", sentence.format(most=MAX_NAMES))
        return TagsChanged(
            run=str(run.id),
            key=key,
            at=speech.now_ns,
            by=speech.by,
            added=added or None,
            removed=removed or None,
        )

    return say(speech, make)


def _read(field: str, tags: Sequence[str]) -> list[str]:
    read = list(dict.fromkeys(tag.strip() for tag in tags))
    if len(read) > MAX_TAGS:
        raise Unfit(
            field, gettext("are too many: {most} tags at most at once").format(most=MAX_TAGS)
        )
    for tag in read:
        if not 0 < len(tag) <= MAX_TAG_CHARS:
            sentence = gettext("must have 1 to {most} characters each")
            raise Unfit(field, sentence.format(most=MAX_TAG_CHARS))
        if not tag.isprintable():
            raise Unfit(field, gettext("hold characters that cannot be seen"))
    return read
