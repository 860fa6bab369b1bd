"""The pictures of the documentation, taken of a real inspector with its demo."""
