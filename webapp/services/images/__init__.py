"""Images: kept, described, edited, shown to who may see them, downloaded and deleted."""
