//! `verifier.v1.ConfirmationService`.

use proto::v1::{
    Application, ConfirmWithPostalCodeRequest, ConfirmWithPostalCodeResponse,
    GetApplicationRequest, GetApplicationResponse, GetEvidenceRequest, IssuePostalCodeRequest,
    IssuePostalCodeResponse, ListApplicationsRequest, ListApplicationsResponse,
    PrepareApplicationRequest, PrepareApplicationResponse, SubmitApplicationRequest,
    SubmitApplicationResponse, confirmation_service_server::ConfirmationService,
};
use tonic::{Request, Response, Status};

use super::{
    convert,
    evidence::{Parts, parts},
    identity::caller,
    status::refused,
};
use crate::{
    domain::{
        application::{Channel, State},
        caller::Caller,
        reason::Reason,
    },
    service::{
        Context, audit, confirm, confirm::Standing, evidence, lists, page::Asked, postal_code,
        refusal::Refusal,
    },
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Confirmations(pub Context);

/// The answer about an application, with the receipt of its outcome, if there is one.
pub(super) async fn application(
    context: &Context,
    rpc: &'static str,
    standing: &Standing,
) -> Result<Application, Status> {
    let Some(stored) = &standing.filed.outcome else {
        return Ok(convert::application(standing, None));
    };
    let receipt = audit::receipt(context, stored.receipt.sequence)
        .await
        .map_err(|refusal| refused(context, rpc, refusal))?;
    Ok(convert::application(standing, Some(&receipt)))
}

fn check_channel(caller: &Caller, channel: Channel) -> Result<(), Refusal> {
    match caller.may_use(channel) {
        true => Ok(()),
        false => Err(Reason::ChannelNotAllowed.into()),
    }
}

impl Confirmations {
    /// The application as it stands, if the caller may see those of its channel.
    async fn seen(
        &self,
        caller: &Caller,
        account: &str,
        application: &str,
    ) -> Result<Standing, Refusal> {
        let standing = confirm::application(&self.0, account, application).await?;
        check_channel(caller, standing.filed.application.channel)?;
        Ok(standing)
    }
}

#[tonic::async_trait]
impl ConfirmationService for Confirmations {
    async fn prepare_application(
        &self,
        request: Request<PrepareApplicationRequest>,
    ) -> Result<Response<PrepareApplicationResponse>, Status> {
        let caller = caller(request.extensions());
        let request = request.into_inner();
        let channel = convert::channel(request.channel());
        if let Some(channel) = channel {
            check_channel(&caller, channel)
                .map_err(|refusal| refused(&self.0, "PrepareApplication", refusal))?;
        }
        let attesting = request.attestor.map(convert::raw_attesting);
        let standing = confirm::prepare(&self.0, &request.account_id, channel, attesting.as_ref())
            .await
            .map_err(|refusal| refused(&self.0, "PrepareApplication", refusal))?;
        Ok(Response::new(PrepareApplicationResponse {
            application: Some(application(&self.0, "PrepareApplication", &standing).await?),
            content: standing.filed.application.content,
        }))
    }

    async fn submit_application(
        &self,
        request: Request<SubmitApplicationRequest>,
    ) -> Result<Response<SubmitApplicationResponse>, Status> {
        let caller = caller(request.extensions());
        let request = request.into_inner();
        // Whoever may use every channel need not be asked.
        if !Channel::ALL.iter().all(|channel| caller.may_use(*channel)) {
            self.seen(&caller, &request.account_id, &request.application_id)
                .await
                .map_err(|refusal| refused(&self.0, "SubmitApplication", refusal))?;
        }
        let standing = confirm::submit(
            &self.0,
            &caller,
            &request.account_id,
            &request.application_id,
            request.signature,
        )
        .await
        .map_err(|refusal| refused(&self.0, "SubmitApplication", refusal))?;
        let application = application(&self.0, "SubmitApplication", &standing).await?;
        tracing::info!(
            rpc = "SubmitApplication",
            application = %standing.filed.application.id,
            state = standing.state.code(),
            "answered"
        );
        Ok(Response::new(SubmitApplicationResponse {
            application: Some(application),
            account: Some(convert::account(&standing.account)),
        }))
    }

    type GetEvidenceStream = Parts;

    async fn get_evidence(
        &self,
        request: Request<GetEvidenceRequest>,
    ) -> Result<Response<Parts>, Status> {
        let request = request.into_inner();
        let exported = evidence::export(&self.0, &request.account_id, &request.evidence_id)
            .await
            .map_err(|refusal| refused(&self.0, "GetEvidence", refusal))?;
        Ok(Response::new(parts(&self.0, exported)))
    }

    async fn get_application(
        &self,
        request: Request<GetApplicationRequest>,
    ) -> Result<Response<GetApplicationResponse>, Status> {
        let caller = caller(request.extensions());
        let request = request.into_inner();
        let standing = self
            .seen(&caller, &request.account_id, &request.application_id)
            .await
            .map_err(|refusal| refused(&self.0, "GetApplication", refusal))?;
        let application = Some(application(&self.0, "GetApplication", &standing).await?);
        let content = match standing.state {
            State::Prepared => standing.filed.application.content,
            _ => Vec::new(),
        };
        Ok(Response::new(GetApplicationResponse {
            application,
            content,
        }))
    }

    async fn list_applications(
        &self,
        request: Request<ListApplicationsRequest>,
    ) -> Result<Response<ListApplicationsResponse>, Status> {
        let request = request.into_inner();
        let asked = Asked {
            size: request.page_size,
            token: &request.page_token,
        };
        let page = lists::applications(&self.0, &request.account_id, asked)
            .await
            .map_err(|refusal| refused(&self.0, "ListApplications", refusal))?;
        Ok(Response::new(ListApplicationsResponse {
            applications: page
                .items
                .iter()
                .map(|it| convert::application(it, None))
                .collect(),
            next_page_token: page.next.unwrap_or_default(),
        }))
    }

    async fn issue_postal_code(
        &self,
        request: Request<IssuePostalCodeRequest>,
    ) -> Result<Response<IssuePostalCodeResponse>, Status> {
        let request = request.into_inner();
        let issued = postal_code::issue(&self.0, &request.account_id)
            .await
            .map_err(|refusal| refused(&self.0, "IssuePostalCode", refusal))?;
        Ok(Response::new(IssuePostalCodeResponse {
            code: issued.code.expose().to_owned(),
            application_id: issued.application.id.to_string(),
            issued_at: Some(convert::timestamp(issued.application.issued_at)),
            expires_at: Some(convert::timestamp(issued.application.expires_at)),
            next_not_before: Some(convert::timestamp(issued.next_not_before)),
        }))
    }

    async fn confirm_with_postal_code(
        &self,
        request: Request<ConfirmWithPostalCodeRequest>,
    ) -> Result<Response<ConfirmWithPostalCodeResponse>, Status> {
        let caller = caller(request.extensions());
        let request = request.into_inner();
        let standing = postal_code::confirm(&self.0, &caller, &request.account_id, &request.code)
            .await
            .map_err(|refusal| refused(&self.0, "ConfirmWithPostalCode", refusal))?;
        Ok(Response::new(ConfirmWithPostalCodeResponse {
            application: Some(application(&self.0, "ConfirmWithPostalCode", &standing).await?),
            account: Some(convert::account(&standing.account)),
        }))
    }
}
