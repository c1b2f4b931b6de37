//! Reasons not to take a step.

use super::Why;

macro_rules! whys {
    ($($name:ident = $id:literal, $ru:literal, $en:literal;)+) => {
        $(
            #[doc = concat!("The step is not taken: ", $en, ".")]
            pub static $name: Why = Why { id: $id, ru: $ru, en: $en };
        )+
        /// Every reason.
        pub static ALL: &[&Why] = &[$(&$name),+];
    };
}

whys! {
    ABSENT = "extension_absent", "расширения нет", "the extension is absent";
    SELF_ISSUED = "self_issued", "сертификат выдан самому себе", "the certificate is self-issued";
    NOT_ASKED = "not_asked", "этого не требуют ни политика, ни запрос", "neither the policy nor the caller asks for it";
    NOT_LIMITED = "not_limited", "ограничений нет", "nothing is limited";
    INHIBITED = "inhibited", "это запрещено", "that is inhibited";
    NO_ANY_POLICY = "no_any_policy", "anyPolicy не названа", "anyPolicy is not stated";
    NULL = "no_policy_left", "действующих политик не осталось", "no policy is valid any more";
    OTHER_CASE = "other_case", "выполнен другой случай этого шага", "another case of the step applies";
    JUDGED_LAST = "judged_last", "срок конечного сертификата судится последним, EN 319 102-1 §5.2.6.4", "the validity of the end entity is judged last, EN 319 102-1 §5.2.6.4";
    NO_DATA = "no_data", "данных нет", "there is no data";
    NOT_REACHED = "not_reached", "до этого шага дело не дошло", "the step was not reached";
    ALREADY_KNOWN = "already_known", "ответ уже известен", "the answer is known already";
    NOT_NAMED = "not_named", "подписавший не назвал правил подписи", "the signer names no signature policy";
    ANCHOR = "anchor", "доверенный корень не проверяется", "a trust anchor is not judged";
}
