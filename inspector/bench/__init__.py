"""The figures of the performance section: bounded, loopback only, printed with what they were measured on."""
