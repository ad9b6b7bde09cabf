"""Characters → how keys write them: each letter in one spelling, no accents, a blank for all that is no letter."""

from __future__ import annotations

import unicodedata

# Latin letters that Unicode does not decompose, and letters of other scripts that names write in two ways.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "þ": "th",
        "ŋ": "n",
        "ə": "e",
        "ɛ": "e",
        "ɔ": "o",
        "ɓ": "b",
        "ɗ": "d",
        "ƙ": "k",
        "ў": "у",
        "ё": "е",
        "ґ": "г",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ڪ": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ٱ": "ا",
    }
)

# Characters of names of states that are written otherwise in simplified and in traditional Chinese: the traditional
# character before the simplified one.
_CHINESE = (
    "亞亚來来倫伦偽伪內内凱凯別别剛刚勞劳區区喬乔國国圖图奧奥寧宁屬属岡冈島岛嶼屿庫库愛爱揚扬撾挝敘叙時时東东極极歐欧湯汤澤泽濟济灣湾烏乌爾尔獅狮盧卢約约納纳紐纽紹绍維维緬缅羅罗義义聖圣聯联脫脱臘腊與与茲兹"
    "萊莱萬万葉叶蓋盖薩萨蘇苏蘭兰誕诞諾诺貝贝買买賓宾賴赖賽赛贊赞達达邊边長长門门開开關关靈灵韋韦韓韩頓顿領领馬马魯鲁鮑鲍麥麦華华臺台瑪玛幾几綠绿鮮鲜處处託托發发獨独舊旧總总邁迈為为爲为莊庄淺浅錫锡個个眾众"
    "團团連连蔔卜穀谷複复復复飛飞鄉乡鐵铁僑侨經经濱滨佈布傑杰衛卫傳传劃划勝胜協协單单厲厉參参嗎吗塊块墮堕壩坝孫孙實实寶宝將将帶带廣广廳厅張张強强從从憲宪懷怀戰战戲戏據据擴扩會会業业樂乐標标權权歸归歷历歲岁"
    "毀毁氣气漢汉潔洁灘滩無无煙烟獲获瓊琼產产畢毕畫画療疗盜盗監监盤盘礦矿稱称種种穩稳窮穷競竞筆笔節节範范籌筹紅红級级紗纱純纯終终組组結结給给統统綜综線线編编縣县織织罰罚職职聲声膠胶臨临藝艺藥药號号規规視视"
    "覽览訂订計计記记設设許许評评詞词話话該该語语誤误調调談谈請请論论謝谢證证議议護护讓让豐丰財财貢贡貨货責责費费資资質质躍跃軍军車车軸轴載载輕轻輪轮轉转辦办農农進进運运過过遊游遠远適适選选還还郵邮鄰邻醫医"
    "釋释鈞钧銀银錄录鎮镇陣阵陸陆陽阳隊队階阶際际隨随險险雙双雜杂離离難难雲云電电霧雾靜静響响項项順顺預预頭头題题額额類类顯显風风養养館馆驗验體体魚鱼鳥鸟黃黄點点黨党齊齐齡龄龍龙顛颠親亲諦谛嚴严貴贵堅坚"
)
_APOSTROPHES = "'’‘`´ʻʼʿʾˈ′ـ־"


class _Folding(dict[int, str]):
    """The table of ``str.translate``, filled as characters come."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(letter: str) -> str:
    """Tell how keys write a character that is in small letters and decomposed."""
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category == "Cf":
        return ""
    return letter if category[0] in "LNM" else " "


FOLDING = _Folding(
    str.maketrans(dict(zip(_CHINESE[::2], _CHINESE[1::2], strict=True)))
    | _LETTERS
    | dict.fromkeys(map(ord, _APOSTROPHES), "")
    | {ord("&"): " and "}
)
