"""What every page shares: the current services, htmx, forms, errors, security."""
