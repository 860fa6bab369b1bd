"""What the inspector says to other servers of its own accord: signed, bounded, never to a private address unasked."""
