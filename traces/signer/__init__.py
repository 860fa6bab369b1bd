"""The signer: a small process that holds the key, outside the database, and never signs two histories of one log.

Knows no Django and no database. It remembers, durably, the last head that it signed of each log, and signs a later one
only with a proof (RFC 6962 §2.1.2) that it extends the one before.
"""
