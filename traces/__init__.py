"""What a deliberation means, what of it is stored, and what is shown."""
