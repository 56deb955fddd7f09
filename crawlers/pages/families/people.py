"""人民网: #rwb_zw, since about 2020 .rm_txt_con; the meta tags author and editor hold staff numbers, not names."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "people",
    marks=("#rwb_zw", "#rm_txt_zw", ".rm_txt_con", ".ej_list_box"),
    body=("#rm_txt_zw", "#rwb_zw", ".rm_txt_con"),
    editor=(".edit",),
    rows=(".ej_list_box li", ".p2j_list li"),
)
