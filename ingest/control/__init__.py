"""Control at the machines' door: a runner waits here for what is asked of its runs, and answers."""
