"""Money: what calls cost, who may spend how much, and what was spent."""
