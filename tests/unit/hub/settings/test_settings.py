"""Settings: every problem at once, the nearest name for an unknown key, secrets never in the file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from channels.outbox.delivery import MessageClass
from channels.outbox.limits import Limits, Quota
from channels.outbox.quiet_hours import WALL, WINDOWS, Window
from hub.settings.channels import Channel
from hub.settings.problems import SettingsProblem
from hub.settings.read import load, shipped_text
from hub.settings.settings import Settings
from hub.wiring.channels import limits_of
from hub.wiring.configured_departments import departments_of


def problems(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(SettingsProblem) as caught:
        load(path, environ or {})
    return caught.value.problems


def test_the_shipped_file_loads_and_turns_no_outside_channel_on() -> None:
    settings = load(None, {})
    assert {name for name, channel in settings.channels.items() if channel.enabled} == {
        "web-chat",
        "petition",
    }


def test_the_shipped_file_names_every_setting_with_its_default() -> None:
    """Who reads config.toml sees everything there is; the models add nothing of their own."""
    shipped = tomllib.loads(shipped_text())
    for name, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            assert set(shipped[name]) == set(model.model_fields), name
    by_adapter = {channel["adapter"]: channel for channel in shipped["channels"].values()}
    union, _ = get_args(Channel)
    for model in get_args(union):
        adapter = get_args(model.model_fields["adapter"].annotation)[0]
        missing = set(model.model_fields) - set(by_adapter[adapter]) - {"auto_reply"}
        assert not missing, adapter


def test_an_unknown_key_names_the_nearest_one(tmp_path: Path) -> None:
    found = problems(tmp_path, "[web]\nprot = 80\n[channels.sms-12110]\nnumbr = '1'\n")
    assert any("web.prot" in line and "是不是想写 port" in line for line in found)
    assert any("channels.sms-12110.numbr" in line and "number" in line for line in found)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "[web]\nport = 'x'\nform_bytes = 3\n[store]\nengine = 'oracle'\n[log]\nlevel = 'loud'\n"
    )
    assert [line.split(":")[0] for line in found] == [
        "web.port",
        "web.form_bytes",
        "store.engine",
        "log.level",
    ]


def test_a_secret_in_the_file_is_refused_without_repeating_it(tmp_path: Path) -> None:
    found = problems(tmp_path, "[channels.sms-12110]\nauth_tokens = ['canary-token']\n")
    assert "auth_tokens" in found[0]
    assert "canary-token" not in " ".join(found)


def test_a_secret_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("from-file\n")
    monkeypatch.setenv("SMS_TOKEN", "from-environment")
    path = tmp_path / "config.toml"
    path.write_text(
        f"[channels.sms-12110]\nenabled = true\naccount_sid = 'AC1'\n"
        f"auth_tokens = ['env:SMS_TOKEN', 'file:{tmp_path}/token']\n"
    )
    channel = load(path, {}).channels["sms-12110"]
    tokens = [token.get_secret_value() for token in getattr(channel, "auth_tokens")]  # noqa: B009
    assert tokens == ["from-environment", "from-file"]
    assert "from-file" not in repr(channel)


@pytest.mark.parametrize(
    ("name", "count"),
    [("sms-12110", 3), ("sms-twilio", 2), ("sms-telecom", 3), ("sms-vendor", 3), ("sms-unicom", 7)],
)
def test_an_enabled_channel_without_its_account_is_a_problem(tmp_path: Path, name: str, count: int) -> None:
    found = problems(tmp_path, f"[channels.{name}]\nenabled = true\n")
    assert len(found) == count
    assert all("启用的渠道必须填写" in line for line in found)


@pytest.mark.parametrize(
    ("text", "environ", "adapter", "rate"),
    [
        ("[channels.sms-12110]\nnumber = '12110591'\n", {}, "cmpp", 100.0),
        ("[channels.sms-12110]\naccount_sid = 'AC1'\n", {}, "twilio-sms", 10.0),
        ("", {"HUB_CHANNELS__SMS_12110__ACCOUNT_SID": "AC1"}, "twilio-sms", 10.0),
        ("[channels.sms-12110]\nadapter = 'smgp'\nclient_id = '1'\n", {}, "smgp", 100.0),
        ("[channels.sms-mobile]\nsp_id = '901234'\n", {}, "cmpp", 100.0),
    ],
)
def test_a_channel_keeps_the_adapter_its_keys_were_written_for(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    text: str,
    environ: dict[str, str],
    adapter: str,
    rate: float,
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    name = "sms-mobile" if "mobile" in text else "sms-12110"
    channel = load(path, environ).channels[name]
    assert (channel.adapter, getattr(channel, "rate_parts_per_second")) == (adapter, rate)  # noqa: B009
    named = {getattr(record, "channel", "") for record in caplog.records}
    assert (name in named) == (adapter == "twilio-sms" or name == "sms-mobile")


def test_times_and_secrets_of_a_gateway_have_to_fit(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("nine-long")
    account = f'host = "h"\nsystem_id = "hub"\nsecret = "file:{tmp_path / "secret"}"\n'
    (long,) = problems(tmp_path, f"[channels.sms-vendor]\nenabled = true\n{account}")
    assert long.startswith("channels.sms-vendor.secret")
    (tmp_path / "secret").write_text("8letters")
    late = "answer_seconds = 20\npatience_seconds = 10\n"
    (slow,) = problems(tmp_path, f"[channels.sms-vendor]\nenabled = true\n{account}{late}")
    assert slow.startswith("channels.sms-vendor.timeout_seconds")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[web]\nport = 8081\n")
    environ = {"HUB_WEB__PORT": "8082", "HUB_CHANNELS__SMS_12110__NUMBER": "12110591"}
    settings = load(path, environ)
    assert settings.web.port == 8082
    assert getattr(settings.channels["sms-12110"], "number") == "12110591"  # noqa: B009


def test_hours_quotas_and_departments_are_what_the_office_writes(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        "[sending_hours]\neducation = '08:00-21:00'\n[frequency]\nlessons_a_week = 5\n"
        "[departments.traffic]\nname = '交警支队'\nshare = 3\nmonthly_parts = 900\nclasses = ['N']\n"
    )
    settings = load(path, {})
    assert settings.sending_hours.windows() == {
        MessageClass.E0: None,
        MessageClass.E1: Window(7 * 60, 22 * 60),
        MessageClass.N: Window(8 * 60, 22 * 60),
        MessageClass.L: WALL,
    }
    assert limits_of(settings) == Limits(lessons_a_week=5, quotas={"traffic": Quota(0, 900)})
    assert departments_of(settings).share("traffic") == 3
    assert limits_of(load(None, {})) == Limits()
    assert load(None, {}).sending_hours.windows() == WINDOWS


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("[sending_hours]\neducation = '07:59-20:00'", "sending_hours.education"),
        ("[sending_hours]\neducation = '09:00-21:01'", "sending_hours.education"),
        ("[sending_hours]\nnotice = '22:00-08:00'", "sending_hours.notice"),
        ("[sending_hours]\nwarning = '7:00-22:00'", "sending_hours.warning"),
        ("[departments.traffic]\nname = '交警'\nclasses = ['E9']", "departments.traffic.classes.0"),
    ],
)
def test_hours_outside_the_wall_and_unknown_classes_are_refused(
    tmp_path: Path, line: str, field: str
) -> None:
    [found] = problems(tmp_path, line + "\n")
    assert found.split(":")[0] == field


def test_a_key_of_an_earlier_release_stops_nothing_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[tracking]\nwrong_codes = 5\nlock_seconds = 60\n")
    settings = load(path, {})
    assert settings.tracking.lock_seconds == 60
    assert settings.retired_keys == ("tracking.wrong_codes",)
    assert [record.message for record in caplog.records] == ["settings.retired_key"]
    assert load(None, {}).retired_keys == ()
    assert load(None, {"HUB_TRACKING__WRONG_CODES": "5"}).retired_keys == ("tracking.wrong_codes",)
    assert "wrong_code:" in "".join(problems(tmp_path, "[tracking]\nwrong_code = 5\n"))
