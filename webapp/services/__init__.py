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
from webapp.services.originals import Originals
from webapp.services.placeholders import Placeholders
from webapp.services.ports import BlobStore, Cache, JobRunner
from webapp.services.prompts import PromptManager
from webapp.services.rendition_index import RenditionIndex
from webapp.services.renditions import Renditions
from webapp.services.signing import Signer
from webapp.services.tokens import Tokens
from webapp.services.trash import Trash


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the services stand on: the parts that settings can exchange.

    `changed` hears the ids of images after what others may see of them has changed.
    """

    database: Database
    blobs: BlobStore
    cache: Cache
    runner: JobRunner
    catalogue: Catalogue
    presets: Mapping[str, Preset]
    changed: Callable[[str], None]


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
    gallery: Gallery
    changes: ChangeFeed
    generator: ImageGeneratorService
    prompts: PromptManager
    composer: Composer
    renditions: Renditions
    addresses: PictureAddresses
    trash: Trash
    placeholders: Placeholders
    catalogue: Catalogue
    jobs: Jobs


def wire(outside: Outside, options: Options) -> Services:
    """Return the services, each given just what it needs."""
    database, blobs, catalogue = outside.database, outside.blobs, outside.catalogue
    jobs = Jobs(database, outside.runner)
    originals = Originals(blobs, max_bytes=options.max_upload_bytes, max_pixels=options.max_pixels)
    renditions = Renditions(
        blobs,
        outside.cache,
        RenditionIndex(database),
        outside.presets,
        max_pixels=options.max_pixels,
    )
    prompts = PromptManager(database)
    images = ImageManager(
        database,
        blobs,
        originals,
        forget=renditions.forget,
        cancel=lambda session, ids: jobs.cancel(session, JOB_KIND, ids),
        changed=outside.changed,
    )
    return Services(
        accounts=Accounts(database),
        tokens=Tokens(database),
        images=images,
        gallery=Gallery(database),
        changes=ChangeFeed(database),
        generator=ImageGeneratorService(database, jobs, originals, catalogue),
        prompts=prompts,
        composer=Composer(database, prompts, catalogue),
        renditions=renditions,
        addresses=PictureAddresses(Signer(options.signing_keys), renditions),
        trash=Trash(database, images),
        placeholders=Placeholders(outside.cache),
        catalogue=catalogue,
        jobs=jobs,
    )
