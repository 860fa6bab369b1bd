"""Playback: a run as it was at any entry of its ledger. Reads and folds; writes nothing, and nothing runs."""
