"""Word lists and models as data, read by the stages.

relevance.toml is what counts as vocational education and what only looks like it, relevance.json the model trained on it.
"""
