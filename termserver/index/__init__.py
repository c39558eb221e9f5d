"""The memory-mapped files of a pack: derived from its records, shared by workers through the page
cache.
"""
