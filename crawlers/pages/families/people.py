"""人民网: #rwb_zw, since about 2020 .rm_txt_con; the meta tags author and editor hold staff numbers, not names."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "people",
    marks=('id="rwb_zw"', "rm_txt_con", 'id="rm_txt_zw"'),
    body=("#rm_txt_zw", "#rwb_zw", ".rm_txt_con"),
    editor=(".edit",),
    rows=(".ej_list_box li", ".p2j_list li"),
)
