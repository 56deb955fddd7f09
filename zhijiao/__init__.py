"""RUN: the hand that sets the other rooms going.

`cli` is what a person types, `scheduler` what runs unattended; both call `tick`, which starts a `crawl` and publishes.
`sources` says what the catalogue holds, and `trial` tries a site of it without storing anything.
"""
