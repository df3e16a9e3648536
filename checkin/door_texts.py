"""Every word of the scanning app, by key, for the catalogues; the app itself holds none. No logic but the plural forms."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from plenary.core.languages import Language

TEXTS: dict[str, str | Promise] = {
    "app.no_storage": _(
        "This browser does not let the app keep data, so scans could get lost. Leave private browsing, free some "
        "storage, or use another browser, then open the page again."
    ),
    # -- setting up a phone
    "enrol.title": _("Set up this phone"),
    "enrol.lead": _("Your supervisor has a code for this phone. Scan it, or type it."),
    "enrol.scan": _("Scan the code"),
    "enrol.aim": _("Point the camera at the code for this phone"),
    "enrol.field": _("Code"),
    "enrol.submit": _("Set up"),
    "enrol.working": _("Setting up…"),
    "enrol.empty": _("Enter the code."),
    "enrol.code_used": _("This code has been used. Each code sets up one phone: ask for a new one."),
    "enrol.code_expired": _("This code has expired. Ask for a new one."),
    "enrol.code_unknown": _("This code is not known. Check what you typed, or ask for a new one."),
    "enrol.no_network": _("No connection. Setting up needs the network once: check it and try again."),
    "enrol.busy": _("The server cannot answer now. Wait a moment and try again."),
    "enrol.not_code": _("This is not a code for setting up a phone. Ask your supervisor to show the right one."),
    "checkpoint.title": _("Where are you?"),
    "checkpoint.lead": _("Choose the place where you scan badges. You can change it later."),
    "checkpoint.none": _("No checkpoint is in use at this event. Ask your supervisor to add one, then try again."),
    "signed_out.title": _("This phone was signed out"),
    "signed_out.lead": _("Its access has ended. Ask your supervisor for a new code."),
    "signed_out.enter": _("Enter a new code"),
    # -- scanning
    "scan.title": _("Scan badges"),
    "scan.hint": _("Hold the square code inside the frame"),
    "scan.escort": _("Now the escort’s badge"),
    "scan.same": _("Same badge. Take it away for a moment to scan it again."),
    "scan.checking": _("Checking…"),
    "scan.starting": _("Starting the camera…"),
    "scan.too_early": _("This phone may scan from %(time)s on."),
    "scan.too_late": _("This phone could scan until %(time)s. Ask your supervisor."),
    "scan.online": _("Online"),
    "scan.offline": _("No connection"),
    "direction.label": _("Direction"),
    "direction.in": _("In"),
    "direction.out": _("Out"),
    "action.search": _("Search"),
    "action.recent": _("Last scans"),
    "action.settings": _("Settings"),
    "action.light": _("Light"),
    "action.back": _("Back"),
    "action.again": _("Try again"),
    "action.cancel": _("Cancel"),
    "action.search_guest": _("Find the guest by name"),
    "action.change_checkpoint": _("Choose the checkpoint"),
    "action.undo": _("Undo"),
    "action.escort": _("Scan the escort’s badge"),
    "camera.denied": _("The camera is blocked"),
    "camera.denied_help": _("Allow the camera for this page in the browser’s settings, then try again."),
    "camera.absent": _("No camera found"),
    "camera.absent_help": _("Connect a camera and try again, or use another phone."),
    "camera.busy": _("The camera is in use"),
    "camera.busy_help": _("Close the other app that uses the camera, then try again."),
    "camera.insecure": _("The camera needs a secure address"),
    "camera.insecure_help": _("Open this page by its address that begins with https."),
    "camera.failed": _("The camera does not start"),
    "camera.failed_help": _("Close the browser, open it again and try once more."),
    "camera.no_reader": _("The code reader does not start"),
    "camera.no_reader_help": _("Reload the page with a working connection. If it stays so, use another phone."),
    "camera.by_hand": _("Until then, find guests by name or badge code."),
    # -- verdicts: the word fills the screen, so it is short
    "word.admit": _("Admit"),
    "word.out": _("Out"),
    "word.stop": _("Stop"),
    "word.wait": _("Wait"),
    "word.again": _("Again"),
    "word.check": _("Check"),
    "word.foreign": _("No badge"),
    "verdict.next": _("Next badge"),
    "verdict.first": _("First scan"),
    "verdict.when": _("When"),
    "verdict.where": _("Where"),
    "verdict.device": _("Scanned by"),
    "reason.duplicate": _("Already scanned"),
    "next.duplicate": _("Do not admit on this badge. Check the guest’s identity document and call your supervisor."),
    "reason.too_soon": _("Used a moment ago"),
    "next.too_soon": _("The badge may have been handed to somebody else. Compare the name with an identity document."),
    "reason.full": _("Full"),
    "next.full": _("Nobody more may come in now. Ask the guest to wait until somebody has left."),
    "reason.escort": _("Only with an escort"),
    "next.escort": _("This guest may come in together with an escort: scan the escort’s badge, too."),
    "reason.conflict": _("Admitted at two doors"),
    "next.conflict": _("This badge was let in elsewhere, too. Call your supervisor."),
    "reason.unknown": _("Badge not known"),
    "next.unknown": _("Find the guest by name. If nobody is found, send the guest to registration."),
    "reason.forged": _("Badge is not genuine"),
    "next.forged": _("Keep the guest here and call your supervisor."),
    "reason.malformed": _("Code not readable"),
    "next.malformed": _("Scan once more. If it stays so, find the guest by name."),
    "reason.other_event": _("Badge of another event"),
    "next.other_event": _("Ask for the badge of this event, or find the guest by name."),
    "reason.withdrawn": _("Badge withdrawn"),
    "next.withdrawn": _("This guest may not come in. Send the guest to registration."),
    "reason.superseded": _("Old badge"),
    "next.superseded": _("A newer badge was printed. Ask for the new one, or send the guest to registration."),
    "reason.not_entitled": _("Not for this entrance"),
    "next.not_entitled": _("This badge does not open this checkpoint. Show the guest the right way."),
    "reason.not_open": _("Not open yet"),
    "next.not_open": _("This checkpoint opens later. Ask the guest to come back then."),
    "reason.closed": _("Closed"),
    "next.closed": _("This checkpoint is closed. Call your supervisor if it should be open."),
    "reason.unknown_checkpoint": _("This checkpoint is not in use"),
    "next.unknown_checkpoint": _("Choose your checkpoint again, then scan the badge once more."),
    "reason.clock": _("This phone’s clock is wrong"),
    "next.clock": _("The guest may pass. Set the phone’s date and time to automatic."),
    "reason.not_inside": _("Was not scanned on the way in"),
    "next.not_inside": _("Let the guest leave and tell your supervisor."),
    "reason.unsupported": _("Badge of a kind this phone does not know"),
    "next.unsupported": _("Reload this page, then scan the badge once more."),
    "reason.device_place": _("This phone is not meant for this checkpoint"),
    "next.device_place": _("Choose your own checkpoint, or ask your supervisor."),
    "reason.device_time": _("This phone may not scan now"),
    "next.device_time": _("Its time has not come or is over. Ask your supervisor."),
    "reason.other": _("Not admitted"),
    "next.other": _("Call your supervisor."),
    "kept.title": _("Not checked: no connection"),
    "kept.next": _("The scan is kept on this phone and sent by itself. Ask your supervisor whether to admit now."),
    "local.kept": _("Decided by this phone. It will be sent by itself."),
    "local.unlisted": _("The badge is genuine, but newer than this phone’s list: compare the name on it."),
    "local.unchecked": _("This phone cannot check signatures; it compares with its list only."),
    "unrecorded.title": _("Not recorded"),
    "unrecorded.next": _(
        "This phone has no room left and the server does not answer. Write down the badge code and call your "
        "supervisor."
    ),
    "foreign.web": _("This is a web address, not a badge"),
    "foreign.wifi": _("This is a Wi-Fi code, not a badge"),
    "foreign.contact": _("This is a contact card, not a badge"),
    "foreign.payment": _("This is a payment code, not a badge"),
    "foreign.boarding": _("This is a boarding pass, not a badge"),
    "foreign.ticket": _("This is a ticket of another system, not a badge"),
    "foreign.text": _("This code is not from a badge"),
    "foreign.enrolment": _("This code sets up a phone"),
    "foreign.next": _("Ask for the badge of this event and scan the large square code on it."),
    "foreign.enrolment_next": _("This phone is set up already. To set it up anew, sign it out in the settings first."),
    # -- by hand
    "search.title": _("Find a guest"),
    "search.field": _("Name or badge code"),
    "search.help": _("At least two characters, in any script."),
    "search.submit": _("Search"),
    "search.working": _("Searching…"),
    "search.short": _("Enter at least two characters."),
    "search.none": _("Nobody found. Check the spelling, or type fewer letters."),
    "search.no_network": _(
        "Searching needs the network. Scan the badge instead: the scan is kept until it can be sent."
    ),
    "search.own_list": _("No connection: these are from this phone’s own list."),
    "search.more": _("These are not all. Type more of the name."),
    "search.no_badge": _("No valid badge. Send the guest to registration."),
    "confirm.title": _("Is this the guest?"),
    "confirm.lead": _("Compare the name with an identity document."),
    "confirm.yes": _("Yes, scan this guest"),
    "confirm.no": _("No, back to the list"),
    # -- last scans
    "recent.title": _("Last scans"),
    "recent.none": _("No scans yet."),
    "recent.waiting": _("Waiting to be sent"),
    "recent.held": _("Not taken by the server. Show this to your supervisor."),
    "recent.elsewhere": _("From another event. Set this phone up for that event again to send it."),
    "recent.send": _("Send now"),
    "recent.late": _("sent later"),
    "recent.unnamed": _("Unknown badge"),
    # -- taking a scan back
    "undo.title": _("Undo this scan"),
    "undo.lead": _("For a mistake within the last two minutes. A supervisor has to type a code."),
    "undo.field": _("Supervisor’s code"),
    "undo.submit": _("Undo the scan"),
    "undo.done": _("Undone"),
    "undo.supervisor_code_wrong": _("This is not a supervisor’s code."),
    "undo.wait": _("Too many wrong codes, or the server is busy. Wait some minutes and try again."),
    "undo.no_network": _("Undoing needs the network. Try again, or tell the office."),
    "undo.scan_unknown": _("The server does not have this scan yet. Try again in a moment."),
    "undo.undo_too_late": _("Too late: only the office can look into this scan now."),
    "undo.built_upon": _("This badge has been scanned again since, so the scan stays."),
    "undo.nothing_to_undo": _("There is nothing to undo: nobody was let in."),
    # -- a shift
    "shift.hand_over": _("Hand over"),
    "shift.next": _("Name of the next volunteer"),
    # -- settings
    "settings.title": _("Settings"),
    "settings.language": _("Language"),
    "settings.camera": _("Camera"),
    "settings.camera_auto": _("Chosen by the phone"),
    "settings.camera_number": _("Camera %(number)s"),
    "settings.sound": _("Sound"),
    "settings.vibration": _("Vibration"),
    "settings.auto": _("Go on by itself after green"),
    "settings.checkpoint": _("Checkpoint"),
    "settings.change": _("Change"),
    "settings.device": _("This phone"),
    "settings.offline": _("Without a network"),
    "offline.none": _("This phone has no list of guests yet: it keeps scans and shows amber."),
    "offline.no_room": _("No room to keep the list: it is gone when this page is closed."),
    # -- counting heads
    "muster.title": _("Muster list"),
    "muster.known": _("As the doors had told by %(time)s"),
    "muster.never": _("This phone does not know yet who is inside everywhere. It needs the network once."),
    "muster.anew": _("Untick all"),
    "settings.shift": _("This shift"),
    "settings.sign_out": _("Sign this phone out"),
    "settings.sign_out_ask": _("Sign this phone out?"),
    "settings.sign_out_lead": _("You need a new code from your supervisor to scan again."),
}


# A count that stands for each CLDR plural category of a language: the catalogue's own formula then picks the form.
SAMPLES: dict[str, dict[str, int]] = {
    "en": {"one": 1, "other": 2},
    "zh-hans": {"other": 2},
    "fr": {"one": 1, "many": 1_000_000, "other": 2},
    "es": {"one": 1, "many": 1_000_000, "other": 2},
    "ru": {"one": 1, "few": 2, "many": 5, "other": 5},
    "ar": {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100},
}


def _counted(number: int) -> dict[str, str]:
    return {
        "count.admitted": ngettext("%(count)s admitted", "%(count)s admitted", number),
        "count.waiting": ngettext("%(count)s scan waiting", "%(count)s scans waiting", number),
        "count.kept": ngettext(
            "%(count)s scan is kept on this phone and will be sent once it is set up again.",
            "%(count)s scans are kept on this phone and will be sent once it is set up again.",
            number,
        ),
        "count.refused_late": ngettext(
            "%(count)s guest scanned without a connection was refused. Look at the last scans.",
            "%(count)s guests scanned without a connection were refused. Look at the last scans.",
            number,
        ),
        "count.guests": ngettext("%(count)s guest on this phone", "%(count)s guests on this phone", number),
        "count.inside": ngettext("%(count)s person inside", "%(count)s people inside", number),
        "count.missing": ngettext("%(count)s not found yet", "%(count)s not found yet", number),
        "count.found": ngettext("%(count)s guest found", "%(count)s guests found", number),
    }


def texts_in(language: Language) -> dict[str, Any]:
    """What the app loads for one language: {"language": …, "texts": {key: text, or {plural category: text}}}."""
    with override(language.code):
        texts: dict[str, Any] = {key: str(text) for key, text in TEXTS.items()}
        for category, number in SAMPLES[language.code].items():
            for key, text in _counted(number).items():
                texts.setdefault(key, {})[category] = text
    return {
        "language": {
            "code": language.code,
            "tag": language.bcp47,
            "name": language.name,
            "direction": language.direction,
        },
        "texts": texts,
    }
