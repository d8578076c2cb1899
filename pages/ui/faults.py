"""Faults of the program: logged whole under an id, shown as the id alone (P31)."""

import secrets

import structlog

log = structlog.get_logger("office.faults")


def report(fault: BaseException) -> str:
    """Log the fault and return the sentence a page shows."""
    number = secrets.token_hex(4).upper()
    log.error("page_failed", number=number, exc_info=fault)
    return f"程序出错，编号 {number}，已记入日志。请把编号告诉管理员。"
