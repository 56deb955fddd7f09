from storage.language import say, speak, spoken


def test_chinese_unless_english_is_asked_for() -> None:
    assert (spoken(), say("栏目", "channel")) == ("zh", "栏目")
    speak("en")
    assert (spoken(), say("栏目", "channel")) == ("en", "channel")
