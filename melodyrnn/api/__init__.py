"""What `import melodyrnn` offers: functions with named arguments, models, and pieces that write and show themselves.

`melodyrnn/__init__.py` lists the public names and the modules that hold them.
"""
