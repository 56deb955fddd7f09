"""DECIDE: what an article says, whether it belongs, whether we already have it.

`article` holds the values that travel, `intake` the journey of one article through the pure `stages`, in one
transaction; `judging` knows which lexicon and which decisions are in force, `rejudging` puts others in force on what is
stored, and `training` makes a lexicon's model from labels; `matching` answers the filters `judge` and `match` with the
same stages; `settings` are all options.
"""
