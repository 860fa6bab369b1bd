"""How nodes relate beyond parent and child: the deliberation is a DAG, its tree is only a layout."""

from __future__ import annotations

from enum import Enum


class EdgeKind(str, Enum):
    """What the source node does to the target node."""

    VOTES_INTO = "votes_into"
    """The source is a vote counted in the target aggregate."""
    VERIFIES = "verifies"
    """The source checks the target."""
    REVISES = "revises"
    """The source is a new version of the target."""
    AGGREGATES = "aggregates"
    """The source merges the target with others."""
    REUSES_PREFIX = "reuses_prefix"
    """The source continues from the target's cached prefix."""
    RETRIES = "retries"
    """The source tries again what the target failed at."""
    RESUMES = "resumes"
    """The source goes on where the target was interrupted."""
    LINKS = "links"
    """The source names the target; the source's trace says no more."""
