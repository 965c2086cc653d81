"""The root of the commands: its help shows them by what they are for."""

import click

SECTIONS = {
    "Running": ("serve", "worker", "db", "doctor"),
    "Pictures": ("generate", "warm", "purge", "sign"),
    "Library in and out": ("import", "export", "takeout", "backup", "restore"),
    "People": ("user", "login-link", "token"),
    "Upkeep": ("fsck", "gc", "completion"),
}


class Sectioned(click.Group):
    """A group whose help lists its commands in sections; what has none comes last."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        del ctx
        left = set(self.commands)
        for title, names in SECTIONS.items():
            self._write(formatter, title, [name for name in names if name in left])
            left -= set(names)
        self._write(formatter, "Others", sorted(left))

    def _write(self, formatter: click.HelpFormatter, title: str, names: list[str]) -> None:
        if names:
            with formatter.section(title):
                formatter.write_dl(
                    [(name, self.commands[name].get_short_help_str(80)) for name in names]
                )
