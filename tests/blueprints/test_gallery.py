def test_strangers_are_asked_to_sign_in(anonymous):
    answer = anonymous.get("/")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/"


def test_a_new_picture_is_shown_first(browser, services, owner, wish):
    made = services.generator.start(owner, wish).pictures[0]
    page = browser.get("/").get_data(as_text=True)
    assert f'id="image-{made.id}"' in page
