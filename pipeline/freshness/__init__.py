"""When to look at a channel again, so that news wait as short as a budget of visits allows. Pure; docs/freshness.md.

In order: `days` (what kind of day is it in China?), `rhythm` (what visits taught: how much, at which hours, on which
days), `price` (what a visit costs in waiting, so that the budget is met), `plan` (the moment of the next visit).
Everything is computed for many channels at once, one of them being the special case. Apart from these stands `recheck`:
when an article that was read is looked at again.
"""
