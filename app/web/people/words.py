"""How the state of an account, its roles and what was done with it are said."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.text import Text
from app.identity.accounts import Account
from app.identity.grants import Grant
from app.identity.people import AccountState
from app.web import language

STATES = {
    AccountState.ACTIVE: Text("Active", "正常"),
    AccountState.WAITING: Text("No password yet", "未设置密码"),
    AccountState.DISABLED: Text("Closed", "已停用"),
}

ACTS = {
    "accounts.create": Text("created the account", "创建账号"),
    "accounts.change_details": Text("changed name or address", "修改姓名或邮箱"),
    "accounts.change_password": Text("set a password", "设置密码"),
    "accounts.disable": Text("closed the account", "停用账号"),
    "accounts.enable": Text("reopened the account", "启用账号"),
    "addresses.ask": Text("asked for another address", "申请变更邮箱"),
    "addresses.confirm": Text("confirmed the address", "确认邮箱变更"),
    "addresses.refuse": Text("refused the address", "拒绝邮箱变更"),
    "grants.grant": Text("granted a role", "授予角色"),
    "grants.revoke": Text("removed a role", "收回角色"),
    "resets.invite": Text("sent a link to set a password", "发送设置密码链接"),
    "sessions.open": Text("signed in", "登录"),
    "sessions.end": Text("ended a session", "退出登录"),
}
"""What the journal of an account may hold, in words."""


def state_of(account: Account) -> AccountState:
    """Whether the person of an account may sign in."""
    if account.disabled_at is not None:
        return AccountState.DISABLED
    return AccountState.ACTIVE if account.password_hash else AccountState.WAITING


def role_with_place(grant: Grant, names: Mapping[str, Text]) -> str:
    """A role with the organisation that granted it, in the language of the page."""
    role = language.say(grant.role_name)
    return f"{role} ({language.say(names[grant.organisation_id])})" if grant.organisation_id else role
