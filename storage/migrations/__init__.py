"""The schema's history: `versions/` holds one file a step, numbered; `env.py` runs them for `storage.database`."""
