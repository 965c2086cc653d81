import pytest

from webapp.services.tokens import SCOPES


@pytest.fixture
def token(services, owner):
    return services.tokens.create(owner, "reader", ["images:read"])


def ask(client, path, token, scheme="Bearer"):
    return client.get(path, headers={"Authorization": f"{scheme} {token}"})


@pytest.fixture
def uid(services, owner, a_picture):
    return services.images.add_image(owner, a_picture).id


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_that_may_read_shows_its_owners_pictures(anonymous, uid, token, scheme):
    with ask(anonymous, f"/images/{uid}/original", token, scheme) as original:
        assert original.status_code == 200
    assert ask(anonymous, f"/t/w640/{uid}.webp", token, scheme).status_code == 200


def test_a_token_shows_a_signed_picture_and_its_size(services, anonymous, uid, token):
    for path in (f"/w_40/{uid}.webp", f"/meta/w_40/{uid}.webp"):
        signed = services.addresses.sign(path)
        assert anonymous.get(signed).status_code == 404
        assert ask(anonymous, signed, token).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/queue", "/trash", "/usage", "/links", "/export/takeout.zip", "/live"]
    + [f"/settings{end}" for end in ("", "/tokens", "/uploaders", "/webhooks", "/models")],
)
@pytest.mark.parametrize("scopes", [("images:read",), SCOPES], ids=["reader", "all"])
def test_pages_are_not_opened_by_a_token(services, anonymous, owner, path, scopes):
    answer = ask(anonymous, path, services.tokens.create(owner, "reader", scopes))
    assert answer.status_code == 303
    assert answer.location.startswith("/login")


def test_somebody_elses_token_does_not(services, anonymous, uid, stranger):
    token = services.tokens.create(stranger, "reader", ["images:read"])
    assert ask(anonymous, f"/images/{uid}/original", token).status_code == 404
    assert ask(anonymous, f"/t/w640/{uid}.webp", token).status_code == 404


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_it_has_to_be_shown_as_a_bearer_token(anonymous, uid, token, scheme):
    assert ask(anonymous, f"/images/{uid}/original", token, scheme).status_code == 303


def test_a_token_without_that_scope_shows_nothing(services, anonymous, owner, uid):
    token = services.tokens.create(owner, "writer", ["images:write", "generate"])
    assert ask(anonymous, f"/images/{uid}/original", token).status_code == 303
    assert ask(anonymous, f"/t/w640/{uid}.webp", token).status_code == 404


def test_a_revoked_token_shows_nothing(services, anonymous, uid, token):
    services.tokens.revoke(services.tokens.all()[0].id)
    assert ask(anonymous, f"/images/{uid}/original", token).status_code == 303


def test_a_token_in_an_address_is_no_token(anonymous, uid, token):
    for name in ("token", "access_token", "api_key"):
        assert anonymous.get(f"/images/{uid}/original?{name}={token}").status_code == 303


def test_a_private_picture_shown_by_token_is_kept_by_no_shared_cache(anonymous, uid, token):
    answer = ask(anonymous, f"/t/w640/{uid}.webp", token)
    assert answer.cache_control.private
    assert not answer.cache_control.public
