"""Put tags on a run, or take some off. What a person says of a tag stands, whatever the program tells later."""

from __future__ import annotations

from collections.abc import Sequence

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
        raise Unfit("add", f"{min(both)!r} cannot be put on and taken off at once")

    def make(run: RunState, key: str) -> TagsChanged | None:
        added = [tag for tag in wanted if tag not in run.tags]
        removed = [tag for tag in unwanted if tag in run.tags]
        if not added and not removed:
            return None
        if added and len(run.tags) - len(removed) + len(added) > MAX_TAGS:
            raise Unfit("add", f"a run has {MAX_TAGS} tags at most, and this one {len(run.tags)}")
        if len({*run.tags_off, *removed}) > MAX_NAMES:
            raise Unfit("remove", f"{MAX_NAMES} tags were taken off this run already")
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
        raise Unfit(field, f"takes {MAX_TAGS} tags at most")
    for tag in read:
        if not 0 < len(tag) <= MAX_TAG_CHARS:
            raise Unfit(field, f"a tag has 1 to {MAX_TAG_CHARS} characters")
        if not tag.isprintable():
            raise Unfit(field, "a tag has no characters that cannot be seen")
    return read
