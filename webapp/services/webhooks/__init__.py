"""Webhooks: programs elsewhere are told what happens here, signed, and again until they hear it."""
