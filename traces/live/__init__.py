"""Pokes to live pages, and their fan-out."""
