//! `verifier.v1.ConfirmationService`.

use audit_log::Receipt;
use proto::v1::{
    GetApplicationRequest, GetApplicationResponse, PrepareApplicationRequest,
    PrepareApplicationResponse, SubmitApplicationRequest, SubmitApplicationResponse,
    confirmation_service_server::ConfirmationService,
};
use tonic::{Request, Response, Status};

use super::{convert, status::refused};
use crate::{
    domain::application::State,
    service::{Context, audit, confirm, confirm::Standing, refusal::Refusal},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Confirmations(pub Context);

/// What shows that the outcome, if there is one, stands in the audit log.
async fn receipt(context: &Context, standing: &Standing) -> Result<Option<Receipt>, Refusal> {
    match &standing.filed.outcome {
        None => Ok(None),
        Some(stored) => audit::receipt(context, stored.receipt.sequence)
            .await
            .map(Some),
    }
}

#[tonic::async_trait]
impl ConfirmationService for Confirmations {
    async fn prepare_application(
        &self,
        request: Request<PrepareApplicationRequest>,
    ) -> Result<Response<PrepareApplicationResponse>, Status> {
        let request = request.into_inner();
        let channel = convert::channel(request.channel());
        let standing = confirm::prepare(&self.0, &request.account_id, channel)
            .await
            .map_err(|refusal| refused(&self.0, "PrepareApplication", refusal))?;
        Ok(Response::new(PrepareApplicationResponse {
            application: Some(convert::application(&standing, None)),
            content: standing.filed.application.content,
        }))
    }

    async fn submit_application(
        &self,
        request: Request<SubmitApplicationRequest>,
    ) -> Result<Response<SubmitApplicationResponse>, Status> {
        let request = request.into_inner();
        let standing = confirm::submit(
            &self.0,
            &request.account_id,
            &request.application_id,
            request.signature,
        )
        .await
        .map_err(|refusal| refused(&self.0, "SubmitApplication", refusal))?;
        let receipt = receipt(&self.0, &standing).await;
        let receipt = receipt.map_err(|refusal| refused(&self.0, "SubmitApplication", refusal))?;
        tracing::info!(
            rpc = "SubmitApplication",
            application = %standing.filed.application.id,
            state = standing.state.code(),
            "answered"
        );
        Ok(Response::new(SubmitApplicationResponse {
            application: Some(convert::application(&standing, receipt.as_ref())),
            account: Some(convert::account(&standing.account)),
        }))
    }

    async fn get_application(
        &self,
        request: Request<GetApplicationRequest>,
    ) -> Result<Response<GetApplicationResponse>, Status> {
        let request = request.into_inner();
        let standing = confirm::application(&self.0, &request.account_id, &request.application_id)
            .await
            .map_err(|refusal| refused(&self.0, "GetApplication", refusal))?;
        let receipt = receipt(&self.0, &standing).await;
        let receipt = receipt.map_err(|refusal| refused(&self.0, "GetApplication", refusal))?;
        let application = Some(convert::application(&standing, receipt.as_ref()));
        let content = match standing.state {
            State::Prepared => standing.filed.application.content,
            _ => Vec::new(),
        };
        Ok(Response::new(GetApplicationResponse {
            application,
            content,
        }))
    }
}
