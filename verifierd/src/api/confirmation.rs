//! `verifier.v1.ConfirmationService`.

use proto::v1::{
    GetApplicationRequest, GetApplicationResponse, PrepareApplicationRequest,
    PrepareApplicationResponse, SubmitApplicationRequest, SubmitApplicationResponse,
    confirmation_service_server::ConfirmationService,
};
use tonic::{Request, Response, Status};

use super::{convert, status::refused};
use crate::{
    domain::application::State,
    service::{Context, confirm},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Confirmations(pub Context);

#[tonic::async_trait]
impl ConfirmationService for Confirmations {
    async fn prepare_application(
        &self,
        request: Request<PrepareApplicationRequest>,
    ) -> Result<Response<PrepareApplicationResponse>, Status> {
        let request = request.into_inner();
        let channel = convert::channel(request.channel());
        let attesting = request.attestor.map(convert::raw_attesting);
        let standing = confirm::prepare(&self.0, &request.account_id, channel, attesting.as_ref())
            .await
            .map_err(|refusal| refused(&self.0, "PrepareApplication", refusal))?;
        Ok(Response::new(PrepareApplicationResponse {
            application: Some(convert::application(&standing)),
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
        tracing::info!(
            rpc = "SubmitApplication",
            application = %standing.filed.application.id,
            state = standing.state.code(),
            "answered"
        );
        Ok(Response::new(SubmitApplicationResponse {
            application: Some(convert::application(&standing)),
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
        let application = Some(convert::application(&standing));
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
