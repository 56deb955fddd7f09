"""RUN: the hand that sets the other rooms going.

`cli` is what a person types, `scheduler` what runs unattended; both call `tick`, which starts a `crawl` and publishes.
"""
