"""Where the operator's own sites are looked for."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.settings import Settings


def test_own_sites_are_where_the_setting_says(tmp_path: Path) -> None:
    """Even where there is no such folder: the catalogue then tells of it."""
    (tmp_path / "sources").mkdir()
    assert Settings(home=tmp_path, sources=tmp_path / "elsewhere").own_sources == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    "name",
    [
        *("archive_days", "visit_days", "first_visit_days", "feed_hours", "archive_gigabytes"),
        *("tick_seconds", "lease_seconds", "poll_seconds", "delay_seconds", "longest_delay_seconds", "timeout_seconds"),
        "read_seconds",
    ],
)
def test_a_number_with_which_no_calendar_can_reckon_is_refused(name: str) -> None:
    for number in (1_000_000_000, float("inf")):
        with pytest.raises(ValidationError, match=name):
            Settings.model_validate({name: number})


def test_own_sites_are_found_in_the_data_folder_as_soon_as_it_has_some(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.own_sources is None
    (tmp_path / "sources").mkdir()
    assert settings.own_sources == tmp_path / "sources"
    assert "ZHIJIAO_SOURCES" not in settings.environment()
