"""How Hypothesis draws examples here: in its own time, as a machine may stop for seconds."""

from hypothesis import HealthCheck, settings

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For tests with `@given`: an example that took long has shown nothing."""
