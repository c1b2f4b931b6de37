//! Processing of CRLs.

use super::steps;

steps! {
    /// RFC 5280 §6.3.3: CRL processing for each distribution point.
    rfc5280_6_3_3, "rfc5280.6.3.3", "RFC 5280 §6.3.3";
    A_1 = "a.1", "(a)(1)", [code::revocation::STALE, code::revocation::NO_NEXT_UPDATE],
        "срок обновления полного списка не прошёл", "the complete CRL is not past its next update";
    A_2 = "a.2", "(a)(2)", [code::revocation::CRL_REJECTED, code::revocation::STALE],
        "взят разностный список, если он есть", "a delta CRL is taken where there is one";
    B_1 = "b.1", "(b)(1)", [code::revocation::MISSING, code::revocation::CRL_REJECTED],
        "список издан издателем сертификата или тем, кого назвала точка распространения", "the CRL is issued by the certificate's issuer or by whom the distribution point names";
    B_2_I = "b.2.i", "(b)(2)(i)", [code::revocation::CRL_REJECTED],
        "точка распространения списка — одна из точек сертификата", "the CRL's distribution point is one of the certificate's";
    B_2_II = "b.2.ii", "(b)(2)(ii)", [code::revocation::CRL_REJECTED],
        "список только для конечных сертификатов не о центре", "a CRL of user certificates only is not about an authority";
    B_2_III = "b.2.iii", "(b)(2)(iii)", [code::revocation::CRL_REJECTED],
        "список только для центров не о конечном сертификате", "a CRL of authorities only is not about an end entity";
    B_2_IV = "b.2.iv", "(b)(2)(iv)", [code::revocation::CRL_REJECTED],
        "список не только для атрибутных сертификатов", "the CRL is not of attribute certificates only";
    C_1 = "c.1", "(c)(1)", [code::revocation::CRL_REJECTED],
        "разностный список издан издателем полного", "the delta CRL is issued by the issuer of the complete one";
    C_2 = "c.2", "(c)(2)", [code::revocation::CRL_REJECTED],
        "область разностного списка та же, что у полного", "the scope of the delta CRL is that of the complete one";
    C_3 = "c.3", "(c)(3)", [code::revocation::CRL_REJECTED],
        "ключ разностного списка тот же, что у полного", "the key of the delta CRL is that of the complete one";
    D_1 = "d.1", "(d)(1)", [code::revocation::MISSING],
        "причины — общие у списка и точки распространения", "the reasons are those that the CRL and the point share";
    D_2 = "d.2", "(d)(2)", [code::revocation::MISSING],
        "причины названы только списком", "the reasons are stated by the CRL alone";
    D_3 = "d.3", "(d)(3)", [code::revocation::MISSING],
        "причины названы только точкой распространения", "the reasons are stated by the point alone";
    D_4 = "d.4", "(d)(4)", [code::revocation::MISSING],
        "причины не ограничены", "the reasons are not limited";
    E = "e", "(e)", [code::revocation::CRL_REJECTED, code::revocation::MISSING],
        "список добавляет причины, ещё не покрытые", "the CRL adds reasons that are not covered yet";
    F = "f", "(f)", [code::revocation::CRL_REJECTED],
        "издатель списка имеет цепочку к тому же корню и право подписывать списки", "the CRL's issuer has a path to the same anchor and may sign CRLs";
    G = "g", "(g)", [code::revocation::CRL_REJECTED],
        "подпись полного списка верна", "the signature of the complete CRL verifies";
    H = "h", "(h)", [code::revocation::CRL_REJECTED],
        "подпись разностного списка верна", "the signature of the delta CRL verifies";
    I_1 = "i.1", "(i)(1)", [code::revocation::REVOKED, code::revocation::CA_REVOKED, code::revocation::ON_HOLD],
        "сертификат ищется в разностном списке; причина названа", "the certificate is looked up in the delta CRL; the reason is stated";
    I_2 = "i.2", "(i)(2)", [code::revocation::REVOKED, code::revocation::CA_REVOKED],
        "сертификат ищется в разностном списке; причина не названа", "the certificate is looked up in the delta CRL; no reason is stated";
    J_1 = "j.1", "(j)(1)", [code::revocation::REVOKED, code::revocation::CA_REVOKED, code::revocation::ON_HOLD, code::revocation::REVOKED_LATER],
        "сертификат ищется в полном списке; причина названа", "the certificate is looked up in the complete CRL; the reason is stated";
    J_2 = "j.2", "(j)(2)", [code::revocation::REVOKED, code::revocation::CA_REVOKED, code::revocation::REVOKED_LATER],
        "сертификат ищется в полном списке; причина не названа", "the certificate is looked up in the complete CRL; no reason is stated";
    K = "k", "(k)", [code::revocation::REVOKED, code::revocation::CA_REVOKED, code::revocation::ON_HOLD],
        "removeFromCRL отменяет приостановку", "removeFromCRL takes a hold back";
    L = "l", "(l)", [code::revocation::MISSING],
        "причины этого списка добавлены к покрытым", "the reasons of the CRL are added to those covered";
}
