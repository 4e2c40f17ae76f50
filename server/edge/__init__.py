"""HTTP that is no feature: middleware, access, errors, envelopes, templates. Knows no feature."""
