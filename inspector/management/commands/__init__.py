"""Commands that belong to the house, not to one of its parts."""
