"""What is true of the synthetic world, worked out from its own events and not from the files it writes.

Nothing here is SQL, and nothing is shared with the rest of the project: where the two agree, they agree because
both follow the written definitions.
"""
