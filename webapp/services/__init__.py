"""What Easel does; knows no HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from webapp.imaging.presets import Preset
from webapp.models import Database
from webapp.services.accounts import Accounts
from webapp.services.addresses import PictureAddresses
from webapp.services.catalogue import Catalogue
from webapp.services.changes import ChangeFeed
from webapp.services.composing import Composer
from webapp.services.gallery import Gallery
from webapp.services.generation import JOB_KIND, ImageGeneratorService
from webapp.services.images import ImageManager
from webapp.services.jobs import Jobs
from webapp.services.known_pictures import KnownPictures
from webapp.services.originals import Originals
from webapp.services.placeholders import Placeholders
from webapp.services.ports import BlobStore, JobRunner, SharedCache, Watermarks
from webapp.services.prompts import PromptManager
from webapp.services.purging import Purger
from webapp.services.renderer import Renderer
from webapp.services.rendition_index import RenditionIndex
from webapp.services.rendition_maker import RenditionMaker
from webapp.services.rendition_orders import RenditionOrders
from webapp.services.rendition_store import RenditionStore
from webapp.services.rendition_worker import RenditionWorker
from webapp.services.renditions import Renditions
from webapp.services.signing import Signer
from webapp.services.tokens import Tokens
from webapp.services.trash import Trash
from webapp.services.warming import Warmer

INTAKES_WAITING, INTAKE_PATIENCE = 1000, 600.0
"""A picture that was paid for is not given up because others are being looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the services stand on: the parts that settings can exchange.

    `changed` hears the ids of images before and after what others may see of them changes,
    `all_changed` is told that it has for any of them. `stamp` returns a number that stays the same
    as long as nothing has; there is none where other servers change images too.
    """

    database: Database
    blobs: BlobStore
    cache: SharedCache
    runner: JobRunner
    catalogue: Catalogue
    presets: Mapping[str, Preset]
    watermarks: Watermarks
    changed: Callable[[str], None]
    all_changed: Callable[[], None]
    stamp: Callable[[str], int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The plain values among the settings that services need."""

    max_upload_bytes: int
    max_pixels: int
    signing_keys: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The wired set."""

    accounts: Accounts
    tokens: Tokens
    images: ImageManager
    known_pictures: KnownPictures
    gallery: Gallery
    changes: ChangeFeed
    generator: ImageGeneratorService
    prompts: PromptManager
    composer: Composer
    renditions: Renditions
    rendition_worker: RenditionWorker
    warmer: Warmer
    purger: Purger
    addresses: PictureAddresses
    trash: Trash
    placeholders: Placeholders
    catalogue: Catalogue
    jobs: Jobs


def wire(outside: Outside, options: Options) -> Services:
    """Return the services, each given just what it needs."""
    database, blobs, catalogue = outside.database, outside.blobs, outside.catalogue
    jobs = Jobs(database, outside.runner)
    originals = Originals(
        blobs,
        Renderer(waiting=INTAKES_WAITING, patience=INTAKE_PATIENCE),
        max_bytes=options.max_upload_bytes,
        max_pixels=options.max_pixels,
    )
    orders = RenditionOrders(database, jobs)
    store = RenditionStore(outside.cache, RenditionIndex(database))
    renderer = Renderer()
    maker = RenditionMaker(
        blobs, store, outside.watermarks, max_pixels=options.max_pixels, renderer=renderer
    )
    renditions = Renditions(outside.presets, store, maker, orders, outside.watermarks)
    prompts = PromptManager(database)
    images = ImageManager(
        database,
        blobs,
        originals,
        events=renditions,
        cancel=lambda session, ids: jobs.cancel(session, JOB_KIND, ids),
        changed=outside.changed,
    )
    return Services(
        accounts=Accounts(database),
        tokens=Tokens(database),
        images=images,
        known_pictures=KnownPictures(images, outside.stamp),
        gallery=Gallery(database),
        changes=ChangeFeed(database),
        generator=ImageGeneratorService(database, jobs, originals, catalogue, renditions),
        prompts=prompts,
        composer=Composer(database, prompts, catalogue),
        renditions=renditions,
        rendition_worker=RenditionWorker(database, jobs, orders, renditions),
        warmer=Warmer(database, renditions),
        purger=Purger(database, store, changed=outside.changed, all_changed=outside.all_changed),
        addresses=PictureAddresses(Signer(options.signing_keys), renditions),
        trash=Trash(database, images),
        placeholders=Placeholders(outside.cache, renderer),
        catalogue=catalogue,
        jobs=jobs,
    )
