"""What must be disclosed of a run: 24 questions, answered by one function of its ledger, on a page and in a bundle."""
