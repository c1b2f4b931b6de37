//! `verifier.v1.EnrolmentService`.

use prost_types::Timestamp;
use proto::v1::{self, enrolment_service_server::EnrolmentService};
use tonic::{Request, Response, Status};

use super::{
    convert::{named_time_field, timestamp},
    status::refused,
};
use crate::{
    domain::{
        claims::FieldViolation,
        enrolment::{CentreId, Enrolled, Enrolment, EnrolmentKind, RawEnrolled, Standing},
        identifiers::Ogrn,
        time::UnixSeconds,
    },
    service::{
        Context,
        enrolment::{self, RawAct, RawQuery},
        refusal::Refusal,
    },
};

/// The service over its use cases.
#[derive(Clone)]
pub struct EnrolmentApi(pub Context);

/// The days of a request and who acts.
struct Asked {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    acted_by: String,
}

impl Asked {
    fn act(&self) -> Result<RawAct<'_>, FieldViolation> {
        let time = |field, at: &Option<Timestamp>| {
            let at = at.as_ref();
            at.map(|at| named_time_field(field, at)).transpose()
        };
        Ok(RawAct {
            from: time("from", &self.from)?,
            until: time("until", &self.until)?,
            acted_by: &self.acted_by,
        })
    }
}

impl EnrolmentApi {
    async fn enrol(
        &self,
        raw: RawEnrolled<'_>,
        asked: &Asked,
    ) -> Result<Option<v1::Enrolment>, Refusal> {
        let enrolment = enrolment::enrol(&self.0, &raw, &asked.act()?).await?;
        Ok(Some(self.shown(&enrolment)))
    }

    async fn end(&self, id: &str, asked: &Asked) -> Result<Option<v1::Enrolment>, Refusal> {
        let enrolment = enrolment::end(&self.0, id, &asked.act()?).await?;
        Ok(Some(self.shown(&enrolment)))
    }

    fn shown(&self, enrolment: &Enrolment) -> v1::Enrolment {
        shown(enrolment, self.0.clock.now())
    }
}

fn shown(enrolment: &Enrolment, now: UnixSeconds) -> v1::Enrolment {
    let kind = match enrolment.enrolled.kind() {
        EnrolmentKind::Centre => v1::EnrolmentKind::Centre,
        EnrolmentKind::Operator => v1::EnrolmentKind::Operator,
        EnrolmentKind::Bank => v1::EnrolmentKind::Bank,
    };
    let state = match enrolment.standing(now) {
        Standing::NotYet => v1::EnrolmentState::NotYet,
        Standing::InForce => v1::EnrolmentState::InForce,
        Standing::Ended => v1::EnrolmentState::Ended,
    };
    let (centre, ogrn, name) = match &enrolment.enrolled {
        Enrolled::Centre { centre, name } => (Some(centre), None, Some(name)),
        Enrolled::Operator { centre, .. } => (Some(centre), None, None),
        Enrolled::Bank { ogrn, name } => (None, Some(ogrn), Some(name)),
    };
    let ended = enrolment.ended.as_ref();
    v1::Enrolment {
        enrolment_id: enrolment.id.to_string(),
        kind: kind.into(),
        state: state.into(),
        centre_id: centre.map(CentreId::to_string).unwrap_or_default(),
        ogrn: ogrn.map(Ogrn::as_str).unwrap_or_default().to_owned(),
        name: name.map_or("", |name| name.as_str()).to_owned(),
        from: Some(timestamp(enrolment.from)),
        until: enrolment.until.map(timestamp),
        enrolled_at: Some(timestamp(enrolment.made.at)),
        enrolled_by: enrolment.made.by.as_str().to_owned(),
        ended_at: ended.map(|act| timestamp(act.at)),
        ended_by: ended.map_or("", |act| act.by.as_str()).to_owned(),
    }
}

fn kind(kind: v1::EnrolmentKind) -> Option<EnrolmentKind> {
    match kind {
        v1::EnrolmentKind::Unspecified => None,
        v1::EnrolmentKind::Centre => Some(EnrolmentKind::Centre),
        v1::EnrolmentKind::Operator => Some(EnrolmentKind::Operator),
        v1::EnrolmentKind::Bank => Some(EnrolmentKind::Bank),
    }
}

#[tonic::async_trait]
impl EnrolmentService for EnrolmentApi {
    async fn enrol_centre(
        &self,
        request: Request<v1::EnrolCentreRequest>,
    ) -> Result<Response<v1::EnrolCentreResponse>, Status> {
        let request = request.into_inner();
        let asked = Asked {
            from: request.from,
            until: request.until,
            acted_by: request.acted_by,
        };
        let raw = RawEnrolled::Centre {
            centre: &request.centre_id,
            name: &request.name,
        };
        let enrolment = self.enrol(raw, &asked).await;
        let enrolment = enrolment.map_err(|it| refused(&self.0, "EnrolCentre", it))?;
        Ok(Response::new(v1::EnrolCentreResponse { enrolment }))
    }

    async fn enrol_operator(
        &self,
        request: Request<v1::EnrolOperatorRequest>,
    ) -> Result<Response<v1::EnrolOperatorResponse>, Status> {
        let request = request.into_inner();
        let asked = Asked {
            from: request.from,
            until: request.until,
            acted_by: request.acted_by,
        };
        let raw = RawEnrolled::Operator {
            centre: &request.centre_id,
            snils: &request.operator_snils,
        };
        let enrolment = self.enrol(raw, &asked).await;
        let enrolment = enrolment.map_err(|it| refused(&self.0, "EnrolOperator", it))?;
        Ok(Response::new(v1::EnrolOperatorResponse { enrolment }))
    }

    async fn enrol_bank(
        &self,
        request: Request<v1::EnrolBankRequest>,
    ) -> Result<Response<v1::EnrolBankResponse>, Status> {
        let request = request.into_inner();
        let asked = Asked {
            from: request.from,
            until: request.until,
            acted_by: request.acted_by,
        };
        let raw = RawEnrolled::Bank {
            ogrn: &request.ogrn,
            name: &request.name,
        };
        let enrolment = self.enrol(raw, &asked).await;
        let enrolment = enrolment.map_err(|it| refused(&self.0, "EnrolBank", it))?;
        Ok(Response::new(v1::EnrolBankResponse { enrolment }))
    }

    async fn end_enrolment(
        &self,
        request: Request<v1::EndEnrolmentRequest>,
    ) -> Result<Response<v1::EndEnrolmentResponse>, Status> {
        let request = request.into_inner();
        let asked = Asked {
            from: None,
            until: request.until,
            acted_by: request.acted_by,
        };
        let enrolment = self.end(&request.enrolment_id, &asked).await;
        let enrolment = enrolment.map_err(|it| refused(&self.0, "EndEnrolment", it))?;
        Ok(Response::new(v1::EndEnrolmentResponse { enrolment }))
    }

    async fn get_enrolment(
        &self,
        request: Request<v1::GetEnrolmentRequest>,
    ) -> Result<Response<v1::GetEnrolmentResponse>, Status> {
        let id = request.into_inner().enrolment_id;
        let enrolment = enrolment::enrolment(&self.0, &id).await;
        let enrolment = enrolment.map_err(|it| refused(&self.0, "GetEnrolment", it))?;
        let enrolment = Some(self.shown(&enrolment));
        Ok(Response::new(v1::GetEnrolmentResponse { enrolment }))
    }

    async fn list_enrolments(
        &self,
        request: Request<v1::ListEnrolmentsRequest>,
    ) -> Result<Response<v1::ListEnrolmentsResponse>, Status> {
        let request = request.into_inner();
        let query = RawQuery {
            kind: kind(request.kind()),
            centre: &request.centre_id,
            operator_snils: &request.operator_snils,
            ogrn: &request.ogrn,
            page_size: request.page_size,
            page_token: &request.page_token,
        };
        let page = enrolment::list(&self.0, &query).await;
        let page = page.map_err(|it| refused(&self.0, "ListEnrolments", it))?;
        let now = self.0.clock.now();
        let enrolments = page.enrolments.iter();
        Ok(Response::new(v1::ListEnrolmentsResponse {
            enrolments: enrolments.map(|it| shown(it, now)).collect(),
            next_page_token: page.next_page_token,
        }))
    }
}
