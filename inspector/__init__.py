"""The house that holds the parts together: settings, addresses, processes, the embedded default."""
