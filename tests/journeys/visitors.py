"""The people who walk the journeys: their devices, their languages, and what their pages complain about."""

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error

DEVICES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "laptop": {"viewport": {"width": 1280, "height": 800}},
}
LOCALES: dict[str, dict[str, str]] = {
    "en": {"locale": "en-GB", "timezone_id": "Europe/London"},
    "zh-hans": {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"},
    "fr": {"locale": "fr-FR", "timezone_id": "Europe/Paris"},
    "es": {"locale": "es-MX", "timezone_id": "America/Mexico_City"},
    "ru": {"locale": "ru-RU", "timezone_id": "Europe/Moscow"},
    "ar": {"locale": "ar-EG", "timezone_id": "Africa/Cairo"},
}


def watch(context: BrowserContext, complaints: list[str]) -> None:
    """Note script errors, errors in the console and breaches of the Content Security Policy, with the page they were on."""

    def on_console(message: ConsoleMessage) -> None:
        # An answer with 4xx is logged by the browser itself; whether it was meant is the journey's to say.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(_thrown(error.error)))


def _thrown(error: Error) -> str:
    return f"script error: {error.message}\n{error.stack or ''}"
