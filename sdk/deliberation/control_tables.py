"""The tables of control as a page: states and what may follow them, commands and where they apply."""

from __future__ import annotations

from collections.abc import Iterable

from deliberation.sentences import members_of
from deliberation.vocabulary import DesiredState, ObservedState
from deliberation.vocabulary.control import (
    MOVES,
    STAGE_MOVES,
    STRENGTH,
    SUPERSEDES,
    ActorKind,
    Applies,
    CommandKind,
    CommandStage,
    applies,
)

HEAD = """# States and commands

<!-- Made by `python -m deliberation.schema docs/reference`; change `deliberation/vocabulary` instead. -->

What people asked for and what is known of a run are two columns that are never mixed: `desired_state` and
`observed_state`. Both tables below are data in the SDK, and server, SDK and tests read the same ones.
"""
MOVES_HEAD = """## What may follow

A run begins in whatever state its ledger opens with, `running` when it says nothing. States that end (bold) are
written once: a later word stays in the ledger and changes no row. A program's own `run.ended` ends a run in any
state that is not final.
"""
APPLIES_HEAD = """## Where each command applies

An end that was asked for counts as under way: a run whose stop is still undelivered faces a second stop as
`cancelling`. Whatever does not apply is a 409 with the state and the command that stands in the way. `resume` needs
a hold that is open, `kill` a lease held by a supervisor that owns the process.
"""


def make_page() -> str:
    """Return the reference page, as Markdown."""
    lines = [
        HEAD,
        *_words("Observed states", members_of(ObservedState)),
        *_words("Desired states, the weakest first", members_of(DesiredState)),
        MOVES_HEAD,
        *_rows(("state", "may become"), map(_move, ObservedState)),
        APPLIES_HEAD,
        *_rows(("state", *(kind.value for kind in CommandKind)), map(_cells, ObservedState)),
        *_rows(("command", "takes the place of open"), map(_superseded, CommandKind)),
        *_words("Commands", members_of(CommandKind)),
        *_words("Stages of a command", members_of(CommandStage)),
        *_rows(("stage", "may become"), map(_stage, CommandStage)),
        *_words("Who asks", members_of(ActorKind)),
    ]
    assert sorted(STRENGTH, key=STRENGTH.__getitem__) == list(DesiredState)
    return "\n".join(lines).rstrip() + "\n"


def _move(state: ObservedState) -> tuple[str, str]:
    return _name(state), _listed(each.value for each in ObservedState if each in MOVES[state])


def _cells(state: ObservedState) -> tuple[str, ...]:
    given = (applies(kind, state, holds=1, killable=True) for kind in CommandKind)
    return _name(state), *("yes" if isinstance(each, Applies) else "" for each in given)


def _superseded(kind: CommandKind) -> tuple[str, str]:
    return f"`{kind.value}`", _listed(
        each.value for each in CommandKind if each in SUPERSEDES[kind]
    )


def _stage(stage: CommandStage) -> tuple[str, str]:
    after = _listed(each.value for each in CommandStage if each in STAGE_MOVES[stage])
    return f"`{stage.value}`", after


def _name(state: ObservedState) -> str:
    return f"**`{state.value}`**" if state.is_terminal else f"`{state.value}`"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "nothing"


def _words(title: str, members: Iterable[tuple[str, str]]) -> list[str]:
    named = ((f"`{word}`", sentence) for word, sentence in members)
    return [f"## {title}", "", *_rows(("word", "means"), named)]


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    table = (head, ("---",) * len(head), *rows)
    return [*(f"| {' | '.join(row)} |" for row in table), ""]
