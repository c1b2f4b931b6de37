//! `verifier.v1.AccountService`.

use proto::v1::{
    BlockAccountRequest, BlockAccountResponse, ChangeContactRequest, ChangeContactResponse,
    GetAccountRequest, GetAccountResponse, ListAccountsRequest, ListAccountsResponse,
    RecordRegistryResultRequest, RecordRegistryResultResponse, RegisterAccountRequest,
    RegisterAccountResponse, SubmitPersonalDataRequest, SubmitPersonalDataResponse,
    UnblockAccountRequest, UnblockAccountResponse, account_service_server::AccountService,
};
use tonic::{Request, Response, Status};

use super::{convert, status::refused};
use crate::{
    domain::account::{RawBlockOrder, RawRegistration},
    service::{Context, accounts, lists, page::Asked},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Accounts(pub Context);

#[tonic::async_trait]
impl AccountService for Accounts {
    async fn register_account(
        &self,
        request: Request<RegisterAccountRequest>,
    ) -> Result<Response<RegisterAccountResponse>, Status> {
        let request = request.into_inner();
        let raw = RawRegistration {
            surname: &request.surname,
            given_name: &request.given_name,
            phone: &request.phone,
            email: &request.email,
        };
        let account = accounts::register(&self.0, &request.account_id, &raw)
            .await
            .map_err(|refusal| refused(&self.0, "RegisterAccount", refusal))?;
        Ok(Response::new(RegisterAccountResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn submit_personal_data(
        &self,
        request: Request<SubmitPersonalDataRequest>,
    ) -> Result<Response<SubmitPersonalDataResponse>, Status> {
        let request = request.into_inner();
        let raw = request.personal_data.map(convert::raw_claims);
        let account = accounts::submit_personal_data(&self.0, &request.account_id, raw.as_ref())
            .await
            .map_err(|refusal| refused(&self.0, "SubmitPersonalData", refusal))?;
        Ok(Response::new(SubmitPersonalDataResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn record_registry_result(
        &self,
        request: Request<RecordRegistryResultRequest>,
    ) -> Result<Response<RecordRegistryResultResponse>, Status> {
        let request = request.into_inner();
        let answers: Vec<_> = request
            .answers
            .into_iter()
            .map(convert::raw_answer)
            .collect();
        let account = accounts::record_registry_result(
            &self.0,
            &request.account_id,
            &request.check_id,
            &answers,
        )
        .await
        .map_err(|refusal| refused(&self.0, "RecordRegistryResult", refusal))?;
        Ok(Response::new(RecordRegistryResultResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn block_account(
        &self,
        request: Request<BlockAccountRequest>,
    ) -> Result<Response<BlockAccountResponse>, Status> {
        let request = request.into_inner();
        let raw = RawBlockOrder {
            reason: &request.reason,
            acted_by: &request.acted_by,
        };
        let account = accounts::block(&self.0, &request.account_id, &raw)
            .await
            .map_err(|refusal| refused(&self.0, "BlockAccount", refusal))?;
        Ok(Response::new(BlockAccountResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn unblock_account(
        &self,
        request: Request<UnblockAccountRequest>,
    ) -> Result<Response<UnblockAccountResponse>, Status> {
        let request = request.into_inner();
        let account = accounts::unblock(&self.0, &request.account_id, &request.acted_by)
            .await
            .map_err(|refusal| refused(&self.0, "UnblockAccount", refusal))?;
        Ok(Response::new(UnblockAccountResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn change_contact(
        &self,
        request: Request<ChangeContactRequest>,
    ) -> Result<Response<ChangeContactResponse>, Status> {
        let request = request.into_inner();
        let account =
            accounts::change_contact(&self.0, &request.account_id, &request.phone, &request.email)
                .await
                .map_err(|refusal| refused(&self.0, "ChangeContact", refusal))?;
        Ok(Response::new(ChangeContactResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn get_account(
        &self,
        request: Request<GetAccountRequest>,
    ) -> Result<Response<GetAccountResponse>, Status> {
        let request = request.into_inner();
        let account = accounts::account(&self.0, &request.account_id)
            .await
            .map_err(|refusal| refused(&self.0, "GetAccount", refusal))?;
        Ok(Response::new(GetAccountResponse {
            account: Some(convert::account(&account)),
        }))
    }

    async fn list_accounts(
        &self,
        request: Request<ListAccountsRequest>,
    ) -> Result<Response<ListAccountsResponse>, Status> {
        let request = request.into_inner();
        let refused = |refusal| refused(&self.0, "ListAccounts", refusal);
        let filter = convert::account_filter(&request).map_err(|v| refused(v.into()))?;
        let asked = Asked {
            size: request.page_size,
            token: &request.page_token,
        };
        let page = lists::accounts(&self.0, filter, asked)
            .await
            .map_err(refused)?;
        Ok(Response::new(ListAccountsResponse {
            accounts: page.items.iter().map(convert::account).collect(),
            next_page_token: page.next.unwrap_or_default(),
        }))
    }
}
