//! Every service of the API.

use proto::v1::{
    account_service_server::AccountServiceServer, audit_service_server::AuditServiceServer,
    confirmation_service_server::ConfirmationServiceServer,
    enrolment_service_server::EnrolmentServiceServer, event_service_server::EventServiceServer,
    organisation_service_server::OrganisationServiceServer,
    sign_in_service_server::SignInServiceServer, trust_service_server::TrustServiceServer,
    verification_service_server::VerificationServiceServer,
};
use tonic::{
    server::NamedService,
    service::{Routes, RoutesBuilder},
};
use tonic_health::pb::health_server::{Health, HealthServer};

use crate::{
    api::{
        accounts::Accounts, audit::Audit, confirmation::Confirmations, enrolment::EnrolmentApi,
        events::Events, limits::MESSAGE_OCTETS, organisations::Organisations, sign_in::SignIns,
        trust::Trust, verification::Verification,
    },
    service::Context,
};

/// Every service with what carries it out.
macro_rules! services {
    ($then:ident) => {
        $then! {
            AccountServiceServer: Accounts,
            AuditServiceServer: Audit,
            ConfirmationServiceServer: Confirmations,
            EnrolmentServiceServer: EnrolmentApi,
            EventServiceServer: Events,
            OrganisationServiceServer: Organisations,
            SignInServiceServer: SignIns,
            TrustServiceServer: Trust,
            VerificationServiceServer: Verification,
        }
    };
}

/// The services over `context`.
pub(super) fn all(context: &Context, health: HealthServer<impl Health>) -> Routes {
    let mut routes = RoutesBuilder::default();
    routes.add_service(health);
    if let Some(reflection) = reflection() {
        routes.add_service(reflection);
    }
    macro_rules! serve {
        ($($server:ident: $service:ident),* $(,)?) => {$(
            let service = $server::new($service(context.clone()))
                .max_decoding_message_size(MESSAGE_OCTETS)
                .max_encoding_message_size(MESSAGE_OCTETS);
            routes.add_service(service);
        )*};
    }
    services!(serve);
    routes.routes()
}

/// The names of those whose health is told.
pub(super) fn names() -> Vec<&'static str> {
    macro_rules! names {
        ($($server:ident: $service:ident),* $(,)?) => {
            vec![$(<$server<$service> as NamedService>::NAME),*]
        };
    }
    services!(names)
}

/// The reflection service; without it the daemon works all the same.
fn reflection() -> Option<
    tonic_reflection::server::v1::ServerReflectionServer<
        impl tonic_reflection::server::v1::ServerReflection,
    >,
> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| tracing::error!(%error, "no reflection"))
        .ok()
}
