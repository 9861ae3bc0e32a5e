"""The public API of `import melodyrnn`: functions with named arguments, models and pieces.

`melodyrnn/__init__.py` lists the public names and the modules that hold them.
"""
