"""What may come next: one file a constraint, a table of them, and the object that combines them."""
