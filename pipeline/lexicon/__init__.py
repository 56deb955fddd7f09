"""Word lists as data, read by the stages: relevance.toml (vocational education, and what only looks like it), relevance.json (its trained model)."""
