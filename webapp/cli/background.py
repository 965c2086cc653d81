"""The workers behind the pages: which jobs there are, and what is tidied up now and then."""

import hashlib
import os
import socket
from collections.abc import Mapping
from functools import partial

from webapp.extensions import cache
from webapp.jobs import Handler, HueyRunner, Periodic, Worker
from webapp.parts import Easel
from webapp.services.generations import making
from webapp.services.images.shown import shared_ids
from webapp.services.renditions import orders as rendition_orders
from webapp.services.webhooks import outbox

HOUR = 3600
WEEK_MS = 7 * 24 * HOUR * 1000


def handlers(easel: Easel) -> Mapping[str, Handler]:
    """Return who does each kind of job."""
    services = easel.services
    return {
        making.JOB_KIND: services.maker,
        rendition_orders.JOB_KIND: services.rendition_worker,
        outbox.JOB_KIND: services.webhooks.sender,
    }


def serving_worker(easel: Easel) -> Worker:
    """Return the worker of the serving process; what a crash left half done comes back first.

    With a queue of its own it makes no pictures, and still keeps house in its data directory.
    The files for nginx begin anew: a crash, another preset or another key may have overtaken them.
    """
    easel.shown.files.clear()
    holder = _serving_holder(easel)
    if not easel.is_embedded:
        return _worker(easel, holder, threads=0)
    easel.services.jobs.release(holder)
    return _worker(easel, holder, threads=easel.settings.workers)


def separate_worker(easel: Easel) -> Worker:
    """Return a worker for a process of its own."""
    holder = f"{os.getpid()}-{socket.gethostname()[:24]}"
    return _worker(easel, holder, threads=easel.settings.workers)


def _serving_holder(easel: Easel) -> str:
    """Return the name under which this directory's server holds leases.

    The directory's lock makes it the only one, so that what it held before a crash is free.
    """
    place = f"{socket.gethostname()}:{easel.data.root}"
    return f"serve-{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def _worker(easel: Easel, holder: str, *, threads: int) -> Worker:
    runner = easel.runner
    if not isinstance(runner, HueyRunner):
        msg = "A worker needs a queue."
        raise TypeError(msg)
    return Worker(
        runner,
        easel.services.jobs,
        handlers(easel),
        threads=threads,
        holder=holder,
        housekeeping=_housekeeping(easel),
    )


def _housekeeping(easel: Easel) -> list[Periodic]:
    services = easel.services
    tasks = [
        Periodic("emptying old trash", HOUR, services.trash.sweep),
        Periodic("forgetting deleted templates", HOUR, services.templates.sweep),
        Periodic("forgetting what was undone or can't be", HOUR, services.library.undoer.sweep),
        Periodic("settling what nobody will", HOUR, services.ledger.sweep),
        Periodic("forgetting old deliveries", HOUR / 12, services.webhooks.log.sweep),
        Periodic("clearing away what crashes left", HOUR, easel.blobs.sweep),
        Periodic("clearing away what was on its way in", HOUR, services.uploads.sweep),
        Periodic("forgetting old jobs", HOUR, lambda: services.jobs.purge_finished(WEEK_MS)),
    ]
    if easel.settings.nginx_dir is not None:
        tasks.append(Periodic("tidying the files for nginx", HOUR, partial(_tidy_files, easel)))
    prune = getattr(cache.cache, "prune", None)
    if prune is not None:
        tasks.append(Periodic("pruning the cache", HOUR / 12, prune))
    return tasks


def _tidy_files(easel: Easel) -> None:
    easel.shown.files.keep_only(partial(shared_ids, easel.database))
    easel.shown.files.prune(easel.settings.cache_max_bytes)
