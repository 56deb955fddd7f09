"""`zhijiao notify`, over a webhook on loopback."""

from collections.abc import Callable, Iterator

import pytest

from pipeline.settings import Settings
from storage import deliveries
from tests.publish.conftest import store, story_view
from tests.publish.notify.webhook import Webhook, serve
from tests.zhijiao.conftest import Type
from zhijiao.tick import TickResult, opened, tick

Declare = Callable[..., None]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with serve() as hook:
        yield hook


@pytest.fixture
def declare(settings: Settings, webhook: Webhook) -> Declare:
    def write(*lines: str) -> None:
        settings.home.mkdir(parents=True, exist_ok=True)
        text = "\n".join(("[group]", f'url = "{webhook.url}/geheimnis"', *lines))
        (settings.home / "notify.toml").write_text(text, encoding="utf-8")

    return write


def release(settings: Settings, number: int) -> None:
    with opened(settings) as database:
        store(database, story_view(number, title=f"第{number}篇", canonical=str(number), text_key=str(number)))


def test_without_targets_nothing_is_sent(settings: Settings, zhijiao: Type) -> None:
    done = zhijiao("notify", "list")
    assert (done.returncode, done.stdout) == (
        0,
        f"没有通知目标;在 {settings.home}/notify.toml 里写,见 docs/notify.md\n",
    )
    assert zhijiao("notify", "send").stdout == "没有要发送的。\n"


def test_a_target_from_its_first_message_to_its_troubles(
    settings: Settings, declare: Declare, webhook: Webhook, zhijiao: Type
) -> None:
    declare('quiet = "03:00-03:01"')
    zhijiao("notify", "send")
    place = f"group  json://127.0.0.1:{webhook.port} · 合并,每条至多 20 篇,03:00-03:01 不发\n"
    assert zhijiao("notify", "list").stdout == place + "  上次送到 – · 等待 0\n"
    release(settings, 1)
    sent = zhijiao("notify", "send")
    assert (sent.returncode, sent.stdout) == (0, "group  已发送 1 条\n")
    release(settings, 2)
    webhook.answers = [(500, "")]
    failed = zhijiao("notify", "send")
    assert (failed.returncode, failed.stdout) == (1, "group  没有送到:Internal server error, HTTP 500\n")
    told = zhijiao("notify", "list").stdout
    assert " · 等待 1 · " in told
    assert " 起没有送到:Internal server error, HTTP 500 · 下次再试 " in told
    assert "geheimnis" not in told
    assert zhijiao("notify", "send").stdout == "没有要发送的。\n"
    assert zhijiao("notify", "retry", "group").stdout == "1 条等待发送\n"
    assert zhijiao("--lang", "en", "notify", "send").stdout == "group  1 sent\n"


def test_what_is_not_known_to_have_arrived_is_sent_again_only_on_demand(
    settings: Settings, declare: Declare, webhook: Webhook, zhijiao: Type
) -> None:
    declare()
    zhijiao("notify", "send")
    release(settings, 1)
    with opened(settings) as database, database.begin() as db:
        deliveries.add(db, "group", "story:1", 1, story_view().story.published_at)
        deliveries.begin(db, [deliveries.waiting(db, "group", 1)[0].id])
    assert zhijiao("notify", "send").stdout == "group  1 条是否送到不明(zhijiao notify retry group --unknown)\n"
    assert "1 条是否送到不明" in zhijiao("notify", "list").stdout
    assert "有消息没有送到:group" in zhijiao("doctor").stdout
    assert zhijiao("notify", "retry", "group").stdout == "0 条等待发送\n"
    assert webhook.asked == []
    assert zhijiao("notify", "retry", "group", "--unknown").stdout == "1 条等待发送\n"
    assert zhijiao("notify", "send").stdout == "group  已发送 1 条\n"


def test_a_test_message(declare: Declare, webhook: Webhook, zhijiao: Type) -> None:
    declare('send = "at-once"')
    done = zhijiao("notify", "test", "group")
    assert (done.returncode, done.stdout) == (0, f"✓ 已送到 json://127.0.0.1:{webhook.port}\n")
    assert webhook.messages == ["职教动态:测试\n收到这条消息,说明通知设置好了。"]
    declare('send = "weekly"')
    webhook.answers = [(404, "")]
    done = zhijiao("notify", "test", "group")
    assert (done.returncode, done.stdout.startswith("✗ 没有送到:")) == (1, True)
    assert webhook.asked[1][1]["message"] == "<p>收到这条消息,说明通知设置好了。</p>"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("notify", "test", "gruop"), "notify.toml 里没有目标 gruop(是否想写 `group`?)"),
        (("notify", "retry", "x"), "notify.toml 里没有目标 x"),
    ],
)
def test_a_target_that_is_not_there(declare: Declare, zhijiao: Type, words: tuple[str, ...], sentence: str) -> None:
    declare()
    done = zhijiao(*words)
    assert (done.returncode, done.stderr) == (2, f"✗ {sentence}\n")


@pytest.mark.parametrize("words", [("notify", "list"), ("notify", "send"), ("notify", "test", "group")])
def test_a_mistake_is_named(declare: Declare, zhijiao: Type, words: tuple[str, ...]) -> None:
    declare("sned = 1")
    done = zhijiao(*words)
    assert done.returncode == 2
    assert "notify.toml [group] 中有未知的键 `sned`(是否想写 `send`?)" in done.stderr


def test_the_doctor_looks_at_the_targets(settings: Settings, declare: Declare, webhook: Webhook, zhijiao: Type) -> None:
    assert "✓ 通知  没有设置" in zhijiao("doctor").stdout
    declare()
    assert f"✓ 通知  group → json://127.0.0.1:{webhook.port}\n" in zhijiao("doctor").stdout
    (settings.home / "notify.toml").write_text('[group]\nurl = "wecombot://${NO_SUCH_KEY}"', encoding="utf-8")
    done = zhijiao("doctor")
    assert done.returncode == 1
    assert "[group] url：没有设置环境变量 NO_SUCH_KEY" in done.stdout
    (settings.home / "notify.toml").write_text('[group]\nurl = "wecom://x"', encoding="utf-8")
    assert "[group] url：Apprise 不认识这个地址" in zhijiao("doctor").stdout


def test_a_tick_tells_the_targets(settings: Settings, declare: Declare, webhook: Webhook, zhijiao: Type) -> None:
    declare()
    tick(settings)
    release(settings, 1)
    assert "group  已发送 1 条\n" in zhijiao("tick").stdout
    assert [message.splitlines()[0] for message in webhook.messages] == ["第1篇"]


def test_a_mistake_hides_nothing_of_the_tick(settings: Settings, declare: Declare, zhijiao: Type) -> None:
    declare("sned = 1")
    done = zhijiao("tick")
    assert done.returncode == 1
    assert f"已更新 {settings.public}/feeds/all.xml" in done.stdout
    assert "中有未知的键 `sned`" in done.stdout
    assert tick(settings) == TickResult(True, untold=done.stdout.splitlines()[-1].removeprefix("✗ "))
