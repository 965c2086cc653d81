from webapp.storage.hearers import in_turn


def test_all_hearers_are_told_the_same_in_their_order():
    heard = []
    tell = in_turn(
        lambda uid: heard.append(("first", uid)), lambda uid: heard.append(("then", uid))
    )
    tell("Fyj5NgQL7r7")
    assert heard == [("first", "Fyj5NgQL7r7"), ("then", "Fyj5NgQL7r7")]
