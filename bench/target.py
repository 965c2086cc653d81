"""Start an Easel to be measured beside other image servers.

    python -m bench.target FOLDER [IDS.json]

Imports the pictures in FOLDER, makes them public, and serves each at any width:
`/t/x<width>/<id>.<ext>`. Prints the address and the process, and writes a JSON object of file
names and ids, by default `ids.json`. Stop it with Ctrl-C; it leaves nothing behind.
"""

import json
import sys
import tempfile
from pathlib import Path

from bench.serving import serving
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.jobs import NullRunner
from webapp.settings import Settings

WIDTHS = range(1, 1400)


def main(pictures: str, ids: str = "ids.json") -> None:
    """Import, serve, and wait to be stopped."""
    # Nothing is made ahead: only what is asked for shall be measured.
    presets = {name: {"width": int(name[1:])} for name in ("w320", "w640")}
    presets |= {f"x{width}": {"width": width} for width in WIDTHS}
    with tempfile.TemporaryDirectory() as folder:
        Path(ids).write_text(json.dumps(_imported(Path(folder), Path(pictures), presets)))
        environment = {"EASEL_PRESETS": json.dumps(presets), "EASEL_MAX_UPLOAD_BYTES": "100MB"}
        with serving(Path(folder), **environment) as easel:
            print(f"{easel.address}/t/x{{w}}/{{id}}.{{fmt}}")
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
    main(*sys.argv[1:])
