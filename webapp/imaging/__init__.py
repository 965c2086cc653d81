"""Pictures: bytes in, bytes out. Pillow lives here, and knows neither HTTP nor the database."""
