"""Published results, computed again from public logs: read by the importers, folded by the projector, judged here."""
