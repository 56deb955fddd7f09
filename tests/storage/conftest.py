"""A database that knows the catalogue of `samples`."""

import pytest

from storage.database import Database
from tests.storage.samples import stock


@pytest.fixture
def stocked(database: Database) -> Database:
    with database.begin() as db:
        stock(db)
    return database
