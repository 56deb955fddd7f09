"""DELIVER messages: targets (notify.toml) are each given what the outbox announces; a courier for each composes
messages, in the hours that its schedule allows, for a service of Apprise.
"""
