"""Which nodes' usage adds up to the run's total."""

from __future__ import annotations

from deliberation.vocabulary import NodeKind


def is_billable(kind: str, cost_basis: str | None) -> bool:
    """Return True when the node's tokens and money are part of the sums.

    A call is billed once. Agents and workflows often repeat the sums of the calls inside them; those figures
    stay readable in the ledger and are not added again. A stated basis says that the figure is the node's own.
    """
    return kind == NodeKind.MODEL_CALL or cost_basis is not None
