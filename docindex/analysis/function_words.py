"""Function words of each language: articles, pronouns, prepositions, question words. Ranking may
weigh them less.

They are stop words in other engines. Here they are indexed and found like all words. The lists hold
closed classes only, as a grammar lists them: no word that a search may be about.
"""

from __future__ import annotations

from functools import cache

_WORDS = {
    "ar": """
        في من إلى الى على عن مع بين حتى منذ خلال عند لدى دون قبل بعد تحت فوق أمام حول ضد نحو عبر سوى غير
        هو هي هم هن هما أنا أنت أنتم نحن هذا هذه هذان ذلك تلك هؤلاء أولئك الذي التي الذين اللذان اللتان اللاتي
        ما ماذا من متى أين كيف كم لماذا هل أي أية أيها مما عما ممن
        و أو أم ثم بل لكن ولكن إن أن إنه أنه أنها إنها كأن لأن إذا إذ لو لولا كما لما بينما حيث قد لقد سوف
        لا لم لن ليس ليست كان كانت كانوا يكون تكون يكن تكن له لها لهم لنا به بها بهم فيه فيها فيهم منه منها منهم
        عليه عليها عليهم إليه إليها إليهم عنه عنها عنهم كل بعض أيضا فقط
    """,
    "ca": """
        el la els les un una uns unes lo de del dels a al als en per pel pels amb sense entre sobre sota fins des
        i o ni però sinó que què qui quin quina quins quines qual quals quan on com quant quanta quants quantes
        perquè doncs si no ja més molt jo tu ell ella nosaltres vosaltres ells elles em et es ens us li ho hi ne
        meu meva teu teva seu seva seus seves aquest aquesta aquests aquestes aquell aquella aquells això allò
        és són era eren ser estar està estan estava fou ha han havia haver hi he hem
    """,
    "cs": """
        a i o u v ve s se k ke z ze do na po za pro před při nad pod od bez mezi podle přes během kvůli
        já ty on ona ono my vy oni ony mě mi mne tě ti ho mu ji jí jej jim jich nás nám vás vám si sebe
        můj tvůj jeho její náš váš jejich svůj své svou ten ta to ti ty toho tomu tom tím těch těm tento tato toto
        co kdo který která které kterého kterému kterém kterou kteří jaký jaká jaké kde kdy kam odkud jak proč kolik čí
        že aby ale nebo ani však když jestli protože zda než už ještě také jen ne být je jsou jsem jsi jsme jste byl
        byla bylo byli byly bude budou by není má mají měl
    """,
    "da": """
        den det de en et og i på af til fra for med ved om over under mellem mod uden efter før hos gennem siden
        jeg du han hun vi dem os mig dig ham hende sig min mit mine din dit dine sin sit sine hans hendes deres vores
        denne dette disse der som hvad hvem hvilken hvilket hvilke hvor hvornår hvordan hvorfor hvis at men eller når
        da så ikke også er var være været bliver blev blevet har havde have kan kunne skal skulle vil ville må
        mange meget
    """,
    "de": """
        der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines
        ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen sich mein meine meinem meinen meiner dein
        deine sein seine seinem seinen seiner seines ihre ihrem ihren ihrer ihres unser unsere euer eure man
        dieser diese dieses diesem diesen jener jene jenes jenem jenen welcher welche welches welchem welchen
        in im an am auf aus bei beim bis durch für gegen mit nach ohne seit über um unter von vom vor zu zum zur
        zwischen während wegen hinter neben und oder aber denn sondern dass daß ob wenn weil als wie so auch nicht noch
        nur schon was wer wen wem wessen wo wann warum wieso weshalb woher wohin womit wodurch wofür woraus worauf
        wieviel viel viele ist sind war waren sei wäre wären sein gewesen bin bist seid hat haben hatte hatten habe
        hast hätte wird werden wurde wurden worden würde würden kann können konnte konnten muss müssen musste soll
        sollen sollte will wollen wollte darf dürfen durfte mag
    """,
    "el": """
        ο η το οι τα του της των τον την τους τις ένας ένα έναν μια μία ενός μιας στο στη στην στον στα στις στους σε
        από με για ως προς κατά μετά πριν χωρίς μέχρι μεταξύ πάνω κάτω παρά αντί εγώ εσύ αυτός αυτή αυτό αυτοί αυτές
        αυτά αυτού αυτής αυτών αυτόν αυτήν μου σου μας σας με σε και κι ή αλλά όμως ούτε ότι πως που αν όταν ενώ γιατί
        επειδή αφού ώστε να θα ας δεν μη μην τι ποιος ποια ποιο ποιοι ποιες ποιον ποιαν ποιους ποιου ποιων πού πότε
        πώς πόσο πόσα πόσοι πόσες πόση πόσος όπως όσο όπου οποίος οποία οποίο οποίοι οποίες οποίων είναι ήταν είμαι
        είσαι είμαστε είστε έχει έχουν είχε είχαν έχω έχεις υπήρχε επίσης
    """,
    "en": """
        a an the and or but nor so yet if then than as that this these those there here
        i you he she it we they me him her them my your his its our their yours hers ours theirs
        myself yourself himself herself itself ourselves themselves
        of in on at by for from to with without into onto upon about over under between among through during before
        after above below against within toward towards until since per via
        what which who whom whose when where why how whether while because although though
        is am are was were be been being do does did doing done have has had having can could will would shall should
        may might must not no any some such each both either neither other same only also too very just more most much
        many
    """,
    "es": """
        el la los las lo un una unos unas de del a al en con por para sin sobre entre hasta desde hacia según contra
        durante mediante tras ante bajo y e o u ni pero sino que qué quien quién quienes quiénes cual cuál cuales
        cuáles cuando cuándo donde dónde como cómo cuanto cuánto cuanta cuánta cuantos cuántos cuantas cuántas porque
        pues si no ya más muy también yo tú él ella ello nosotros vosotros ellos ellas me te se nos os le les mi mis tu
        tus su sus nuestro nuestra nuestros nuestras cuyo cuya cuyos cuyas este esta esto estos estas ese esa eso esos
        esas aquel aquella aquello aquellos aquellas es son era eran fue fueron ser sido sea sean siendo está están
        estaba estaban estar ha han había habían haber hay hubo he hemos
    """,
    "fa": """
        و در به از که این آن را با برای تا بر یا اما اگر هم نیز چون زیرا پس بین روی زیر بدون درباره طی توسط
        من تو او ما شما آنها ایشان خود چه چی کی کدام کجا چرا چگونه چطور چند چقدر آیا هر همه هیچ
        است بود بودند هست هستند نیست شد شده شدند می نمی باشد باشند بوده خواهد
    """,
    "fi": """
        ja tai vai mutta eli sekä että jos kun koska vaikka kuin niin myös ei eivät en et emme ette älä
        minä sinä hän me te he se ne minun sinun hänen meidän teidän heidän sen niiden minut sinut hänet
        tämä tuo nämä nuo tämän tuon näiden noiden tässä siinä tästä siitä tähän siihen joka jotka jonka joiden jossa
        josta johon jolla jolle mikä mitä minkä missä mistä mihin millä mille milloin miksi miten kuka ketkä kenen
        ketä kuinka kumpi montako on ovat oli olivat olla ollut olleet olen olet olemme olette olisi ole
        kanssa ilman ennen jälkeen aikana
    """,
    "fr": """
        le la les l un une des de du d au aux à en dans par pour sur sous avec sans entre chez vers depuis dès jusque
        jusqu pendant selon contre parmi lors et ou mais donc ni car que qu qui quoi dont où quand comment combien
        pourquoi quel quelle quels quelles lequel laquelle lesquels lesquelles duquel auquel si comme ne n pas
        je j tu il elle on nous vous ils elles me m te t se s lui leur leurs y moi toi soi eux ce c cet cette ces ça
        cela ceci celui celle ceux celles mon ma mes ton ta tes son sa ses notre nos votre vos
        est es suis sommes êtes sont était étaient être fut furent soit soient sera seront serait a as ai ont avons
        avez avait avaient avoir eu aura auront aurait ayant étant aussi plus très
    """,
    "he": """
        של את על אל עם מן בין עד אחרי לפני תחת ללא בלי כדי אצל
        אני אתה את הוא היא אנחנו אתם הם הן זה זו זאת אלה אלו אותו אותה אותם לו לה להם לי לנו שלו שלה שלהם בו בה בהם
        מה מי איזה איזו אילו מתי איפה היכן איך כיצד למה מדוע כמה האם לאן מאין
        או אבל כי אם גם רק לא אין יש היה היתה הייתה היו להיות יהיה אשר כאשר כמו
    """,
    "hi": """
        का की के को में से पर ने तक लिए साथ बाद पहले द्वारा बीच बिना तथा और या एवं लेकिन परंतु कि जो यदि अगर तो भी ही न नहीं मत
        मैं तू तुम आप वह वे यह ये हम इस उस इन उन इसे उसे इसका इसकी इसके उसका उसकी उसके इनके उनका उनकी उनके अपना अपनी अपने मेरा
        क्या कौन किस किसने किसे किसका किसकी किसके कब कहाँ कहां क्यों कैसे कैसा कैसी कितना कितनी कितने कौनसा जिस जिसे जिसका जिसकी जिसके
        जिन जब जहाँ तब है हैं था थी थे हो होता होती होते हुआ हुई हुए गया गई गए रहा रही रहे कर करने किया जाता जाती जाते
    """,
    "hu": """
        a az egy és vagy de hogy ha mert mint is nem ne sem csak már még meg
        én te ő mi ti ők engem téged őt minket titeket őket ez ezek azok ennek annak ezt azt ebben abban erre arra
        aki akik ami amik amely amelyek akit amit amelyet ki kit kik kinek mit milyen melyik melyek hol mikor hogyan
        miért mennyi hány hová honnan mely ahol amikor után előtt alatt között mellett nélkül által szerint
        van vannak volt voltak lesz lenni lett legyen lehet volna
    """,
    "id": """
        yang dan atau tetapi di ke dari pada untuk dengan oleh tentang dalam antara sampai sejak tanpa terhadap kepada
        bagi saya aku kamu anda dia ia kami kita mereka nya ini itu apa siapa kapan mana dimana kemana bagaimana
        mengapa kenapa berapa apakah bahwa jika kalau karena ketika sebagai seperti adalah ialah tidak bukan juga
        akan telah sudah sedang para
    """,
    "it": """
        il lo la i gli le l un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dallo
        dalla dai dagli dalle in nel nello nella nei negli nelle su sul sullo sulla sui sugli sulle con per tra fra
        senza sotto sopra verso durante dopo prima contro e ed o ma né che chi cui quale quali quando dove come perché
        quanto quanta quanti quante cosa se non io tu lui lei noi voi loro egli ella esso essa essi esse mi ti si ci vi
        ne mio mia tuo tua suo sua suoi sue nostro nostra vostro questo questa questi queste quello quella quelli
        quelle quel ciò è sono era erano fu furono essere state sia siano ha hanno aveva avevano
        avere ho abbiamo anche più
    """,
    "nl": """
        de het een en of maar want dat die dit deze die wat wie welk welke waar wanneer hoe waarom hoeveel wiens
        waarin waarmee waarvan waardoor waarvoor in op aan van voor met bij naar uit over onder door tegen tussen
        zonder tot om na sinds tijdens per te ik jij je hij zij ze wij we jullie u mij me hem haar ons hen hun zich
        mijn jouw zijn onze uw er als dan toen omdat dus niet geen ook nog is was waren ben bent wees geweest wordt
        worden werd werden heeft hebben had hadden kan kunnen kon zal zullen zou zouden moet moeten mag mogen
        veel
    """,
    "no": """
        den det de en ei et og i på av til fra for med ved om over under mellom mot uten etter før hos gjennom siden
        jeg du han hun vi dere dem oss meg deg ham henne seg min mitt mine din ditt dine sin sitt sine hans hennes
        deres vår denne dette disse der som hva hvem hvilken hvilket hvilke hvor når hvordan hvorfor hvis at men
        eller da så ikke også er var være vært blir ble blitt har hadde ha kan kunne skal skulle vil ville må måtte
        mange mye
    """,
    "pl": """
        i a o u w we z ze na do po za od dla przy przez pod nad przed między bez ku oraz lub albo ale lecz ani więc
        że żeby aby bo gdy jeśli czy jak niż już też tylko nie się
        ja ty on ona ono my wy oni one mnie mi cię ci go mu ją jej jego ich im nas nam was wam sobie siebie
        mój twój nasz wasz swój swoje swoją ten ta to te ci tego tej tym tych temu tą ów tamten
        co kto kogo komu kim czego czemu czym który która które którego której którym których którzy jaki jaka jakie
        jakiego jakiej jakim jakich gdzie kiedy skąd dokąd dlaczego ile ilu czyj
        jest są był była było byli były być będzie będą jestem ma mają miał miała został została zostało
    """,
    "pt": """
        o a os as um uma uns umas de do da dos das em no na nos nas a ao aos à às por pelo pela pelos pelas para com sem
        sobre entre até desde sob contra durante após e ou mas nem que quê quem qual quais quando onde como quanto
        quanta quantos quantas porque porquê se não já mais muito também eu tu ele ela nós vós eles elas você vocês me
        te lhe lhes meu minha teu tua seu sua seus suas nosso nossa cujo cuja cujos cujas este esta isto estes estas
        esse essa isso esses essas aquele aquela aquilo aqueles aquelas é são era eram foi foram ser sido seja sendo
        está estão estava estavam estar há tem têm tinha tinham ter havia haver
    """,
    "ro": """
        un o unui unei niște al a ai ale lui cel cea cei cele de din la în pe cu fără pentru prin între despre până
        spre sub după înainte către contra asupra și sau ori dar însă iar nici că să dacă deși când cât câtă câți câte
        ce cine cui care căror cărui cărei unde cum pentru nu mai foarte eu tu el ea noi voi ei ele mă te se ne vă îl îi
        îmi își le meu mea tău ta său sa săi sale nostru noastră acest această acești aceste acel acea acei acele
        acesta aceasta aceștia acestea este sunt era erau e fi fost fie sunt are au avea aveau am ai avut
    """,
    "ru": """
        и а но или да ни что чтобы если когда как так же ли бы не нет то тем чем хотя потому поэтому
        в во на с со к ко о об обо у по из изо от до за для при без под над между через перед про после около
        я ты он она оно мы вы они меня мне мной тебя тебе его ему им ним него её ее ей ней нее неё нас нам вас вам их
        них ими себя себе мой моя моё мое твой наш ваш свой свою своей своего своих этот эта это эти этого этой этом
        этих этим этому тот та те того той том тех тому кто кого кому кем ком чего чему чём чем какой какая какое какие
        какого какой каком каких каким какую который которая которое которые которого которой котором которых которым
        которую где куда откуда почему зачем сколько чей чья чьё был была было были быть есть будет будут является
        также уже ещё еще
    """,
    "sv": """
        den det de en ett och i på av till från för med vid om över under mellan mot utan efter före hos genom sedan
        jag du han hon vi ni dem oss mig dig honom henne sig min mitt mina din ditt dina sin sitt sina hans hennes
        deras vår denna detta dessa där som vad vem vilken vilket vilka vars var när hur varför att men eller då så
        inte också är var vara varit blir blev blivit har hade ha kan kunde ska skall skulle vill ville måste
        många mycket
    """,
    "tr": """
        ve veya ya da de ile ama fakat ancak ki için gibi kadar göre sonra önce bir bu şu o bunlar şunlar onlar ben sen
        biz siz benim senin onun bizim sizin onların beni seni onu bizi sizi bunu bunun buna bunda ona onda ondan
        kendi ne nedir neyi neler kim kimdir kime kimin kimi hangi hangisi nerede nereye nereden nasıl niçin neden
        kaç kaçıncı mı mi mu mü değil daha çok en her olarak olan olduğu idi ise dir var yok
        üzere arasında tarafından
    """,
    "uk": """
        і й та а але або чи що щоб якщо коли як так же ж б би не ні то хоча бо тому
        в у на з із зі до від за для при без під над між через перед про після біля по о об
        я ти він вона воно ми ви вони мене мені тебе тобі його йому їм ним нього її їй ній неї нас нам вас вам їх них
        себе собі мій твій наш ваш свій свою своєї своїх цей ця це ці цього цієї цьому цих цим той та те ті того тієї
        хто кого кому ким чого чому чим який яка яке які якого якої якому яких яким яку де куди звідки навіщо скільки
        чий був була було були бути є буде будуть також вже ще
    """,
    "vi": """
        là và hoặc nhưng mà thì của cho với từ đến trong ngoài trên dưới ở tại về bởi do vì nên nếu khi như để cùng
        tôi bạn anh chị nó họ chúng ta mình này kia đó ấy những các một mỗi mọi gì nào ai đâu sao bao nhiêu mấy thế
        không có được bị đã đang sẽ cũng đều còn rất
    """,
}
FUNCTION_WORD_LANGUAGES = tuple(_WORDS)
"""Languages that have a list of their own."""

_WORDS["nb"] = _WORDS["nn"] = _WORDS["no"]


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the function words of a language as written; none if the language is not listed."""
    return frozenset(_WORDS.get(language, "").split())
