"""The desks every institution begins with, and the reasons they share, in the six languages. Staff may change them all."""

from collections.abc import Mapping
from typing import NamedTuple

Words = Mapping[str, str]


class FirstDesk(NamedTuple):
    """A desk and the role whose accounts are its officers."""

    name: Words
    group: str


class FirstReason(NamedTuple):
    """A reason code: for which verdicts, and whether a note must be written as well."""

    label: Words
    verdicts: tuple[str, ...]
    needs_text: bool = False


def _in(en: str, zh: str, fr: str, es: str, ru: str, ar: str) -> Words:
    return {"en": en, "zh-hans": zh, "fr": fr, "es": es, "ru": ru, "ar": ar}


DESKS: Mapping[str, FirstDesk] = {
    "protocol": FirstDesk(
        _in(
            "Protocol desk",
            "礼宾审核台",
            "Bureau du protocole",
            "Mesa de protocolo",
            "Протокольная служба",
            "مكتب المراسم",
        ),
        "Vetting: protocol desk",
    ),
    "security": FirstDesk(
        _in(
            "Security desk",
            "安保审核台",
            "Bureau de la sécurité",
            "Mesa de seguridad",
            "Служба безопасности",
            "مكتب الأمن",
        ),
        "Vetting: security desk",
    ),
    "press": FirstDesk(
        _in("Press desk", "新闻审核台", "Bureau de la presse", "Mesa de prensa", "Пресс-служба", "مكتب الصحافة"),
        "Vetting: press desk",
    ),
}
REASONS: Mapping[str, FirstReason] = {
    "checked": FirstReason(
        _in(
            "Checked, nothing found",
            "已核查，未发现问题",
            "Vérifié, rien à signaler",
            "Comprobado, sin hallazgos",
            "Проверено, ничего не выявлено",
            "تم التحقق ولم يُعثر على شيء",
        ),
        ("clear",),
    ),
    "known": FirstReason(
        _in(
            "Known to the institution",
            "本机构熟知此人",
            "Connu de l’institution",
            "Persona conocida por la institución",
            "Известен учреждению",
            "معروف لدى المؤسسة",
        ),
        ("clear",),
    ),
    "identity": FirstReason(
        _in(
            "Identity cannot be established",
            "无法确认身份",
            "Identité impossible à établir",
            "No se puede establecer la identidad",
            "Личность не установлена",
            "تعذّر إثبات الهوية",
        ),
        ("object",),
    ),
    "document": FirstReason(
        _in(
            "Document expired or not accepted",
            "证件过期或不被接受",
            "Document expiré ou non accepté",
            "Documento caducado o no aceptado",
            "Документ просрочен или не принимается",
            "الوثيقة منتهية الصلاحية أو غير مقبولة",
        ),
        ("object",),
    ),
    "not-entitled": FirstReason(
        _in(
            "Not entitled to this category",
            "不符合该类别的资格",
            "N’a pas droit à cette catégorie",
            "No tiene derecho a esta categoría",
            "Не имеет права на эту категорию",
            "لا يحق له الانتماء إلى هذه الفئة",
        ),
        ("object",),
    ),
    "no-letter": FirstReason(
        _in(
            "Letter of assignment or credentials missing",
            "缺少派遣函或全权证书",
            "Lettre de mission ou de créance manquante",
            "Falta la carta de asignación o la credencial",
            "Нет письма редакции или верительного письма",
            "خطاب التكليف أو أوراق الاعتماد غير موجودة",
        ),
        ("object",),
    ),
    "duplicate": FirstReason(
        _in(
            "Registered twice",
            "重复注册",
            "Inscrit deux fois",
            "Inscrito dos veces",
            "Зарегистрирован дважды",
            "مسجَّل مرتين",
        ),
        ("object",),
    ),
    "security": FirstReason(
        _in(
            "Security concern",
            "存在安全疑虑",
            "Réserve de sécurité",
            "Motivo de seguridad",
            "Соображения безопасности",
            "دواعٍ أمنية",
        ),
        ("object",),
    ),
    "other": FirstReason(
        _in("Another reason", "其他原因", "Autre motif", "Otro motivo", "Другая причина", "سبب آخر"),
        ("object", "abstain"),
        needs_text=True,
    ),
    "not-ours": FirstReason(
        _in(
            "Another desk's business",
            "属于其他审核台的职责",
            "Relève d’un autre bureau",
            "Compete a otra mesa",
            "Вопрос другой службы",
            "من اختصاص مكتب آخر",
        ),
        ("abstain",),
    ),
}
