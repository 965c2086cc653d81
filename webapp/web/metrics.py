"""Metrics in the format of Prometheus: requests as they are answered, and totals when asked for.

What the fast path answers before Flask is not among the requests.
"""

import time
from collections.abc import Iterable

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from webapp.services.figures import Totals
from webapp.web.current import services

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
NOWHERE = "none"
"""The endpoint of an address that there is not: as text it could be anything."""

_METRICS = "easel_metrics"
_BEGAN = "metrics_began"


class Metrics:
    """Counts the requests of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "easel_http_requests",
            "Requests that Flask has answered.",
            ("method", "endpoint", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "easel_http_request_seconds",
            "How long they took, without the sending of what they answered.",
            ("endpoint",),
            buckets=SECONDS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def count(self, response: Response) -> Response:
        """Count the current request, which gets this answer."""
        endpoint = request.endpoint or NOWHERE
        known = request.method in (request.url_rule.methods or ()) if request.url_rule else False
        method = request.method if known else NOWHERE
        self._requests.labels(method, endpoint, response.status_code).inc()
        if _BEGAN in g:
            self._seconds.labels(endpoint).observe(time.perf_counter() - g.get(_BEGAN))
        return response


class _Totals(Collector):
    """Gives the totals of a moment."""

    def __init__(self, totals: Totals) -> None:
        self._totals = totals

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Give each as a gauge."""
        totals = self._totals
        yield GaugeMetricFamily("easel_accounts", "Accounts.", totals.people)
        yield GaugeMetricFamily("easel_images", "Pictures outside the trash.", totals.pictures)
        yield GaugeMetricFamily(
            "easel_webhook_deliveries_pending",
            "What webhooks are still to be told.",
            totals.deliveries,
        )
        jobs = GaugeMetricFamily("easel_jobs", "Jobs by their state.", labels=("state",))
        for state, count in totals.jobs.items():
            jobs.add_metric((state,), count)
        yield jobs


def connect(app: Flask) -> None:
    """Count every request of an app."""
    metrics = app.extensions[_METRICS] = Metrics()
    app.before_request(_begin)
    app.after_request(metrics.count)


def exposition() -> Response:
    """Return all metrics of the current app as text; raises BusyError where totals can't be had."""
    metrics: Metrics = current_app.extensions[_METRICS]
    now = CollectorRegistry()
    now.register(_Totals(services().figures.totals()))
    text = generate_latest(metrics.registry) + generate_latest(now)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _begin() -> None:
    setattr(g, _BEGAN, time.perf_counter())
