"""docindex indexes the documents that a Markdown manifest lists and searches them in the
terminal.
"""

__version__ = "0.1.0"
