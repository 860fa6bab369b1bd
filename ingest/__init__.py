"""How bytes come in: the door, the inbox, and the way from bytes to events."""
