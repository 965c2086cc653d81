"""Templates: prompts with sections and variables, their versions, and what files make of them."""
