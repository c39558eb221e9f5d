"""Packs and value sets to files."""
