"""The scopes that operations ask for; `services/tokens/scopes.py` lists all there are."""

READ = "images:read"
WRITE_IMAGES = "images:write"
WRITE_ALBUMS = "albums:write"
GENERATE = "generate"
