"""The suite: `unit` and `sdk` without a database, `integration` with, `browser` with a Chromium."""
