"""The stages of an article's journey, pure, in this order: normalise, relevance, regions, fingerprint, release."""
