"""The task queue: brings jobs to workers, in this process or in others."""

from webapp.jobs.inline import InlineRunner, NullRunner
from webapp.jobs.ports import Handler, Ledger, Transport
from webapp.jobs.sweep import Periodic
from webapp.jobs.transport import HueyRunner
from webapp.jobs.worker import Worker

__all__ = [
    "Handler",
    "HueyRunner",
    "InlineRunner",
    "Ledger",
    "NullRunner",
    "Periodic",
    "Transport",
    "Worker",
]
