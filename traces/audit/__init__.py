"""Pure helpers of the ledger's storage. What is hashed and proved lives in `deliberation.ledger`."""
