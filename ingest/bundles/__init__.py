"""Audit bundles go out and come in: the tasks that do it beside what arrives live."""
