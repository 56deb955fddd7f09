"""What is wrong with a channel, from its visits and articles. Pure; docs/health.md.

In order: `history` (what is looked at), `faults` (visits that failed), `silence` (nothing new for longer than usual),
`reading` (another rule reads it, fields are missing), `judge` (incidents that begin, go on and end), `wording` (in
words).
"""
