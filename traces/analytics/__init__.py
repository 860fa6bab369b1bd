"""Pure computations on what was recorded."""
