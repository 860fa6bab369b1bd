"""What a run and each node in it have in common: one can begin work within it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import Token
from types import TracebackType
from typing import TYPE_CHECKING, Any

from deliberation.client.current import CURRENT, enter, leave
from deliberation.client.recorder import Recorder
from deliberation.vocabulary import NodeKind, Risk, SideEffect

if TYPE_CHECKING:
    from typing import Self

    from deliberation.client.asked import Approval
    from deliberation.client.call import ModelCall
    from deliberation.client.node import Node, NodeScope
    from deliberation.client.sizes import Reserve
    from deliberation.client.tool import ToolCall
    from deliberation.client.verifier import VerifierCall


class Scope:
    """A stretch of the program, entered with `with` or `async with`.

    An exception that leaves it is noted and goes on untouched. Where it begins, the run gives way:
    it waits there while it is held, and raises `Stopped` there when it is to stop. A plain `with`
    in a coroutine holds up its whole event loop meanwhile, `async with` only its task.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._tokens: list[Token[Scope | None]] = []
        self._task: asyncio.Task[Any] | None = None

    @property
    def recorder(self) -> Recorder:
        """What the scope reports through."""
        return self._recorder

    @property
    def outside(self) -> Scope | None:
        """The scope that the program was in when it entered this one."""
        before = self._tokens[-1].old_value if self._tokens else None
        return before if isinstance(before, Scope) else None

    def node(
        self,
        kind: NodeKind | str,
        name: str | None = None,
        rank: int | None = None,
        text: Any = None,
        parent: NodeScope | None = None,
        *,
        input: Any = None,  # noqa: A002 - the contract's word
        depth: int | None = None,
        retries: NodeScope | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Node:
        """Return a node to be entered. It hangs under `parent`, else under this node, else under
        the current one.

        `kind` is a word of `NodeKind`; `text` the thought itself; `retries` the node whose work it
        tries again.
        """
        from deliberation.client.node import Node

        facts: dict[str, Any] = {"node_kind": kind, "name": name, "rank": rank, "depth": depth}
        facts |= {"text": text, "input": input, "attributes": attributes}
        return Node(self._recorder, self._parent(parent), facts, retries=retries)

    def model_call(
        self,
        *,
        model: str,
        provider: str | None = None,
        input: Any = None,  # noqa: A002 - the contract's word
        name: str | None = None,
        parent: NodeScope | None = None,
        retries: NodeScope | None = None,
        attributes: dict[str, Any] | None = None,
        max_tokens: int | None = None,
        reserve: Reserve | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> ModelCall:
        """Return one request to a model, to be entered.

        `input` is text, or messages as JSON values; `request` what else is asked for, as JSON values: a temperature,
        the request's own seed. Calls that differ in it are different calls. Where the run has a budget: `max_tokens` of
        output are asked for, and `call.max_tokens` says how many may be; `reserve` says what it takes at most, as a
        `Usage` or as `{"tokens": 900, "usd": "0.02"}`.
        """
        from deliberation.client.call import ModelCall

        facts: dict[str, Any] = {
            "node_kind": NodeKind.MODEL_CALL,
            "name": name,
            "model": model,
            "provider": provider,
        }
        facts |= {"input": input, "attributes": attributes}
        asks: dict[str, Any] = {"max_tokens": max_tokens, "reserve": reserve, "request": request}
        return ModelCall(self._recorder, self._parent(parent), facts, retries=retries, **asks)

    def tool(
        self,
        name: str,
        arguments: Any = None,
        side_effect: SideEffect | str | None = None,
        *,
        risk: Risk | str | None = None,
        needed: int | None = None,
        timeout: float | None = None,
        parent: NodeScope | None = None,
        retries: NodeScope | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> ToolCall:
        """Return one use of a tool, to be entered. `side_effect` is a word of `SideEffect`, `risk` one of `Risk`.

        What is `irreversible`, or what a policy of the project asks about, waits on entry until people agree: see
        `approval`.
        """
        from deliberation.client.tool import ToolCall

        facts: dict[str, Any] = {"node_kind": NodeKind.TOOL_CALL, "name": name, "tool": name}
        facts |= {"side_effect": side_effect, "input": arguments, "attributes": attributes}
        asks: dict[str, Any] = {"risk": risk, "needed": needed, "timeout": timeout}
        return ToolCall(self._recorder, self._parent(parent), facts, retries=retries, **asks)

    def verifier(
        self,
        name: str,
        input: Any = None,  # noqa: A002 - the contract's word
        *,
        parent: NodeScope | None = None,
        retries: NodeScope | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> VerifierCall:
        """Return one question to a verifier, to be entered. `name` is `name@version`, as in a verdict."""
        from deliberation.client.verifier import VerifierCall

        facts: dict[str, Any] = {"node_kind": NodeKind.VERIFICATION, "name": name}
        facts |= {"input": input, "attributes": attributes}
        return VerifierCall(self._recorder, self._parent(parent), facts, retries=retries)

    def approval(
        self,
        name: str,
        arguments: Any = None,
        *,
        side_effect: SideEffect | str | None = None,
        risk: Risk | str | None = None,
        needed: int | None = None,
        timeout: float | None = None,
        parent: NodeScope | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Approval:
        """Return a step that waits, on entry, until people agree to exactly `name` with `arguments`.

        `needed` people, one by default, within `timeout` seconds; a policy of the project may ask for more people
        and less time. `arguments` are what they agreed to, which may not be what was asked. `NotApproved` when they
        refuse, when nobody decides in time, and when the inspector cannot be asked; `Stopped` when they end the run.
        """
        from deliberation.client.asked import Approval

        facts: dict[str, Any] = {"node_kind": NodeKind.APPROVAL, "name": name}
        facts |= {"side_effect": side_effect, "input": arguments, "attributes": attributes}
        asks: dict[str, Any] = {"risk": risk, "needed": needed, "timeout": timeout}
        return Approval(self._recorder, self._parent(parent), facts, **asks)

    def start(self) -> Self:
        """Begin without `with`; `end` must follow."""
        self._begin()
        return self

    def end(self, error: BaseException | None = None) -> None:
        """End what `start` began; a second end does nothing."""
        self._end(error)

    def __enter__(self) -> Self:
        self._begin()
        self._tokens.append(enter(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()
        self._end(error)

    async def __aenter__(self) -> Self:
        await self._abegin()
        self._tokens.append(enter(self))
        self._task = self._recorder.gate.tasks.enter()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._recorder.gate.tasks.leave(self._task)
        self._leave()
        self._end(error)

    def _begin(self) -> None:
        raise NotImplementedError

    async def _abegin(self) -> None:
        raise NotImplementedError

    def _end(self, error: BaseException | None) -> None:
        raise NotImplementedError

    def _leave(self) -> None:
        if self._tokens:
            leave(self._tokens.pop())

    def _parent(self, given: NodeScope | None) -> NodeScope | None:
        from deliberation.client.node import NodeScope

        if given is not None and _is_node(given, self._recorder):
            return given
        if isinstance(self, NodeScope):
            return self
        current = CURRENT.get()
        is_ours = isinstance(current, NodeScope) and current.run_id == self._recorder.run
        return current if isinstance(current, NodeScope) and is_ours else None


def _is_node(given: Any, recorder: Recorder) -> bool:
    from deliberation.client.node import NodeScope

    if not isinstance(given, NodeScope):
        recorder.client.refuse("a parent that is no node")
    return isinstance(given, NodeScope)
