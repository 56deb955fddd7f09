from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from pipeline.settings import Settings
from publish.site.app import create_app
from storage.database import Database


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(settings, database), base_url="http://127.0.0.1") as client:
        yield client
