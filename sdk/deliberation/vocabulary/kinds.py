"""What a node is, and how its work went."""

from __future__ import annotations

from enum import Enum


class NodeKind(str, Enum):
    """One thing thought, tried or done."""

    THOUGHT = "thought"
    """A piece of reasoning that is neither a complete attempt nor an action."""
    SAMPLE = "sample"
    """One independent attempt at the whole task."""
    EXPANSION = "expansion"
    """A search state opened from its parent."""
    ROLLOUT = "rollout"
    """A simulation from a state to an end, made to estimate the state's value."""
    PROPOSAL = "proposal"
    """A next step put forward by a proposer, before anything was decided about it."""
    CRITIQUE = "critique"
    """A judgement in words on another node."""
    REVISION = "revision"
    """A new version of another node."""
    AGGREGATE = "aggregate"
    """A vote, merge or ranking over several nodes."""
    MODEL_CALL = "model_call"
    """One billable request to a model."""
    TOOL_CALL = "tool_call"
    """One use of a tool."""
    RETRIEVAL = "retrieval"
    """Documents looked up."""
    VERIFICATION = "verification"
    """A checker at work; its result is a verdict."""
    AGENT = "agent"
    """A loop that plans, acts and observes."""
    APPROVAL = "approval"
    """A wait for a person's decision."""
    LATENT = "latent"
    """Computation with no text: drawn at its true size, never as an empty bubble."""
    STEP = "step"
    """Anything else; the kind for what a source did not name."""


class NodeStatus(str, Enum):
    """Whether the work of a node is over, and how it ended."""

    RUNNING = "running"
    """Begun, and no end was reported."""
    OK = "ok"
    """Ended without a reported error."""
    ERROR = "error"
    """Ended by an error."""
    CANCELLED = "cancelled"
    """Ended from outside before it was done."""
    UNKNOWN = "unknown"
    """Mentioned by others, never reported by itself."""
