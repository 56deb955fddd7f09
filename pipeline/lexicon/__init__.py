"""Word lists and models as data, read by the stages.

relevance.toml says what counts as vocational education and what only looks like it, relevance.json is the model trained
on it; regions, outlets and topics are lists of names and patterns, story.toml weighs the evidence that texts are one.
"""
