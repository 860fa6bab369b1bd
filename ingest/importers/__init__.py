"""Files that others wrote become runs: one file per format, each yields events of the one vocabulary."""
