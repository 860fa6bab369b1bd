"""The only writers for people and workers: one verb per file, keyword-only arguments."""
