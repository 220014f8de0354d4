"""Which records are one person: each link with the rule that made it, or its weight."""
