//! `verifier.v1.OrganisationService`.

use proto::v1::{
    EndOrganisationLinkRequest, EndOrganisationLinkResponse, ListOrganisationsRequest,
    ListOrganisationsResponse, OrganisationLink, PrepareOrganisationLinkRequest,
    PrepareOrganisationLinkResponse, SubmitOrganisationLinkRequest, SubmitOrganisationLinkResponse,
    organisation_link::Number, organisation_service_server::OrganisationService,
    prepare_organisation_link_request::Number as Asked,
};
use tonic::{Request, Response, Status};

use super::{confirmation::application, convert, identity::caller, status::refused};
use crate::{
    domain::organisation::{Link, OrganisationKind},
    service::{Context, organisation},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Organisations(pub Context);

#[tonic::async_trait]
impl OrganisationService for Organisations {
    async fn prepare_organisation_link(
        &self,
        request: Request<PrepareOrganisationLinkRequest>,
    ) -> Result<Response<PrepareOrganisationLinkResponse>, Status> {
        let request = request.into_inner();
        let asked = request.number.map(|number| match number {
            Asked::Ogrn(ogrn) => (OrganisationKind::LegalEntity, ogrn),
            Asked::Ogrnip(ogrnip) => (OrganisationKind::SoleTrader, ogrnip),
        });
        let standing = organisation::prepare(&self.0, &request.account_id, asked)
            .await
            .map_err(|refusal| refused(&self.0, "PrepareOrganisationLink", refusal))?;
        Ok(Response::new(PrepareOrganisationLinkResponse {
            application: Some(application(&self.0, "PrepareOrganisationLink", &standing).await?),
            content: standing.filed.application.content,
        }))
    }

    async fn submit_organisation_link(
        &self,
        request: Request<SubmitOrganisationLinkRequest>,
    ) -> Result<Response<SubmitOrganisationLinkResponse>, Status> {
        let caller = caller(request.extensions());
        let request = request.into_inner();
        let (standing, link) = organisation::submit(
            &self.0,
            &caller,
            &request.account_id,
            &request.application_id,
            request.signature,
        )
        .await
        .map_err(|refusal| refused(&self.0, "SubmitOrganisationLink", refusal))?;
        tracing::info!(
            rpc = "SubmitOrganisationLink",
            application = %standing.filed.application.id,
            state = standing.state.code(),
            "answered"
        );
        Ok(Response::new(SubmitOrganisationLinkResponse {
            link: link.map(|link| shown(&request.account_id, &link)),
            application: Some(application(&self.0, "SubmitOrganisationLink", &standing).await?),
        }))
    }

    async fn list_organisations(
        &self,
        request: Request<ListOrganisationsRequest>,
    ) -> Result<Response<ListOrganisationsResponse>, Status> {
        let request = request.into_inner();
        let (account, links) = organisation::list(&self.0, &request.account_id)
            .await
            .map_err(|refusal| refused(&self.0, "ListOrganisations", refusal))?;
        let links = links.iter().map(|link| shown(account.id.as_str(), link));
        Ok(Response::new(ListOrganisationsResponse {
            links: links.collect(),
        }))
    }

    async fn end_organisation_link(
        &self,
        request: Request<EndOrganisationLinkRequest>,
    ) -> Result<Response<EndOrganisationLinkResponse>, Status> {
        let request = request.into_inner();
        let link = organisation::end(&self.0, &request.account_id, &request.link_id)
            .await
            .map_err(|refusal| refused(&self.0, "EndOrganisationLink", refusal))?;
        Ok(Response::new(EndOrganisationLinkResponse {
            link: Some(shown(&request.account_id, &link)),
        }))
    }
}

fn shown(account: &str, link: &Link) -> OrganisationLink {
    let number = link.organisation.number().to_owned();
    OrganisationLink {
        link_id: link.id.to_string(),
        account_id: account.to_owned(),
        number: Some(match link.organisation.kind() {
            OrganisationKind::LegalEntity => Number::Ogrn(number),
            OrganisationKind::SoleTrader => Number::Ogrnip(number),
        }),
        linked_at: Some(convert::timestamp(link.linked_at)),
        ended_at: link.ended_at.map(convert::timestamp),
        evidence_id: link.evidence_id.to_string(),
    }
}
