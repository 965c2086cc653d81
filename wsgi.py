"""The WSGI entry point: `app` for any server, and a server of its own when run as a script."""

from webapp.app import create_app

app = create_app()

if __name__ == "__main__":
    from webapp.cli import main

    main(["serve"])
