"""Rehearsals: what an order would make and cost, with nothing started."""

from dataclasses import dataclass

from webapp.models import Database
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue
from webapp.services.composing.orders import Order, Orders
from webapp.services.generations.generator import total
from webapp.services.generations.starting import Wish
from webapp.services.images.parents import find_parents


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an order would make. Each wish is a request with all that was left out filled in."""

    wishes: tuple[Wish, ...]

    @property
    def pictures(self) -> int:
        """How many pictures it would make."""
        return sum(wish.request.count for wish in self.wishes)

    @property
    def estimate(self) -> int | None:
        """What it would cost, in millionths of a US dollar, None where that is not known."""
        return total([wish.estimate for wish in self.wishes])


class Rehearsals:
    """Checks orders as starting them would."""

    def __init__(self, database: Database, orders: Orders, catalogue: Catalogue) -> None:
        self._database = database
        self._orders = orders
        self._catalogue = catalogue

    def of(self, order: Order, owner: Viewer) -> Rehearsal:
        """Return what an order would make; raises InvalidError where it could not be placed."""
        wishes = tuple(
            Wish.of(request, self._catalogue.caps(request.provider, request.model))
            for request in self._orders.requests(order, owner)
        )
        with self._database.reading() as session:
            for wish in wishes:
                find_parents(session, owner.id, wish.request.references)
        return Rehearsal(wishes)
