//! `verifier.v1.EventService`.

use proto::v1::{
    ListEventsRequest, ListEventsResponse, SubscribeRequest, SubscribeResponse,
    event_service_server::EventService,
};
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status};

use super::{convert, status::refused};
use crate::service::{Context, events};

/// The service over its use cases.
#[derive(Clone)]
pub struct Events(pub Context);

#[tonic::async_trait]
impl EventService for Events {
    type SubscribeStream =
        std::pin::Pin<Box<dyn Stream<Item = Result<SubscribeResponse, Status>> + Send>>;

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let told = events::subscribe(&self.0, request.into_inner().from)
            .await
            .map_err(|refusal| refused(&self.0, "Subscribe", refusal))?;
        let context = self.0.clone();
        let answers = told.map(move |told| match told {
            Ok(told) => Ok(SubscribeResponse {
                event: Some(convert::event(&told)),
            }),
            Err(refusal) => Err(refused(&context, "Subscribe", refusal)),
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let ListEventsRequest { from, page_size } = request.into_inner();
        let told = events::list(&self.0, from, page_size)
            .await
            .map_err(|refusal| refused(&self.0, "ListEvents", refusal))?;
        Ok(Response::new(ListEventsResponse {
            next: told.last().map_or(from, |last| last.sequence + 1),
            events: told.iter().map(convert::event).collect(),
        }))
    }
}
