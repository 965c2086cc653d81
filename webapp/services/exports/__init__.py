"""Pictures on their way out: ZIPs of a selection, and albums as pages for any web server."""
