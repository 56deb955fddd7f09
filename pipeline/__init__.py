"""DECIDE: what an article says, whether it belongs, whether we already have it.

`article` holds the values that travel, `intake` the journey of one article through the pure `stages`, in one
transaction; `matching` answers the filters `judge` and `match` with the same stages; `settings` are all options.
"""
