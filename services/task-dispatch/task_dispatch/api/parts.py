"""What the routes are made of."""

from dataclasses import dataclass

from park_chassis.database import Database
from park_chassis.file_store.files import CheckedFiles

from task_dispatch.domain.scores import ScoringRules
from task_dispatch.kind_book import KindBook
from task_dispatch.making import TaskMaker
from task_dispatch.recording import Recorder


@dataclass(frozen=True)
class Parts:
    """Everything a route may need; built once in app.py."""

    database: Database
    book: KindBook
    maker: TaskMaker
    recorder: Recorder
    files: CheckedFiles
    rules: ScoringRules
    issuer: str
    check_url: str
