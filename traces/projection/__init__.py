"""Events to rows. Idempotent, free of order where facts agree, and the same when run again from the ledger."""
