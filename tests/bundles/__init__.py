"""Audit bundles for tests: made from events by the ledger's own code, and attacked."""
