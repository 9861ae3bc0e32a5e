"""The site, built from docs/*.md without a network: `pip install '.[docs]'`, then `sphinx-build -W docs site`."""

from __future__ import annotations

from melodyrnn.version import __version__

project = "melodyrnn"
author = "the authors of melodyrnn"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"melodyrnn {__version__}"
html_show_copyright = False
exclude_patterns = ["build_options.py", "build_screenshots.py", "conf.py"]

# Markdown: headings have the anchors that GitHub gives them.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

# Docstrings put code in single backticks.
default_role = "code"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
nitpicky = False
