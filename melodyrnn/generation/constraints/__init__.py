"""Constraints on the next event: one file each, a table of all, and the object that combines them."""
