"""Composing: what people fill in becomes requests, and is told what they would cost."""
