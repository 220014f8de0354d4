"""Which records are one person: by identifiers alone, each link with the rule that made it."""
