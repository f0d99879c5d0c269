"""The domain: government procurement in the order of its life. Knows no engine and no web."""
