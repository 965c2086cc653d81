"""What Easel does; knows no HTTP."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.imaging.presets import Preset
from webapp.models import Database
from webapp.services.accounts import Accounts
from webapp.services.catalogue import Catalogue
from webapp.services.changes import ChangeFeed
from webapp.services.composing.batches import TemplateBatches
from webapp.services.composing.beginnings import Beginnings
from webapp.services.composing.composer import Composer
from webapp.services.composing.composition import Drafts
from webapp.services.composing.finishes import Finishes
from webapp.services.composing.model_shop import ModelShop
from webapp.services.composing.orders import Orders
from webapp.services.composing.rehearsals import Rehearsals
from webapp.services.composing.runs import TemplateRuns
from webapp.services.exports.wired import Exports
from webapp.services.figures import Figures
from webapp.services.gallery import Gallery
from webapp.services.generations.generator import ImageGeneratorService
from webapp.services.generations.making import JOB_KIND, ImageMaker
from webapp.services.generations.reading import Generations
from webapp.services.generations.results import ResultKeeper
from webapp.services.generations.work import WorkQueue
from webapp.services.happenings import Happenings
from webapp.services.images.downloads import Downloads
from webapp.services.images.edits import Editor
from webapp.services.images.images import ImageManager
from webapp.services.images.known import KnownPictures
from webapp.services.images.lineage import LineageReader
from webapp.services.images.originals import Originals
from webapp.services.images.parents import References
from webapp.services.images.provenance import Provenance
from webapp.services.images.trash import Trash
from webapp.services.jobs import Jobs
from webapp.services.library.actions import Tools
from webapp.services.library.wired import Library
from webapp.services.links import Sharing
from webapp.services.money.budgets import Budgets
from webapp.services.money.ledger import Ledger
from webapp.services.money.usage import Usage
from webapp.services.openai.handouts import Handouts
from webapp.services.openai.pictures import OpenAIPictures
from webapp.services.openai.waiting import Waiting
from webapp.services.ports import BlobStore, JobRunner, SharedCache, Watermarks
from webapp.services.prompts import PromptManager
from webapp.services.renderer import Renderer
from webapp.services.renditions.addresses import PictureAddresses
from webapp.services.renditions.index import RenditionIndex
from webapp.services.renditions.maker import RenditionMaker
from webapp.services.renditions.orders import RenditionOrders
from webapp.services.renditions.placeholders import Placeholders
from webapp.services.renditions.purging import Purger
from webapp.services.renditions.renditions import Renditions
from webapp.services.renditions.signing import Signer
from webapp.services.renditions.store import RenditionStore
from webapp.services.renditions.warming import Warmer
from webapp.services.renditions.worker import RenditionWorker
from webapp.services.takeout.wired import Takeouts
from webapp.services.templates.editor import TemplateEditor
from webapp.services.tokens import Tokens
from webapp.services.uploads.staging import Staging
from webapp.services.uploads.uploads import Uploads
from webapp.services.webhooks.outbox import Outbox
from webapp.services.webhooks.wired import Webhooks

INTAKES_WAITING, INTAKE_PATIENCE = 1000, 600.0
"""A picture that was paid for is not given up because others are being looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the services stand on: the parts that settings can exchange.

    `changed` hears the ids of images, and the keys of links, before and after what others may see
    by them changes; `all_changed` is told that it has for any of them. `stamp` returns a number
    that stays the same as long as nothing has; there is none where other servers change images too.
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
    data_dir: Path
    most_waiting: int = 1
    base_url: str = ""
    webhook_hosts: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The wired set."""

    accounts: Accounts
    tokens: Tokens
    images: ImageManager
    uploads: Uploads
    downloads: Downloads
    exports: Exports
    takeouts: Takeouts
    known_pictures: KnownPictures
    gallery: Gallery
    changes: ChangeFeed
    generator: ImageGeneratorService
    generations: Generations
    orders: Orders
    openai: OpenAIPictures
    handouts: Handouts
    rehearsals: Rehearsals
    maker: ImageMaker
    work: WorkQueue
    editor: Editor
    finishes: Finishes
    lineage: LineageReader
    library: Library
    sharing: Sharing
    ledger: Ledger
    budgets: Budgets
    usage: Usage
    prompts: PromptManager
    templates: TemplateEditor
    model_shop: ModelShop
    template_runs: TemplateRuns
    template_batches: TemplateBatches
    composer: Composer
    beginnings: Beginnings
    renditions: Renditions
    rendition_worker: RenditionWorker
    warmer: Warmer
    purger: Purger
    addresses: PictureAddresses
    trash: Trash
    placeholders: Placeholders
    catalogue: Catalogue
    webhooks: Webhooks
    figures: Figures
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
    accounts, gallery = Accounts(database), Gallery(database)
    ledger = Ledger(database)
    budgets = Budgets(database, ledger)
    orders = RenditionOrders(database, jobs)
    renderer, store = Renderer(), RenditionStore(outside.cache, RenditionIndex(database))
    maker = RenditionMaker(
        blobs, store, outside.watermarks, max_pixels=options.max_pixels, renderer=renderer
    )
    renditions = Renditions(outside.presets, store, maker, orders, outside.watermarks)
    prompts = PromptManager(database)
    editor = TemplateEditor(database, prompts)
    events = Happenings(renditions, outbox := Outbox(jobs, outside.presets))
    generator = ImageGeneratorService(database, jobs, catalogue, budgets, events)
    batches = TemplateBatches(runs := TemplateRuns(prompts, catalogue, generator))

    def cancel(session: Session, image_ids: list[int]) -> int:
        return jobs.cancel(session, JOB_KIND, image_ids)

    images = ImageManager(
        database,
        blobs,
        originals,
        events=events,
        cancel=cancel,
        changed=outside.changed,
    )
    downloads = Downloads(database, images, Provenance(database, images), renderer)
    known_pictures = KnownPictures(images, outside.stamp)
    composer = Composer(Drafts(database), prompts, catalogue, images)
    placing = Orders(composer, prompts, catalogue, generator, batches)
    generations = Generations(database, generator)
    addresses = PictureAddresses(Signer(options.signing_keys), renditions)
    sharing = Sharing.of(database, known_pictures, outside.stamp, outside.changed)
    return Services(
        accounts=accounts,
        tokens=Tokens(database),
        images=images,
        uploads=Uploads(images, Staging(options.data_dir), max_bytes=options.max_upload_bytes),
        downloads=downloads,
        exports=Exports.of(database, images, downloads, renditions),
        takeouts=Takeouts.of(
            database,
            images,
            originals,
            events=renditions,
            changed=outside.changed,
            max_bytes=options.max_upload_bytes,
        ),
        known_pictures=known_pictures,
        gallery=gallery,
        changes=ChangeFeed(database),
        generator=generator,
        generations=generations,
        orders=placing,
        openai=OpenAIPictures(
            catalogue,
            placing,
            generator,
            Waiting(generations, most=options.most_waiting),
            images,
        ),
        handouts=Handouts(downloads, renditions, addresses, sharing.links),
        rehearsals=Rehearsals(database, placing, catalogue),
        maker=ImageMaker(
            database,
            jobs,
            catalogue,
            ledger,
            References(database, blobs, max_pixels=options.max_pixels),
            ResultKeeper(database, jobs, originals, events),
        ),
        work=WorkQueue(database, jobs),
        editor=Editor(database, images, originals, events=events, renderer=renderer),
        finishes=Finishes(catalogue, images, generator),
        lineage=LineageReader(database),
        library=Library.of(
            database,
            jobs,
            Tools(events=events, cancel=cancel, begin_again=generator.begin_again),
            focused=renditions,
            changed=outside.changed,
        ),
        sharing=sharing,
        ledger=ledger,
        budgets=budgets,
        usage=Usage(database, ledger, budgets, accounts),
        prompts=prompts,
        templates=editor,
        model_shop=ModelShop(catalogue, editor),
        template_runs=runs,
        template_batches=batches,
        composer=composer,
        beginnings=Beginnings(prompts, catalogue, gallery),
        renditions=renditions,
        rendition_worker=RenditionWorker(database, jobs, orders, renditions),
        warmer=Warmer(database, renditions),
        purger=Purger(database, store, changed=outside.changed, all_changed=outside.all_changed),
        addresses=addresses,
        trash=Trash(database, images),
        placeholders=Placeholders(outside.cache, renderer),
        catalogue=catalogue,
        webhooks=Webhooks.of(database, jobs, outbox, options.webhook_hosts, options.base_url),
        figures=Figures(database, jobs),
        jobs=jobs,
    )
