//! Validation in the past (EN 319 102-1 §5.6.2).

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    CONTROL_REVOKED = "past.control.revoked", Info, Chain, None, "EN 319 102-1 §5.6.2.2.4 step 2 b",
        "сертификат отозван {revoked_at}; цепочка судится на {control}",
        "the certificate was revoked {revoked_at}; the path is judged at {control}";
    CONTROL_NOT_FRESH = "past.control.not_fresh", Info, Chain, None, "EN 319 102-1 §5.6.2.2.4 step 2 b",
        "данные об отзыве от {this_update} позже не обновлялись; цепочка судится на {control}",
        "the revocation data of {this_update} was not updated later; the path is judged at {control}";
    CONTROL_ALGORITHM = "past.control.algorithm", Info, Chain, None, "EN 319 102-1 §5.6.2.2.4 step 2 c",
        "алгоритм {algorithm} считается стойким до {ended}; цепочка судится на {control}",
        "algorithm {algorithm} is considered strong until {ended}; the path is judged at {control}";
    CONTROL_AUTHORITY_ENDED = "past.control.authority_ended", Info, Chain, None, "EN 319 102-1 §5.6.2.1.4",
        "срок сертификата удостоверяющего центра истёк {not_after}; что подписано им, судится на {control}",
        "the authority's certificate expired {not_after}; what it signed is judged at {control}";
    CONTROL_SUNSET = "past.control.sunset", Info, Chain, None, "EN 319 102-1 §5.6.2.2.4 step 1",
        "доверие к корню закончилось {sunset}; цепочка судится на {control}",
        "the trust in the anchor ended {sunset}; the path is judged at {control}";
    OBJECT_PROVEN = "past.object.proven", Info, Chain, None, "EN 319 102-1 §5.6.2.3",
        "объект существовал {proven}, это доказано",
        "the object is proven to have existed {proven}";
    OBJECT_UNPROVEN = "past.object.unproven", Fail, Chain, Some(Sub::NoPoe), "EN 319 102-1 §5.6.2.2.4 step 2 a",
        "не доказано, что этот объект или данные о его отзыве существовали {control}; нужен архивный штамп, который их покрывает",
        "nothing proves that the object or its revocation data existed {control}; an archive time-stamp over them is needed";
    SIGNER_OUT_OF_BOUNDS = "past.revocation.out_of_bounds", Fail, Chain, Some(Sub::RevocationOutOfBoundsNoPoe), "EN 319 102-1 §5.6.2.4.4 step 1",
        "не доказано, что данные об отзыве существовали, пока действовал сертификат того, кто их подписал",
        "nothing proves that the revocation data existed while the certificate of its signer was valid";
    PATH_NOT_FOUND = "past.path.not_found", Warn, Chain, None, "EN 319 102-1 §5.6.2.1.4",
        "цепочки, действительной в прошлом, тоже нет",
        "there is no path that was valid in the past either";
    PATH_WEAK = "past.path.weak", Warn, Chain, None, "EN 319 102-1 §5.6.2.2.4 step 2 c",
        "алгоритм {algorithm} в цепочке нестоек и для времени {control}",
        "algorithm {algorithm} in the path is not acceptable for {control} either";
    PATH_VALID = "past.path.valid", Info, Chain, None, "EN 319 102-1 §5.6.2.1.4",
        "на {control} цепочка была действительна и ничего в ней не отозвано",
        "at {control} the path was valid and nothing in it revoked";
    PROVEN_LATE = "past.signature.proven_late", Warn, Chain, None, "EN 319 102-1 §5.6.2.4.4 step 3",
        "подпись доказана только на {proven}, а цепочка была действительна до {control}",
        "the signature is proven only for {proven}, and the path was valid until {control}";
    STAMP_VALID = "past.stamp.valid", Info, Acceptance, None, "EN 319 102-1 §5.6.3.4 step 5",
        "штамп времени {kind} принят: {gen_time}; доказано, что он существовал, пока был действителен",
        "{kind} accepted: {gen_time}; it is proven to have existed while it was valid";
    SETTLED = "past.proof.settles", Info, Chain, None, "EN 319 102-1 §5.6.2.4.4",
        "замечание {code} подписи не вредит: она существовала {proven}, а цепочка была действительна {control}",
        "finding {code} does not harm the signature: it existed {proven}, and the path was valid {control}";
    JUDGED_AGAIN = "past.proof.judged_again", Info, Acceptance, None, "EN 319 102-1 §5.6.3.4 step 9",
        "замечание {code} подписи не вредит: на {proven}, когда она уже существовала, его нет",
        "finding {code} does not harm the signature: it does not hold at {proven}, when it existed already";
}
