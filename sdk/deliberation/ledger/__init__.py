"""The ledger: canonical lines, salted parts, and a Merkle tree over them.

One code for the server that writes and the verifier that checks. Pure, standard library only.
"""
