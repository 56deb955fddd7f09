"""REMEMBER: records go in and come out, database opens transactions, and sites, channels, hosts, visits, links,
articles, stories and outbox (in the order in which news passes) are the queries of one transaction each. A story is
found by its card: cards write it, search and selections read it.
"""
