//! Certificates on their own.

use super::rows;

rows! {
    LENIENCY = "certificate.encoding.leniency", Info, Chain, None, "X.690 §11",
        "сертификат отступает от DER: {deviation} (байт {offset})",
        "the certificate deviates from DER: {deviation} at byte {offset}";
    NAME_DECEPTIVE = "certificate.name.deceptive_characters", Warn, Acceptance, None, "UAX #9 §2, UTS #39 §5",
        "в имени владельца есть управляющие или невидимые знаки: {name}; сверьте владельца другим способом",
        "the subject's name holds control or invisible characters: {name}; check who it is in another way";
    NAME_MIXED_SCRIPTS = "certificate.name.mixed_scripts", Warn, Acceptance, None, "UTS #39 §5.1",
        "в имени владельца буквы разных алфавитов в одном слове: {name}; сверьте владельца другим способом",
        "a word of the subject's name mixes letters of different scripts: {name}; check who it is in another way";
    NAME_CONTRADICTORY = "certificate.name.contradictory", Warn, Acceptance, None, "X.520 §6",
        "в имени владельца несколько разных значений того, что может быть одно: {attribute}; какое из них верно, сертификат не говорит, сверьте владельца другим способом",
        "the subject's name holds several different values of what there is one of: {attribute}; which of them is right the certificate does not say, check who it is in another way";
}
