"""Renditions: originals at any size, made once, kept, warmed and purged; and their addresses."""
