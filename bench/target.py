"""Start an Easel to be measured beside other image servers.

    python -m bench.target FOLDER [--ids ids.json] [--nginx]

Imports the pictures in FOLDER, makes them public, and serves each at any width:
`/t/x<width>/<id>.<ext>`. Prints the address, that of an nginx in front if there shall be one, and
the process; writes a JSON object of file names and ids. Stop it with Ctrl-C; it leaves nothing
behind.
"""

import json
import tempfile
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from bench.serving import serving
from tests.deploy.nginx import fronting
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.jobs import NullRunner
from webapp.settings import Settings

TEMPLATE = "/t/x{w}/{id}.{fmt}"
WIDTHS = range(1, 1400)


def main(pictures: Path, ids: Path, *, with_nginx: bool) -> None:
    """Import, serve, and wait to be stopped."""
    # Nothing is made ahead: only what is asked for shall be measured.
    presets = {name: {"width": int(name[1:])} for name in ("w320", "w640")}
    presets |= {f"x{width}": {"width": width} for width in WIDTHS}
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)  # nginx works for another user
        data, shown = folder / "data", folder / "shown"
        shown.mkdir()
        ids.write_text(json.dumps(_imported(data, pictures, presets)))
        environment = {"EASEL_PRESETS": json.dumps(presets)}
        if with_nginx:
            environment |= {"EASEL_NGINX_DIR": str(shown), "EASEL_TRUSTED_PROXIES": "1"}
        easel = running.enter_context(serving(data, **environment))
        print(f"{easel.address}{TEMPLATE}")
        if with_nginx:
            port = urlsplit(easel.address).port or 80
            nginx = running.enter_context(fronting(port, shown, folder))
            print(f"{nginx.address}{TEMPLATE}")
        print(f"process {easel.process.pid}, ids in {ids}", flush=True)
        try:
            easel.process.wait()
        except KeyboardInterrupt:
            print("stopped")


def _imported(folder: Path, pictures: Path, presets: dict[str, dict[str, int]]) -> dict[str, str]:
    """Return the ids of the pictures by file name."""
    app = create_app(Settings(data_dir=folder, presets=json.dumps(presets)), runner=NullRunner())
    upgrade_database(app)
    services = easel_of(app).services
    services.accounts.ensure_owner()
    owner = services.accounts.named("owner")
    known = {}
    for path in sorted(path for path in pictures.iterdir() if path.is_file()):
        picture = services.images.add_image(owner, path.read_bytes(), filename=path.name)
        services.images.set_visibility(picture.id, owner, "public")
        known[path.name] = picture.id
    return known


if __name__ == "__main__":
    parser = ArgumentParser(prog="bench.target")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--ids", type=Path, default=Path("ids.json"))
    parser.add_argument("--nginx", action="store_true")
    given = parser.parse_args()
    main(given.pictures, given.ids, with_nginx=given.nginx)
