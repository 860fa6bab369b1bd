"""The embedded default: Postgres, Redis, web, workers and beat under one supervisor."""
