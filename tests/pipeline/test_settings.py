"""Where the operator's own sites are looked for."""

from pathlib import Path

from pipeline.settings import Settings


def test_own_sites_are_where_the_setting_says(tmp_path: Path) -> None:
    """Even where there is no such folder: the catalogue then tells of it."""
    (tmp_path / "sources").mkdir()
    assert Settings(home=tmp_path, sources=tmp_path / "elsewhere").own_sources == tmp_path / "elsewhere"


def test_own_sites_are_found_in_the_data_folder_as_soon_as_it_has_some(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.own_sources is None
    (tmp_path / "sources").mkdir()
    assert settings.own_sources == tmp_path / "sources"
    assert "ZHIJIAO_SOURCES" not in settings.environment()
