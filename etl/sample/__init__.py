"""A made-up England and Wales in the agencies' files, and what is true of it.

The world is made first, as events; the files and the truth are two readings of those events, and neither is made
from the other. Same seed, same bytes: nothing here asks for today's date or for randomness from outside.
"""

from etl.sample.write import write_sample

__all__ = ["write_sample"]
