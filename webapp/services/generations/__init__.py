"""Generations: begun, made by a provider, followed, cancelled and asked for again."""
