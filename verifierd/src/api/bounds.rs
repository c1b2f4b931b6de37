//! How much callers may have in progress at once. What is beyond is refused at once: nobody waits for a place.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use http_body::{Body as HttpBody, Frame, SizeHint};
use prost::bytes::{Buf as _, Bytes};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{
    Status,
    body::Body,
    codegen::http::{Request, Response},
};
use tower::{Layer, Service};

use super::status::{code, with_details};
use crate::{
    config::Limits,
    domain::{
        caller::{Caller, Role},
        reason::Reason,
    },
    service::{ports::Clock, refusal::Refusal},
};

/// Seconds after which a place may be free.
const WAIT: i64 = 1;

/// Octets that count as one: a semaphore has no room for more than 2^61, a call asks for 2^32 at most.
const UNIT: usize = 1024;

/// Methods whose callers send for as long as they like, in parts that are bounded where they are read.
const STREAMS: &[&str] = &[
    "/verifier.v1.VerificationService/VerifyBatch",
    "/verifier.v1.VerificationService/VerifyStream",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
];

/// Lets calls through while there is room for them.
#[derive(Clone)]
pub struct Bounds(Arc<Rooms>);

struct Rooms {
    local: Room,
    roles: Vec<(Role, Room)>,
    /// Octets of messages, in units.
    messages: Arc<Semaphore>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    /// The second, and how many calls of each caller began in it.
    begun: Mutex<(i64, HashMap<Arc<str>, usize>)>,
}

struct Room {
    places: Arc<Semaphore>,
    limit: usize,
}

impl Room {
    fn new(limit: usize) -> Self {
        let places = Arc::new(Semaphore::new(limit));
        Self { places, limit }
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| too_many(self.limit))
    }
}

fn too_many(limit: usize) -> Refusal {
    Refusal::from(Reason::TooManyCalls)
        .with_fact("limit", limit)
        .with_retry_after(WAIT)
}

impl Bounds {
    /// The bounds of the configuration.
    pub fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let roles = limits.calls.iter();
        Self(Arc::new(Rooms {
            local: Room::new(limits.calls_local),
            roles: roles
                .map(|(role, calls)| (*role, Room::new(*calls)))
                .collect(),
            messages: Arc::new(Semaphore::new(limits.message_octets / UNIT)),
            limits: limits.clone(),
            clock,
            begun: Mutex::default(),
        }))
    }
}

impl Rooms {
    /// A place for a call, until it ends.
    fn admit(&self, caller: &Caller) -> Result<OwnedSemaphorePermit, Refusal> {
        self.count(caller.name())?;
        match caller {
            Caller::Local => self.local.place(),
            Caller::Known { role, .. } => {
                let room = self.roles.iter().find(|(of, _)| of == role);
                room.map_or_else(|| Err(too_many(0)), |(_, room)| room.place())
            }
            Caller::Stranger => Err(Reason::CallerUnknown.into()),
        }
    }

    fn count(&self, caller: &str) -> Result<(), Refusal> {
        let now = self.clock.now().seconds();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let (second, callers) = &mut *begun;
        if *second != now {
            *second = now;
            callers.values_mut().for_each(|calls| *calls = 0);
        }
        let calls = match callers.get_mut(caller) {
            Some(calls) => calls,
            None => callers.entry(caller.into()).or_default(),
        };
        let limit = self.limits.calls_per_second;
        if *calls >= limit {
            return Err(too_many(limit));
        }
        *calls += 1;
        Ok(())
    }
}

/// Room that the message of a call takes, until the call ends.
struct Charge {
    messages: Arc<Semaphore>,
    limit: usize,
    /// Octets that were read, and units that were taken for them.
    octets: AtomicUsize,
    taken: AtomicUsize,
}

impl Charge {
    fn new(rooms: &Rooms) -> Self {
        Self {
            messages: Arc::clone(&rooms.messages),
            limit: rooms.limits.message_octets,
            octets: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
        }
    }

    /// Takes room for what was read; one reader at a time.
    fn add(&self, octets: usize) -> Result<(), Refusal> {
        let read = self.octets.load(Ordering::Relaxed).saturating_add(octets);
        self.octets.store(read, Ordering::Relaxed);
        let taken = self.taken.load(Ordering::Relaxed);
        let more = read.div_ceil(UNIT).saturating_sub(taken);
        let refused = || {
            Refusal::from(Reason::TooMuchInProgress)
                .with_fact("limit", self.limit)
                .with_retry_after(WAIT)
        };
        let units = u32::try_from(more).map_err(|_| refused())?;
        let room = self.messages.try_acquire_many(units);
        room.map_err(|_| refused())?.forget();
        self.taken
            .store(taken.saturating_add(more), Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.messages.add_permits(*self.taken.get_mut());
    }
}

/// What a call sends, charged as it is read.
struct Charged {
    body: Body,
    charge: Arc<Charge>,
}

impl HttpBody for Charged {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        let polled = ready!(Pin::new(&mut this.body).poll_frame(context));
        if let Some(Ok(frame)) = &polled
            && let Some(octets) = frame.data_ref()
            && let Err(refusal) = this.charge.add(octets.remaining())
        {
            tracing::warn!(reason = refusal.reason.code(), "refused");
            let status = with_details(code(refusal.reason.kind()), refusal);
            return Poll::Ready(Some(Err(status)));
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The service of [`Bounds`].
#[derive(Clone)]
pub struct Bounded<S> {
    inner: S,
    rooms: Arc<Rooms>,
}

impl<S> Layer<S> for Bounds {
    type Service = Bounded<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let rooms = Arc::clone(&self.0);
        Bounded { inner, rooms }
    }
}

impl<S, Answered> Service<Request<Body>> for Bounded<S>
where
    S: Service<Request<Body>, Response = Response<Answered>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    Answered: Default + Send + 'static,
{
    type Response = Response<Placed<Answered>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let caller = request.extensions().get::<Caller>();
        let place = match self.rooms.admit(caller.unwrap_or(&Caller::Stranger)) {
            Ok(place) => place,
            Err(refusal) => {
                tracing::warn!(reason = refusal.reason.code(), "refused");
                let status = with_details(code(refusal.reason.kind()), refusal);
                return Box::pin(std::future::ready(Ok(status.into_http())));
            }
        };
        let (request, charge) = match STREAMS.contains(&request.uri().path()) {
            true => (request, None),
            false => {
                let charge = Arc::new(Charge::new(&self.rooms));
                let of_body = Arc::clone(&charge);
                let charged = |body| {
                    Body::new(Charged {
                        body,
                        charge: of_body,
                    })
                };
                (request.map(charged), Some(charge))
            }
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            let held = Some((place, charge));
            let response = answer.await?;
            Ok(response.map(|body| Placed { body, _held: held }))
        })
    }
}

/// An answer that has its place until it was sent.
#[derive(Default)]
pub struct Placed<B> {
    body: B,
    _held: Option<(OwnedSemaphorePermit, Option<Arc<Charge>>)>,
}

impl<B: HttpBody + Unpin> HttpBody for Placed<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use super::*;
    use crate::{config::Config, domain::time::UnixSeconds};

    struct Told(AtomicI64);

    impl Clock for Told {
        fn now(&self) -> UnixSeconds {
            UnixSeconds::new(self.0.load(Ordering::SeqCst))
        }
    }

    fn bounds(limits: &str) -> (Bounds, Arc<Told>) {
        let limits = Config::parse(limits, None).unwrap().limits;
        let clock = Arc::new(Told(AtomicI64::new(1)));
        (Bounds::new(&limits, clock.clone()), clock)
    }

    fn known(name: &str, role: Role) -> Caller {
        let name = name.into();
        Caller::Known { name, role }
    }

    #[test]
    fn each_role_has_its_own_places() {
        let (bounds, _) = bounds("[limits.calls]\ndesk = 2\nlocal = 1");
        let admit = |caller: &Caller| bounds.0.admit(caller);
        let (one, two) = (known("a", Role::Desk), known("b", Role::Desk));
        let held = (admit(&one).unwrap(), admit(&two).unwrap());
        let refused = admit(&one).unwrap_err();
        assert_eq!(refused, too_many(2));
        let others = (
            admit(&Caller::Local).unwrap(),
            admit(&known("p", Role::Portal)).unwrap(),
        );
        assert_eq!(admit(&Caller::Local).unwrap_err(), too_many(1));
        drop(held.0);
        drop(admit(&two).unwrap());
        drop((held.1, others));
        let stranger = admit(&Caller::Stranger).unwrap_err();
        assert_eq!(stranger.reason, Reason::CallerUnknown);
    }

    #[test]
    fn a_caller_begins_so_many_calls_a_second() {
        let (bounds, clock) = bounds("[limits]\ncalls_per_second_of_caller = 2");
        let admit = |name: &str| bounds.0.admit(&known(name, Role::Portal));
        drop((admit("a").unwrap(), admit("a").unwrap()));
        assert_eq!(admit("a").unwrap_err(), too_many(2));
        drop(admit("b").unwrap());
        clock.0.fetch_add(1, Ordering::SeqCst);
        drop(admit("a").unwrap());
    }

    #[test]
    fn messages_are_charged_by_what_was_read() {
        let (bounds, _) = bounds("[limits]\nmessage_bytes = 10485760");
        let free = || bounds.0.messages.available_permits();
        let whole = free();
        assert_eq!(whole, 10 << 10);
        let charge = Charge::new(&bounds.0);
        // Octet by octet is no more than at once.
        for _ in 0..1024 {
            charge.add(1).unwrap();
        }
        assert_eq!(free(), whole - 1);
        charge.add(1).unwrap();
        assert_eq!(free(), whole - 2);
        let other = Charge::new(&bounds.0);
        let refused = other.add(10 << 20).unwrap_err();
        assert_eq!(refused.reason, Reason::TooMuchInProgress);
        assert_eq!(free(), whole - 2);
        drop((charge, other));
        assert_eq!(free(), whole);
        Charge::new(&bounds.0).add(10 << 20).unwrap();
    }

    #[test]
    fn streams_are_methods_that_exist() {
        for path in STREAMS {
            assert!(super::super::permissions::allowed(path).is_some(), "{path}");
        }
    }
}
