"""Guests who do not exist, in fourteen scripts, for load tests: always the same n-th guest. Data and two pure functions."""

from dataclasses import dataclass

Names = tuple[tuple[str, str], ...]  # as written, and in Latin letters


def _names(text: str) -> Names:
    """ "王 Wang, 李 Li" as pairs; names written in Latin letters stand alone and are their own Latin form."""
    pairs = []
    for entry in text.split(", "):
        written, _space, latin = entry.partition(" ")
        pairs.append((written, latin or written))
    return tuple(pairs)


@dataclass(frozen=True)
class Tongue:
    """People of one country: their names, where they work, in which of our languages they are written to."""

    nationality: str
    language: str
    given: Names
    family: Names
    organisations: tuple[str, ...]
    family_first: bool = False
    space: str = " "


TONGUES = (
    Tongue(
        "KE", "en",
        _names("Amina, Wanjiru, Otieno, Njeri, Kamau, Achieng, Baraka, Zawadi, Juma, Makena"),
        _names("Mwangi, Odhiambo, Kiprotich, Wekesa, Mutua, Chebet, Barasa, Kariuki, Nyambura, Omondi"),
        ("Ministry of Water, Sanitation and Irrigation", "University of Nairobi", "Lake Basin Authority"),
    ),
    Tongue(
        "FR", "fr",
        _names("Élodie, François, Maëlle, Anaïs, Jérôme, Chloé, Théo, Noémie, Gaëtan, Inès"),
        _names("Lefèvre, Besançon, Dupré, Moreau, Gauthier, Béranger, Lemaître, Rousseau, Châtelain, Noël"),
        ("Agence de l’eau Rhône Méditerranée", "Ministère de l’Europe et des Affaires étrangères"),
    ),
    Tongue(
        "ES", "es",
        _names("María, José, Begoña, Íñigo, Lucía, Álvaro, Nuria, Ramón, Concepción, Óscar"),
        _names("Fernández-Ortiz, Muñoz, Peña, Ibáñez, Güell, Zárate, Echeverría, Núñez, Quiñones, Rodríguez"),
        ("Confederación Hidrográfica del Ebro", "Ministerio de Asuntos Exteriores"),
    ),
    Tongue(
        "VN", "en",
        _names("Thị-Hồng, Đức, Quốc-Bảo, Ánh, Phượng, Tuấn, Ngọc, Thuỷ, Vũ, Hạnh"),
        _names("Nguyễn, Trần, Lê, Phạm, Huỳnh, Võ, Đặng, Bùi, Đỗ, Hồ"),
        ("Ủy ban sông Mê Công Việt Nam", "Đại học Quốc gia Hà Nội"),
        family_first=True,
    ),
    Tongue(
        "RU", "ru",
        _names(
            "Екатерина Ekaterina, Алексей Aleksei, Юлия Yuliia, Дмитрий Dmitrii, "
            "Наталья Natalia, Михаил Mikhail, Ольга Olga, Сергей Sergei"
        ),
        _names(
            "Ветрова Vetrova, Кузнецов Kuznetsov, Преображенская Preobrazhenskaia, Щукин Shchukin, "
            "Орлова Orlova, Жданов Zhdanov, Фёдорова Fedorova, Чайка Chaika"
        ),
        ("Институт водных проблем", "Министерство иностранных дел"),
    ),
    Tongue(
        "CN", "zh-hans",
        _names(
            "小明 Xiaoming, 淑芬 Shufen, 建国 Jianguo, 雨桐 Yutong, 海燕 Haiyan, "
            "志强 Zhiqiang, 美玲 Meiling, 天佑 Tianyou, 欣怡 Xinyi, 浩然 Haoran"
        ),
        _names("王 WANG, 李 LI, 张 ZHANG, 刘 LIU, 陈 CHEN, 欧阳 OUYANG, 赵 ZHAO, 周 ZHOU, 诸葛 ZHUGE, 徐 XU"),
        ("中国水利水电科学研究院", "外交学院", "长江水利委员会"),
        family_first=True,
        space="",
    ),
    Tongue(
        "JP", "en",
        _names(
            "さくら Sakura, 健太 Kenta, 美咲 Misaki, 大輔 Daisuke, "
            "ゆい Yui, 直樹 Naoki, 花子 Hanako, タケル Takeru"
        ),
        _names(
            "田中 TANAKA, 佐藤 SATO, 鈴木 SUZUKI, 高橋 TAKAHASHI, "
            "渡辺 WATANABE, 山本 YAMAMOTO, 中村 NAKAMURA, 小林 KOBAYASHI"
        ),
        ("東京大学", "国際協力機構"),
        family_first=True,
    ),
    Tongue(
        "KR", "en",
        _names("서연 Seoyeon, 민준 Minjun, 지우 Jiwoo, 하은 Haeun, 도윤 Doyun, 수빈 Subin, 예준 Yejun, 채원 Chaewon"),
        _names("김 KIM, 이 LEE, 박 PARK, 최 CHOI, 정 JEONG, 강 KANG, 조 CHO, 황보 HWANGBO"),
        ("한국수자원공사", "외교부"),
        family_first=True,
        space="",
    ),
    Tongue(
        "EG", "ar",
        _names(
            "محمد Mohamed, فاطمة Fatima, عبدالرحمن Abdelrahman, ليلى Layla, يوسف Youssef, "
            "نور Nour, خالد Khaled, مريم Mariam, طارق Tarek, هدى Hoda"
        ),
        _names(
            "المصري El-Masry, حسين Hussein, السيد El-Sayed, الشريف El-Sherif, "
            "منصور Mansour, بدوي Badawi, رمضان Ramadan, الفاروق El-Farouk"
        ),
        ("وزارة الموارد المائية والري", "جامعة القاهرة", "جامعة الدول العربية"),
    ),
    Tongue(
        "IL", "en",
        _names("יצחק Yitzhak, רחל Rachel, נועה Noa, אביגיל Avigail, דוד David, מיכל Michal"),
        _names("רבינוביץ Rabinovich, כהן Cohen, לוי Levi, פרידמן Friedman, מזרחי Mizrahi, שפירא Shapira"),
        ("רשות המים", "האוניברסיטה העברית"),
    ),
    Tongue(
        "IN", "en",
        _names(
            "प्रियंका Priyanka, राजेश Rajesh, अनुष्का Anushka, विक्रम Vikram, "
            "श्रेया Shreya, अर्जुन Arjun, मीनाक्षी Meenakshi, कृष्ण Krishna"
        ),
        _names(
            "चतुर्वेदी Chaturvedi, शर्मा Sharma, त्रिपाठी Tripathi, सिंह Singh, "
            "देशपांडे Deshpande, मिश्रा Mishra, अग्रवाल Agrawal, जोशी Joshi"
        ),
        ("जल शक्ति मंत्रालय", "विदेश मंत्रालय"),
    ),
    Tongue(
        "BD", "en",
        _names("নুসরাত Nusrat, তানভীর Tanvir, শারমিন Sharmin, রফিকুল Rafiqul, ফারজানা Farzana, মাহমুদ Mahmud"),
        _names("চৌধুরী Chowdhury, রহমান Rahman, হোসেন Hossain, আক্তার Akter, ইসলাম Islam, ভূঁইয়া Bhuiyan"),
        ("পানি উন্নয়ন বোর্ড", "ঢাকা বিশ্ববিদ্যালয়"),
    ),
    Tongue(
        "GR", "en",
        _names("Αλέξανδρος Alexandros, Ελένη Eleni, Γιώργος Georgios, Κατερίνα Katerina, Νίκος Nikos, Ζωή Zoi"),
        _names(
            "Παπαδόπουλος Papadopoulos, Οικονόμου Oikonomou, "
            "Βλάχος Vlachos, Δημητρίου Dimitriou, Κωνσταντίνου Konstantinou"
        ),
        ("Υπουργείο Εξωτερικών", "Εθνικό Μετσόβιο Πολυτεχνείο"),
    ),
    Tongue(
        "TH", "en",
        _names("สมชาย Somchai, ศิริพร Siriporn, กิตติ Kitti, วราภรณ์ Waraporn, ณัฐวุฒิ Nattawut, พิมพ์ชนก Pimchanok"),
        _names("ใจดี Jaidee, รัตนวงศ์ Rattanawong, สุขสวัสดิ์ Suksawat, ศรีสุวรรณ Srisuwan, ทองคำ Thongkham"),
        ("กระทรวงการต่างประเทศ", "จุฬาลงกรณ์มหาวิทยาลัย"),
    ),
    Tongue(
        "GE", "en",
        _names("გიორგი Giorgi, ნინო Nino, დავით Davit, თამარ Tamar, ლევან Levan, ქეთევან Ketevan"),
        _names(
            "მარგველაშვილი Margvelashvili, ბერიძე Beridze, "
            "კაპანაძე Kapanadze, გელაშვილი Gelashvili, ხარაიშვილი Kharaishvili"
        ),
        ("საგარეო საქმეთა სამინისტრო",),
    ),
    Tongue(
        "AM", "en",
        _names("Արամ Aram, Անահիտ Anahit, Հայկ Hayk, Լուսինե Lusine, Տիգրան Tigran"),
        _names("Սարգսյան Sargsyan, Հովհաննիսյան Hovhannisyan, Գրիգորյան Grigoryan, Պետրոսյան Petrosyan"),
        ("Արտաքին գործերի նախարարություն",),
    ),
    Tongue(
        "ET", "en",
        _names("አበበ Abebe, ሰላም Selam, ዮሐንስ Yohannes, ሕይወት Hiwot, ተስፋዬ Tesfaye"),
        _names("ቢቂላ Bikila, ታደሰ Tadesse, ወልደማርያም Woldemariam, ገብረሥላሴ Gebreselassie"),
        ("የውኃና ኢነርጂ ሚኒስቴር",),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Guest:
    """One of them."""

    name: str
    latin_name: str
    organisation: str
    nationality: str
    language: str


def guest(number: int) -> Guest:
    """The n-th guest. Tongues take turns; within one, every given name meets every family name before any pair repeats."""
    tongue = TONGUES[number % len(TONGUES)]
    turn = number // len(TONGUES)
    given = tongue.given[turn % len(tongue.given)]
    family = tongue.family[turn // len(tongue.given) % len(tongue.family)]
    order = (family, given) if tongue.family_first else (given, family)
    name = tongue.space.join(written for written, _latin in order)
    latin = " ".join(latin for _written, latin in order)
    return Guest(
        name=name,
        latin_name="" if latin == name else latin,
        organisation=tongue.organisations[turn % len(tongue.organisations)],
        nationality=tongue.nationality,
        language=tongue.language,
    )
