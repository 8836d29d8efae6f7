"""The command `hub`. Every command lives in a module of its own that is imported when it is run,
so that `hub --version` and `hub --help` answer at once.

Exit codes: 0 all is well · 1 it ran and something is not well · 2 it could not run (usage,
configuration, a port that is taken).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from hub.cli.version import VERSION

_HELP = """公安公众服务中心：电话、短信、网上会话、来信和网上信访进入同一个队列。

A hub for everything citizens tell the police: one queue in, one outbox out.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code."""
    try:
        code = build()(
            sys.argv[1:] if arguments is None else list(arguments),
            exit_on_error=False,
            result_action="return_value",
        )
    except CycloptsError:
        sys.exit(2)  # what is wrong was printed already
    sys.exit(code if isinstance(code, int) else 0)


def build() -> App:
    """All commands. Those given as text are imported when they are asked for."""
    app = App(name="hub", help=_HELP, version=VERSION, help_format="plaintext", help_on_error=False)
    app.command(
        "hub.cli.demo:demo", name="demo", help="启动演示，不需要网络和账号 · Try everything, no network"
    )
    app.command("hub.cli.serve:serve", name="serve", help="正式运行 · Run the hub")
    app.command("hub.cli.check:check", name="check", help="检查配置、数据和渠道 · Say what is wrong")
    app.command("hub.cli.migrate:migrate", name="migrate", help="升级数据 · Bring the store up to date")
    app.command("hub.cli.bench:bench", name="bench", help="测量性能 · Measure against a floor")

    handed = "导入部门移交的文件 · Take what a department hands over"
    app.command("hub.cli.department_import:import_department", name="import-department", help=handed)

    store = App(name="store", help="数据摘要与搬迁 · Digest and copy the store")
    store.command("hub.cli.store:digest", name="digest", help="全部数据的摘要 · One digest of everything")
    store.command("hub.cli.store:copy", name="copy", help="复制到另一个库 · Copy to another store")
    store.command("hub.cli.store:recount", name="recount", help="核对各视图的件数 · Check the kept counts")
    app.command(store)

    evidence = App(name="evidence", help="录音证据和工单历史 · Recordings and case histories")
    evidence.command(
        "hub.cli.evidence:verify", name="verify", help="核对录音和历史 · Verify hashes and chains"
    )
    app.command(evidence)

    audit = App(name="audit", help="谁看过举报 · Who read reports")
    audit.command("hub.cli.audit:verify", name="verify", help="核对审计记录 · Verify the rows")
    app.command(audit)

    for group in (_user(), _keys(), _department(), _talk()):
        app.command(group)

    ivr = App(name="ivr", help="语音流程 · Call flows")
    ivr.command("hub.cli.ivr:check", name="check", help="检查流程 · Lint flows")
    ivr.command("hub.cli.ivr:simulate", name="simulate", help="按脚本模拟来电 · Play a scripted call")
    app.command(ivr)

    faq = App(name="faq", help="知识库 · Knowledge base")
    faq.command("hub.cli.faq:evaluate", name="eval", help="用问题集测量 · Measure against questions")
    faq.command(
        "hub.cli.entries:import_entries", name="import", help="从 CSV 或 XLSX 导入 · Take entries from a file"
    )
    faq.command(
        "hub.cli.entries:export_entries", name="export", help="导出到 CSV 或 XLSX · Write entries to a file"
    )
    faq.command("hub.cli.faq:calibrate", name="calibrate", help="校准把握 · Fit the confidence")
    app.command(faq)

    cases = App(name="cases", help="工单规则 · The rules of cases")
    cases.command("hub.cli.cases:simulate", name="simulate", help="按脚本演练 · Play a script")
    cases.command("hub.cli.cases:flow", name="flow", help="打印流转表 · Print the table of moves")
    app.command(cases)

    config = App(name="config", help="配置 · Configuration")
    config.command("hub.cli.config:show", name="show", help="显示生效的配置 · Effective settings")
    app.command(config)
    return app


def _talk() -> App:
    talk = App(name="talk", help="对话 · What is done about messages")
    talk.command("hub.cli.talk:evaluate", name="eval", help="用标注好的消息测量 · Measure against messages")
    talk.command("hub.cli.talk_models:calibrate", name="calibrate", help="训练险情和检举模型 · Fit models")
    return talk


def _user() -> App:
    user = App(name="user", help="工作人员账号 · Staff accounts")
    user.command("hub.cli.user:create", name="create", help="新建账号 · New account")
    user.command("hub.cli.user:list_users", name="list", help="列出账号 · List accounts")
    user.command("hub.cli.user:confirm", name="confirm", help="确认账号 · Confirm an account")
    return user


def _keys() -> App:
    keys = App(name="keys", help="密钥 · Keys")
    keys.command("hub.cli.keys:list_keys", name="list", help="列出密钥 · List keys")
    keys.command("hub.cli.keys:add", name="add", help="新增密钥 · Add a key")
    keys.command("hub.cli.keys:use", name="use", help="启用密钥 · Make a key current")
    keys.command("hub.cli.keys:reseal_all", name="reseal", help="重新封存 · Seal anew")
    keys.command("hub.cli.keys:verify", name="verify", help="逐条打开核对 · Open everything")
    return keys


def _department() -> App:
    department = App(name="department", help="部门 · Departments")
    department.command("hub.cli.department:login", name="login", help="签发 SMPP 登录 · SMPP login of a key")
    return department
