"""What `manage.py up` does, without what Django sets up for other commands: the supervisor has no use for tables."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from inspector import env
from inspector.local.start import run_instance
from inspector.local.terminal import own_foreground
from inspector.local.trouble import Trouble, explain


def up() -> None:
    """Runs until Ctrl-C or SIGTERM. A fault that a person can mend is one sentence and exit code 1."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        with own_foreground():
            run_instance(
                settings.DATA_DIR,
                port=settings.PORT,
                workers=env.whole("WORKERS", 2, least=1),
                demo=env.flag("DEMO", default=True),
                local=settings.IS_LOCAL,
            )
    except (Trouble, ImproperlyConfigured) as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(str(explain(error)))
