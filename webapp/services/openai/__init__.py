"""Pictures for programs that speak OpenAI's API, made by any model on offer."""
