"""Make a deliberation inspectable: the vocabulary, the client, the ledger."""

__version__ = "0.1.0"
