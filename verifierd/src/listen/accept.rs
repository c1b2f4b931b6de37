//! Connections that come in, while there is room for them.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
};
use tokio_stream::{Stream, wrappers::ReceiverStream};

use super::{Door, connection::Connection, handshake::shake_hands};
use crate::{config::Limits, domain::caller::Caller};

/// Handshakes at once; who comes then waits to be accepted.
const AT_ONCE: usize = 64;
/// Between two tries to accept when the system has no room for a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Places of a connection until it is closed.
pub(super) type Places = (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>);

/// How many connections there may be.
pub(super) struct Rooms {
    all: Arc<Semaphore>,
    callers: Mutex<HashMap<Arc<str>, Arc<Semaphore>>>,
    of_caller: usize,
    /// That there is no room was told, and there has been none since.
    told: AtomicBool,
}

impl Rooms {
    fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections)),
            callers: Mutex::default(),
            of_caller: limits.connections_of_caller,
            told: AtomicBool::new(false),
        }
    }

    fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.all).try_acquire_owned().ok();
        if self.told.swap(place.is_none(), Ordering::Relaxed) || place.is_some() {
            return place;
        }
        tracing::warn!("connections are closed at once: there are as many as limits.connections");
        None
    }

    /// A place for a connection of a caller; whoever cannot be told from others has none of its own.
    pub(super) fn place_of(&self, caller: &Caller, place: OwnedSemaphorePermit) -> Option<Places> {
        if *caller == Caller::Local {
            return Some((place, None));
        }
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let places = callers
            .entry(caller.name().into())
            .or_insert_with(|| Arc::new(Semaphore::new(self.of_caller)));
        let own = Arc::clone(places).try_acquire_owned().ok()?;
        Some((place, Some(own)))
    }
}

/// Connections that were let in; the listener closes when nobody takes them any more.
pub(super) fn incoming(
    listener: TcpListener,
    door: Door,
    limits: &Limits,
) -> impl Stream<Item = io::Result<Connection>> + Send + Unpin + use<> {
    let (let_in, taken) = mpsc::channel(1);
    tokio::spawn(accept(listener, door, Arc::new(Rooms::new(limits)), let_in));
    ReceiverStream::new(taken)
}

pub(super) type LetIn = mpsc::Sender<io::Result<Connection>>;

async fn accept(listener: TcpListener, door: Door, rooms: Arc<Rooms>, let_in: LetIn) {
    let handshakes = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let next = async {
            let permit = Arc::clone(&handshakes).acquire_owned().await.ok()?;
            Some((permit, listener.accept().await))
        };
        let next = tokio::select! {
            () = let_in.closed() => return,
            next = next => next,
        };
        let (permit, (stream, address)) = match next {
            None => return,
            Some((permit, Ok(accepted))) => (permit, accepted),
            Some((_, Err(error))) => {
                tracing::warn!(kind = %error.kind(), "no connection is accepted now");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Closed at once when there is none: a caller that waits for nothing would not know why.
        let Some(place) = rooms.place() else { continue };
        set_up(&stream);
        match &door {
            Door::Local => {
                let Some(places) = rooms.place_of(&Caller::Local, place) else {
                    continue;
                };
                // Nobody takes it when the daemon stops.
                let _ = let_in.send(Ok(Connection::local(stream, places))).await;
            }
            Door::Tls(tls) => {
                let (tls, let_in, rooms) = (Arc::clone(tls), let_in.clone(), Arc::clone(&rooms));
                tokio::spawn(async move {
                    let shaken = shake_hands(stream, address, &tls).await;
                    drop(permit);
                    let Some((caller, stream)) = shaken else {
                        return;
                    };
                    match rooms.place_of(&caller, place) {
                        Some(places) => {
                            let connection = Connection::of(caller, stream, places);
                            let _ = let_in.send(Ok(connection)).await;
                        }
                        None => tracing::warn!(
                            caller = caller.name(),
                            "a connection is closed at once: the caller has as many as limits.connections_of_caller"
                        ),
                    }
                });
            }
        }
    }
}

/// An answer goes out at once, not with the caller's next acknowledgement.
fn set_up(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, domain::caller::Role};

    #[test]
    fn a_caller_has_its_own_places_and_all_have_theirs() {
        let text = "[limits]\nconnections = 3\nconnections_of_caller = 1";
        let rooms = Rooms::new(&Config::parse(text, None).unwrap().limits);
        let known = |name: &str| Caller::Known {
            name: name.into(),
            role: Role::Desk,
        };
        let enter = |caller: &Caller| rooms.place_of(caller, rooms.place()?);
        let first = enter(&known("a")).unwrap();
        assert!(enter(&known("a")).is_none());
        let others = (
            enter(&known("b")).unwrap(),
            enter(&Caller::Stranger).unwrap(),
        );
        assert!(enter(&known("c")).is_none(), "no more than all together");
        drop(first);
        let again = enter(&known("a")).unwrap();
        drop((again, others));
        let local = [(); 3].map(|()| enter(&Caller::Local).unwrap());
        assert!(enter(&Caller::Local).is_none());
        drop(local);
        assert!(enter(&Caller::Local).is_some());
    }
}
