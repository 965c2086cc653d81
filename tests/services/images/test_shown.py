from webapp.providers.plain import png
from webapp.services.images.shown import shared_ids


def test_only_what_anyone_may_see_is_shared(easel, services, owner, wish):
    images = services.images
    private, unlisted, public, thrown, other = (
        images.add_image(owner, png(40, 30, bytes([number, 1, 1]))).id for number in range(5)
    )
    images.set_visibility(unlisted, owner, "unlisted")
    for uid in (public, thrown, other):
        images.set_visibility(uid, owner, "public")
    images.delete_image(thrown, owner)
    asked = [private, unlisted, public, thrown, "Fyj5NgQL7r7"]
    assert shared_ids(easel.database, asked) == {unlisted, public}
    assert shared_ids(easel.database, []) == set()


def test_what_is_not_made_yet_is_not_shared(easel, services, owner, wish, runner, monkeypatch):
    monkeypatch.setattr(runner, "send", lambda _ids: None)
    (pending,) = services.generator.start(owner, wish).pictures
    services.images.set_visibility(pending.id, owner, "public")
    assert shared_ids(easel.database, [pending.id]) == set()
