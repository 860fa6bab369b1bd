"""The 24 questions about a run that whoever is accountable for it is asked, answered from its ledger."""
