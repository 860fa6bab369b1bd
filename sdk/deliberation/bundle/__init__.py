"""The offline verifier of audit bundles: `docs/reference/ledger-and-bundle.md` in code.

Standard library only, no network, no server. Nothing in a bundle is believed: no key is taken from it and none of
its code is run. `cryptography` and `orjson` are used where they are installed, and give the same answers.
"""
