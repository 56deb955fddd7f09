"""The tree mirrors the rooms; `conftest.py` gives the tests their databases."""
