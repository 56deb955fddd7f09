"""The doctor finds what is wrong and says what to do."""

from pipeline.settings import Settings
from tests.zhijiao.conftest import Type


def test_a_fresh_installation_without_identity_is_told_to_init(zhijiao: Type) -> None:
    done = zhijiao("doctor", ZHIJIAO_CONTACT="", ZHIJIAO_BUNDLED_SOURCES="true")
    assert done.returncode == 1
    assert "zhijiao init" in done.stdout
    assert done.stdout.count("✗") == 1


def test_a_sound_installation_is_fit_to_run(zhijiao: Type) -> None:
    done = zhijiao("--lang", "en", "doctor", ZHIJIAO_BUNDLED_SOURCES="true")
    assert done.returncode == 0, done.stdout
    assert "fit to run" in done.stdout


def test_a_broken_database_is_found(settings: Settings, zhijiao: Type) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "zhijiao.db").write_bytes(b"no database" * 100)
    done = zhijiao("doctor", ZHIJIAO_BUNDLED_SOURCES="true")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
