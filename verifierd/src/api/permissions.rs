//! Which roles may call which method: one row a method, closed by default.

use crate::domain::caller::Role::{self, Administrator, Auditor, Bank, Desk, Portal};

/// Whoever is there to prove identities, or to look after those who do.
const ALL_BUT_METRICS: &[Role] = &[Portal, Desk, Bank, Administrator, Auditor];
const APPLICANTS: &[Role] = &[Portal, Desk, Bank];
const PORTAL: &[Role] = &[Portal];
const ACCOUNTS: &[Role] = &[Portal, Administrator];
const ADMINISTRATION: &[Role] = &[Administrator];
const OVERSIGHT: &[Role] = &[Administrator, Auditor];

/// The path of each method and whom it answers. What is not here answers nobody.
///
/// A desk and a bank see the applications of their own channels only: [`Caller::may_use`](crate::domain::caller::Caller::may_use).
pub const PERMISSIONS: &[(&str, &[Role])] = &[
    ("/verifier.v1.AccountService/RegisterAccount", PORTAL),
    ("/verifier.v1.AccountService/SubmitPersonalData", PORTAL),
    ("/verifier.v1.AccountService/RecordRegistryResult", PORTAL),
    ("/verifier.v1.AccountService/BlockAccount", ACCOUNTS),
    ("/verifier.v1.AccountService/UnblockAccount", ADMINISTRATION),
    ("/verifier.v1.AccountService/ChangeContact", PORTAL),
    ("/verifier.v1.AccountService/GetAccount", ACCOUNTS),
    ("/verifier.v1.AccountService/ListAccounts", ACCOUNTS),
    ("/verifier.v1.AuditService/GetKey", ALL_BUT_METRICS),
    ("/verifier.v1.AuditService/GetCheckpoint", ALL_BUT_METRICS),
    (
        "/verifier.v1.AuditService/GetInclusionProof",
        ALL_BUT_METRICS,
    ),
    (
        "/verifier.v1.AuditService/GetConsistencyProof",
        ALL_BUT_METRICS,
    ),
    ("/verifier.v1.AuditService/ListLeaves", OVERSIGHT),
    (
        "/verifier.v1.ConfirmationService/PrepareApplication",
        APPLICANTS,
    ),
    (
        "/verifier.v1.ConfirmationService/SubmitApplication",
        APPLICANTS,
    ),
    (
        "/verifier.v1.ConfirmationService/GetApplication",
        APPLICANTS,
    ),
    ("/verifier.v1.ConfirmationService/ListApplications", PORTAL),
    ("/verifier.v1.ConfirmationService/IssuePostalCode", PORTAL),
    (
        "/verifier.v1.ConfirmationService/ConfirmWithPostalCode",
        PORTAL,
    ),
    ("/verifier.v1.ConfirmationService/GetEvidence", OVERSIGHT),
    ("/verifier.v1.EnrolmentService/EnrolCentre", ADMINISTRATION),
    (
        "/verifier.v1.EnrolmentService/EnrolOperator",
        ADMINISTRATION,
    ),
    ("/verifier.v1.EnrolmentService/EnrolBank", ADMINISTRATION),
    ("/verifier.v1.EnrolmentService/EndEnrolment", ADMINISTRATION),
    ("/verifier.v1.EnrolmentService/GetEnrolment", OVERSIGHT),
    ("/verifier.v1.EnrolmentService/ListEnrolments", OVERSIGHT),
    ("/verifier.v1.EventService/Subscribe", ACCOUNTS),
    ("/verifier.v1.EventService/ListEvents", ACCOUNTS),
    (
        "/verifier.v1.OrganisationService/PrepareOrganisationLink",
        PORTAL,
    ),
    (
        "/verifier.v1.OrganisationService/SubmitOrganisationLink",
        PORTAL,
    ),
    ("/verifier.v1.OrganisationService/ListOrganisations", PORTAL),
    (
        "/verifier.v1.OrganisationService/EndOrganisationLink",
        PORTAL,
    ),
    ("/verifier.v1.SignInService/CreateChallenge", PORTAL),
    ("/verifier.v1.SignInService/SignIn", PORTAL),
    ("/verifier.v1.TrustService/GetTrust", ALL_BUT_METRICS),
    ("/verifier.v1.TrustService/ListAuthorities", ALL_BUT_METRICS),
    ("/verifier.v1.VerificationService/Verify", ALL_BUT_METRICS),
    (
        "/verifier.v1.VerificationService/VerifyBatch",
        ALL_BUT_METRICS,
    ),
    (
        "/verifier.v1.VerificationService/VerifyStream",
        ALL_BUT_METRICS,
    ),
    ("/grpc.health.v1.Health/Check", Role::ALL),
    ("/grpc.health.v1.Health/Watch", Role::ALL),
    (
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        ALL_BUT_METRICS,
    ),
];

/// Whom a method answers; nobody is told of one that is not there.
pub(super) fn allowed(path: &str) -> Option<&'static [Role]> {
    let row = PERMISSIONS.iter().find(|(method, _)| *method == path);
    row.map(|(_, roles)| *roles)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost_reflect::DescriptorPool;

    use super::*;

    fn paths(descriptors: &[u8]) -> BTreeSet<String> {
        let pool = DescriptorPool::decode(descriptors).unwrap();
        let methods = pool.services().flat_map(|service| {
            let paths = service.methods().map(|method| {
                let service = method.parent_service().full_name().to_owned();
                format!("/{service}/{}", method.name())
            });
            paths.collect::<Vec<_>>()
        });
        methods.collect()
    }

    #[test]
    fn every_method_has_one_row_and_no_row_is_of_another() {
        let rows: BTreeSet<String> = PERMISSIONS
            .iter()
            .map(|(path, _)| (*path).to_owned())
            .collect();
        assert_eq!(rows.len(), PERMISSIONS.len());
        let mut served = paths(proto::DESCRIPTORS);
        served.extend(paths(tonic_health::pb::FILE_DESCRIPTOR_SET));
        served.insert("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo".into());
        assert_eq!(rows, served);
    }

    #[test]
    fn what_is_not_in_the_table_answers_nobody() {
        assert_eq!(allowed("/verifier.v1.AccountService/Drop"), None);
        assert_eq!(allowed("verifier.v1.AccountService/GetAccount"), None);
    }

    #[test]
    fn metrics_sees_nothing_of_persons() {
        let seen = PERMISSIONS
            .iter()
            .filter(|(_, roles)| roles.contains(&Role::Metrics));
        assert!(
            seen.into_iter()
                .all(|(path, _)| path.starts_with("/grpc.health."))
        );
    }
}
