"""Word lists and models as data, read by the stages.

relevance.toml says what counts as vocational education and what only looks like it, relevance.json is its trained model.
"""
